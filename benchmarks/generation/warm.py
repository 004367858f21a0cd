"""Generates for one file in a process whose VM has the project open, and prints what that took as JSON.

    python benchmarks/generation/warm.py lib/my_app/cart.ex

With it come the public functions of the file's modules, as the analysis names them. Nothing is written.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from testgen.errors import NothingTestable
from testgen.progress import SilentProgress
from testgen.project import Project
from testgen.settings import Settings
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.pipeline import generate, started


def main(path: Path) -> None:
    """Prints one line: seconds, tests, kills, and the functions."""
    project = Project.find(path)
    with started(project, Settings.load(project.top), SilentProgress()) as workbench:
        workbench.open()
        begun = time.monotonic()
        tests = killed = 0
        try:
            made = generate(GenerateConfig(path=path), SilentProgress(), warm=workbench)
            tests = len(made.tests)
            killed = sum(status == "killed" for status in made.outcomes.values())
        except NothingTestable:
            pass
        seconds = time.monotonic() - begun
        modules = workbench.analyze(str(project.source_relative))
    functions = [
        {"module": module.name, "signature": function.signature, "kind": function.kind}
        for module in modules
        for function in module.functions
    ]
    print(json.dumps({"warm": round(seconds, 2), "tests": tests, "killed": killed, "functions": functions}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
