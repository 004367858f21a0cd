"""Runs the benchmarks one after the other and prints the table of all records.

    python -m benchmarks                  all
    python -m benchmarks memory verdicts  these

LiveViews are measured where TESTGEN_HEX_DIR names a folder with Phoenix LiveView. Three need checked-out
repositories: the study of switching and the speed of the corpus run where TESTGEN_CHECKOUTS names their
folder, generation where TESTGEN_REPOSITORIES_DIR does and TESTGEN_GENERATION_DIR names one for copies and
results. Otherwise their lines are those of the records.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import record

ORDER = (
    "suites_valid",
    "liveviews",
    "switching_speed",
    "verdicts",
    "mutant_shares",
    "command_time",
    "memory",
    "switching_study",
    "generation",
    "corpus_speed",
    "editors",
    "soak",
)
WANTED = {
    "liveviews": ("TESTGEN_HEX_DIR",),
    "switching_study": ("TESTGEN_CHECKOUTS",),
    "corpus_speed": ("TESTGEN_CHECKOUTS",),
    "generation": ("TESTGEN_REPOSITORIES_DIR", "TESTGEN_GENERATION_DIR"),
}
"""Environment variables without which a benchmark is left out."""


def arguments_of(name: str) -> list[str]:
    """What a benchmark is started with."""
    if name == "verdicts":
        return ["--write"]
    if name == "soak":
        return ["soak"]
    if name == "generation":
        folder = Path(os.environ["TESTGEN_GENERATION_DIR"])
        return ["--workspace", str(folder / "workspace"), "--state", str(folder / "state"), "--write"]
    if name in ("switching_study", "corpus_speed"):
        return sorted(str(path) for path in Path(os.environ["TESTGEN_CHECKOUTS"]).iterdir() if path.is_dir())
    return []


def run(name: str) -> bool:
    """Runs one benchmark in a process of its own; whether what it is about was met."""
    if missing := [variable for variable in WANTED.get(name, ()) if variable not in os.environ]:
        print(f"== {name}: left out, {missing[0]} names no folder", flush=True)
        return True
    print(f"== {name}", flush=True)
    module = "editors" if name == "soak" else name
    argv = [sys.executable, "-m", f"benchmarks.{module}", *arguments_of(name)]
    return subprocess.run(argv, check=False).returncode == 0


def main(names: list[str]) -> int:
    """Returns 1 where a benchmark fell short or broke."""
    if unknown := set(names) - set(ORDER):
        print(f"bench: no benchmark {unknown.pop()!r}; there are {', '.join(ORDER)}", file=sys.stderr)
        return 2
    met = [run(name) for name in names or ORDER]
    print("\n" + record.table(record.read_all()))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
