"""Prints what lives on after a run, module by module: to find out why, before anything is changed.

    python -m benchmarks.generation.survivors --state S --half tuning
    python -m benchmarks.generation.survivors --state S --modules libgraph/graph/utils --tests

Mutants that the repository's own suite kills and ours does not are marked with `<`. The half kept back is not
printed unless its modules are named one by one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.generation import modules
from benchmarks.generation.figures import NOT_VALID, function_of, left_alone, measured
from benchmarks.generation.modules import Half, Module
from benchmarks.generation.state import State


def told(module: Module, done: Mapping[str, Any], *, tests: bool) -> Iterator[str]:
    """Lines on one module."""
    figures = measured(module, done)
    if figures is None:
        yield f"## {module.name}: not measured"
        return
    own = "" if figures.own_strict is None else f"own suite {figures.own_strict:.2f}, "
    yield (
        f"## {module.name}: {figures.strict:.2f} of {figures.mutants}, {own}{figures.timeouts} timeouts, "
        f"{figures.tests} tests, {figures.cold_s} s cold, {figures.warm_s} s warm, {module.lines} lines"
    )
    report = done["cold"]["report"] or {}
    yield from (f"note: {note}" for note in report.get("notes", []))
    if figures.exit:
        yield f"exit status {figures.exit}: {done['cold']['stderr'].strip()[-400:]}"
    yield from (f"left alone: {function}: {reason}" for function, reason in left_alone(done).items())
    yield from _survivors(done)
    if tests:
        yield report.get("text", "")


def _survivors(done: Mapping[str, Any]) -> Iterator[str]:
    """Survivors by function, as the change that nobody noticed."""
    scored = [part["report"] for name in ("score", "own") if (part := done.get(name)) and part["report"]]
    ours = scored[0]["mutants"] if done.get("score") else []
    theirs = {mutant["id"]: mutant["status"] for mutant in scored[-1]["mutants"]} if done.get("own") else {}
    diffs = {each["key"]: each["diff"] for each in (done["cold"]["report"] or {}).get("survivors", [])}
    living = [each for each in ours if each["status"] not in NOT_VALID | {"Killed"}]
    for function, count in Counter(function_of(each) for each in living).most_common():
        yield f"  {function}: {count}"
        for each in (mutant for mutant in living if function_of(mutant) == function):
            mark = "<" if theirs.get(each["id"]) == "Killed" else " "
            change = "  ->  ".join(line[1:].strip() for line in diffs.get(each["id"], []))
            yield f"  {mark} {each['status']} {each['id']} {change or each['replacement']!r}"


def main(argv: Sequence[str]) -> int:
    """Prints the modules asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation.survivors", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--half", choices=[Half.TUNING.value], default=Half.TUNING.value)
    parser.add_argument("--modules", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--tests", action="store_true", help="print the written suites too")
    options = parser.parse_args(argv)
    state = State(folder=options.state)
    for module in modules.read():
        wanted = module.name in options.modules if options.modules else module.half.value == options.half
        if wanted and (done := state.read(module)):
            print("\n".join(told(module, done, tests=options.tests)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
