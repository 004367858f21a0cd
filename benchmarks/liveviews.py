"""Generates tests for the LiveViews and components of the fixture project: score, validity, reruns, time.

What a suite has to pass is that of `suites_valid`. Beside the time stands that of ExUnit tests for the same
file. It needs Phoenix LiveView, from the folder named by TESTGEN_HEX_DIR.

    python -m benchmarks.liveviews
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import record
from benchmarks.record import Row, Spread
from benchmarks.stopwatch import Bench, bench
from benchmarks.suites_valid import SEEDS, Verdict, judge

PROJECT = "live_views"
_FOLDERS = ("live", "components")
_ASKED_SCORE = 0.85
_ASKED_TIMES = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """What became of one file."""

    verdict: Verdict
    exunit_s: float
    """Seconds of a generation of ExUnit tests for the same file."""

    @property
    def score(self) -> float:
        """The share of its mutants that its tests kill."""
        return self.verdict.killed / self.verdict.mutants if self.verdict.mutants else 0.0


def measure() -> list[Measured]:
    """Judges every file with LiveViews or components, telling each on stderr."""
    found = []
    with bench(PROJECT) as place:
        place.mix_test()
        warmed = False
        for source in sources(place):
            if not warmed:  # the agent and the private build are made once for a project
                judge(place, PROJECT, source, kind="liveview")
                warmed = True
            found.append(_measured(place, source))
            told = found[-1]
            print(
                f"{source.name}: {told.verdict.problem or 'valid'}, {told.score:.0%}, "
                f"{told.verdict.seconds} s, exunit {told.exunit_s} s",
                file=sys.stderr,
                flush=True,
            )
    return found


def sources(place: Bench) -> list[Path]:
    """The files, in order."""
    lib = place.project / "lib" / "live_views_web"
    return [source for folder in _FOLDERS for source in sorted((lib / folder).glob("*.ex"))]


def _measured(place: Bench, source: Path) -> Measured:
    verdict = judge(place, PROJECT, source, kind="liveview")
    (place.project / "test" / "generated" / f"{source.stem}_test.exs").unlink(missing_ok=True)
    exunit = judge(place, PROJECT, source, kind="exunit", check=False)
    (place.project / "test" / "generated" / f"{source.stem}_test.exs").unlink(missing_ok=True)
    return Measured(verdict=verdict, exunit_s=exunit.seconds)


def rows(found: list[Measured]) -> list[Row]:
    """The lines of the table."""
    valid = [each for each in found if each.verdict.delivered and not each.verdict.problem]
    score = statistics.median(each.score for each in found)
    times = Spread.of([each.verdict.seconds / each.exunit_s for each in found])
    seconds = Spread.of([each.verdict.seconds for each in found])
    beside = Spread.of([each.exunit_s for each in found])
    tests = sum(each.verdict.tests for each in found)
    return [
        Row(
            what="LiveViews: delivered suites that compile, pass five reruns, are formatted",
            asked="100%",
            measured=f"{100 * len(valid) / len(found):.1f}% ({len(valid)} of {len(found)})",
            beside=f"{tests} tests",
            met=len(valid) == len(found),
        ),
        Row(
            what="LiveViews: mutation score, median",
            asked=f"{_ASKED_SCORE:.1%}",
            measured=f"{score:.1%}",
            beside=f"lowest {min(each.score for each in found):.1%}",
            met=score >= _ASKED_SCORE,
        ),
        Row(
            what="LiveViews: `generate` of a file, in times of ExUnit tests for it",
            asked=f"at most {_ASKED_TIMES:.1f} times",
            measured=f"{times} times: {seconds} s",
            beside=f"`--kind exunit` {beside} s",
            met=times.median <= _ASKED_TIMES,
        ),
    ]


def run() -> record.Record:
    """Measures and writes the record."""
    found = measure()
    made = record.Record(
        benchmark="liveviews",
        command="python -m benchmarks.liveviews",
        rows=rows(found),
        figures={
            "files": [
                {**asdict(e.verdict), "exunit_s": e.exunit_s, "score": round(e.score, 4)} for e in found
            ],
            "seeds": list(SEEDS),
        },
        seed=SEEDS[0],
    )
    record.write(made)
    return made


if __name__ == "__main__":
    print(*(f"{row.what}: {row.measured}" for row in run().rows), sep="\n")
