"""Runs the benchmarks one after the other and prints the table of all records.

    python -m benchmarks                  all
    python -m benchmarks memory verdicts  these

The study of switching and the speed of the corpus need checked-out repositories: they run where
TESTGEN_CHECKOUTS names their folder. Otherwise their lines are those of the records.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks import record

ORDER = (
    "suites_valid",
    "switching_speed",
    "verdicts",
    "mutant_shares",
    "command_time",
    "memory",
    "switching_study",
    "corpus_speed",
)


def arguments_of(name: str) -> list[str] | None:
    """What a benchmark is started with; None where this machine lacks what it needs."""
    if name == "verdicts":
        return ["--write"]
    if name not in ("switching_study", "corpus_speed"):
        return []
    checkouts = os.environ.get("TESTGEN_CHECKOUTS")
    return sorted(str(path) for path in Path(checkouts).iterdir() if path.is_dir()) if checkouts else None


def run(name: str) -> bool:
    """Runs one benchmark in a process of its own; whether what it is about was met."""
    arguments = arguments_of(name)
    if arguments is None:
        print(f"== {name}: left out, TESTGEN_CHECKOUTS names no folder", flush=True)
        return True
    print(f"== {name}", flush=True)
    argv = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
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
