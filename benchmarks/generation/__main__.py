"""Measures what `testgen generate` reaches on modules of public repositories, and writes the record.

    python -m benchmarks.generation --workspace W --state S --half tuning
    python -m benchmarks.generation --workspace W --state S --modules libgraph/graph/utils --steps cold score
    python -m benchmarks.generation --workspace W --state S --report

W is a folder for compiled copies of the repositories, S one for the results of this run; both lie outside the
repository and not below /tmp, which the sandbox hides. What S has already is not measured again, unless named
by `--redo`. The record is written with `--write`.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks.generation import modules, rows
from benchmarks.generation.figures import Measured, measured
from benchmarks.generation.modules import Half, Module
from benchmarks.generation.places import Place, Workspace
from benchmarks.generation.state import State
from benchmarks.generation.steps import STEPS, Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Where one run works, and what it does."""

    space: Workspace
    state: State
    steps: Sequence[str]
    redo: Sequence[str]
    earlier: State | None
    """Another run's results, whose scores of the repositories' own suites are taken over."""

    def measure(self, module: Module) -> None:
        """Does the steps of one module that are still to be done; what breaks is told and left for later."""
        done = self.state.read(module)
        missing = [step for step in STEPS if step in self.steps and (step not in done or step in self.redo)]
        if not missing:
            return
        try:
            with self.space.copy(module) as place:
                for step in missing:
                    begun = time.monotonic()
                    self.state.keep(module, step, self._result(module, step, place))
                    _say(f"{module.name}: {step}, {time.monotonic() - begun:.0f} s")
        except Exception:
            _say(f"{module.name}: broke\n{traceback.format_exc()}")
        _say(line(module, self.state))

    def _result(self, module: Module, step: str, place: Place) -> Result | None:
        done = self.state.read(module)
        if step == "own" and self.earlier and (found := _taken_over(self.earlier.read(module), done)):
            return found
        return STEPS[step](place, done)


def _taken_over(earlier: Mapping[str, Any], done: Mapping[str, Any]) -> Result | None:
    """The earlier score of the repository's own suite, where it knows every mutant that there is now."""
    own, now = earlier.get("own"), done.get("score")
    if not own or not own["report"] or not now or not now["report"]:
        return None
    known, wanted = ({each["id"] for each in part["report"]["mutants"]} for part in (own, now))
    return dict(own) if wanted <= known else None


def line(module: Module, state: State) -> str:
    """What is known of a module, in one line."""
    figures = measured(module, state.read(module))
    if figures is None:
        return f"{module.name}: no figures yet"
    own = "" if figures.own_strict is None else f", own suite {figures.own_strict:.2f}"
    return (
        f"{module.name}: {figures.strict:.2f} of {figures.mutants} mutants{own}, {figures.tests} tests, "
        f"{figures.cold_s:.1f} s cold"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(listed: Sequence[Module], state: State, command: str) -> record.Record:
    """The record of what was measured so far."""
    known = [(module, state.read(module)) for module in listed]
    everything = [figures for module, done in known if (figures := measured(module, done))]
    return record.Record(
        benchmark="generation",
        command=command,
        rows=rows.rows(everything),
        figures={"modules": [_listed(each) for each in everything], "summary": rows.summary(everything)},
        seed=0,
        notes=rows.NOTES,
    )


def _listed(figures: Measured) -> dict[str, object]:
    module = figures.module
    return {
        "module": module.name,
        "repository": module.repository,
        "commit": module.commit,
        "half": module.half.value,
        "lines": module.lines,
        "stateful": module.stateful,
        "mutants": figures.mutants,
        "killed": figures.killed,
        "timeouts": figures.timeouts,
        "own_killed": figures.own_killed,
        "tests": figures.tests,
        "own_tests": figures.own_tests,
        "redundant": figures.redundant,
        "functions": figures.functions,
        "untested": [f"{each.function}: {each.reason}" for each in figures.untested],
        "whole": figures.whole,
        "cold_s": figures.cold_s,
        "cold_cpu_s": figures.cold_cpu_s,
        "warm_s": figures.warm_s,
        "first_test_s": figures.first_test_s,
        "peak_mb": figures.peak_mb,
        "short_share": figures.short_share,
        "verdicts": figures.verdicts,
        "verdicts_equal": figures.verdicts_equal,
    }


def main(argv: Sequence[str]) -> int:
    """Measures, prints the table, and writes the record where asked."""
    options = _options(argv)
    listed = [module for module in modules.read() if _wanted(module, options)]
    state = State(folder=options.state)
    if not options.report:
        space = Workspace(options.workspace)
        space.prepare(listed, options.repositories)
        with ThreadPoolExecutor(options.jobs) as pool:
            run = Run(
                space=space,
                state=state,
                steps=options.steps,
                redo=options.redo,
                earlier=State(folder=options.own_from) if options.own_from else None,
            )
            list(pool.map(run.measure, listed))
    made = report(listed, state, "python -m benchmarks.generation")
    if options.write:
        record.write(made)
    print(record.table([{"rows": [rows.plain(row) for row in made.rows]}]), end="")
    return 0 if all(row.met for row in made.rows) else 1


def _wanted(module: Module, options: argparse.Namespace) -> bool:
    if options.modules:
        return module.name in options.modules
    return options.half is None or module.half.value == options.half


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.generation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--workspace", type=Path, required=True, help="compiled copies of the repositories")
    parser.add_argument("--state", type=Path, required=True, help="results of this run")
    parser.add_argument("--repositories", type=Path, help=f"checkouts; by default ${modules.VARIABLE}")
    parser.add_argument("--half", choices=[half.value for half in Half])
    parser.add_argument("--modules", nargs="+", metavar="NAME", help="such as libgraph/graph/utils")
    parser.add_argument("--steps", nargs="+", choices=list(STEPS), default=list(STEPS))
    parser.add_argument("--redo", nargs="+", choices=list(STEPS), default=[])
    parser.add_argument("--own-from", type=Path, metavar="STATE", help="take over scores of own suites")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--report", action="store_true", help="measure nothing, sum up what is there")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/generation.json")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
