"""Generates a suite for every module of the fixture projects and puts it to the test: are all of them whole?

A suite is valid when it compiles without a warning, passes five runs with five seeds, and
`mix format --check-formatted` has nothing to say. A module for which `generate` says that there is nothing to
test is counted apart.

    python -m benchmarks.suites_valid
    python -m benchmarks.suites_valid --only plain
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import record
from benchmarks.record import Row
from benchmarks.stopwatch import PROJECTS, Bench, bench, testgen
from testgen.exit_code import ExitCode

SEEDS = (0, 1, 42, 1234, 99999)
FIXTURES = ("cart", "plain", "processes")
_EXCERPT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What became of one module. `problem` is empty where its suite is valid."""

    project: str
    source: str
    delivered: bool
    tests: int
    killed: int
    mutants: int
    seconds: float
    problem: str


def judge(place: Bench, project: str, source: Path, *, kind: str = "exunit", check: bool = True) -> Verdict:
    """Generates the suite of one module into a file of its own and checks it, unless `check` is False."""
    relative = str(source.relative_to(place.project))
    output = place.project / "test" / "generated" / f"{source.stem}_test.exs"
    made = place.run([testgen(), "generate", relative, "--kind", kind, "--output", output, "--json"])
    report = json.loads(made.stdout) if made.exit_code == 0 else {}
    delivered = output.exists()
    problem = ""
    if made.exit_code not in (ExitCode.OK, ExitCode.NOTHING_TESTABLE):
        problem = f"exit status {made.exit_code}: {made.stderr[-_EXCERPT:]}"
    elif delivered and check:
        problem = _problem(place, str(output.relative_to(place.project)))
    return Verdict(
        project=project,
        source=relative,
        delivered=delivered,
        tests=len(report.get("tests", [])),
        killed=report.get("mutants", {}).get("killed", 0),
        mutants=report.get("mutants", {}).get("total", 0),
        seconds=round(made.seconds, 2),
        problem=problem,
    )


def _problem(place: Bench, suite: str) -> str:
    for seed in SEEDS:
        ran = place.run(["mix", "test", suite, "--seed", str(seed), "--warnings-as-errors"])
        if ran.exit_code != 0:
            return f"seed {seed}: {(ran.stdout + ran.stderr)[-_EXCERPT:]}"
    formatted = place.run(["mix", "format", "--check-formatted", suite])
    return "" if formatted.exit_code == 0 else f"not formatted: {formatted.stderr[-_EXCERPT:]}"


def measure(fixtures: tuple[str, ...]) -> list[Verdict]:
    """Judges every module under `lib` of the fixtures, telling each on stderr."""
    verdicts = []
    for fixture in fixtures:
        with bench(fixture) as place:
            place.mix_test()
            for source in sorted((place.project / "lib").rglob("*.ex")):
                verdicts.append(judge(place, fixture, source))
                print(_line(verdicts[-1]), file=sys.stderr, flush=True)
    return verdicts


def _line(verdict: Verdict) -> str:
    state = verdict.problem or (f"{verdict.tests} tests" if verdict.delivered else "nothing to test")
    return f"{verdict.project}/{verdict.source}: {state} ({verdict.seconds} s)"


def run(fixtures: tuple[str, ...] = FIXTURES) -> record.Record:
    """Measures and writes the record."""
    verdicts = measure(fixtures)
    broken = [verdict for verdict in verdicts if verdict.problem]
    judged = [verdict for verdict in verdicts if verdict.delivered or verdict.problem]
    valid = len(judged) - len(broken)
    row = Row(
        what="delivered suites that compile, pass five reruns with different seeds, are formatted",
        asked="100%",
        measured=f"{100 * valid / max(len(judged), 1):.1f}% ({valid} of {len(judged)})",
        beside=f"{len(verdicts) - len(judged)} modules with nothing to test",
        met=bool(judged) and not broken,
    )
    made = record.Record(
        benchmark="suites_valid",
        command="python -m benchmarks.suites_valid",
        rows=[row],
        figures={"modules": [asdict(verdict) for verdict in verdicts], "seeds": list(SEEDS)},
        seed=SEEDS[0],
    )
    record.write(made)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suites_valid")
    parser.add_argument("--only", choices=sorted(path.name for path in PROJECTS.iterdir()), nargs="*")
    chosen = parser.parse_args().only
    sys.exit(record.report(run(tuple(chosen) if chosen else FIXTURES)))
