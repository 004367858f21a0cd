"""The lines of the table: what generation must reach, and what it reached, over all modules and by half."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.generation.figures import Measured, mean, median, percentile, share
from benchmarks.generation.modules import Half
from benchmarks.record import Row

NOTES = [
    "mutation scores are strict: only killed counts, over all valid mutants, covered or not",
    "a module for which nothing could be generated counts with a score of 0",
    "seconds are of the wall clock, on a machine whose load is in each module's file",
    "kills of the repositories' own suites are counted on the same mutants",
]
_SMALL = 150
"""Lines of a module up to which times are promised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """One line: how the number is made of modules, and what it should be."""

    what: str
    asked: float
    number: Callable[[Sequence[Measured]], float | None]
    unit: str = "%"
    at_most: bool = False

    def met(self, value: float | None) -> bool:
        """Whether a number is as good as asked; nothing measured is nothing met."""
        if value is None:
            return False
        return value <= self.asked if self.at_most else value >= self.asked

    def shown(self, value: float | None) -> str:
        """A number with its unit."""
        if value is None:
            return "not measured"
        return f"{100 * value:.1f}%" if self.unit == "%" else f"{value:.2f}{self.unit}"


def _small(every: Sequence[Measured]) -> list[Measured]:
    return [each for each in every if each.module.lines <= _SMALL]


def _tested(every: Sequence[Measured]) -> float | None:
    refused = sum(one.refused for each in every for one in each.untested)
    untested = sum(not one.refused for each in every for one in each.untested)
    testable = sum(each.functions for each in every) - refused
    return share(testable - untested, testable)


def _as_good(every: Sequence[Measured]) -> float | None:
    compared = [each for each in every if each.own_killed is not None]
    return share(sum(each.killed >= (each.own_killed or 0) for each in compared), len(compared))


def _whole(every: Sequence[Measured]) -> float | None:
    judged = [each.whole for each in every if each.whole is not None]
    return share(sum(judged), len(judged))


def _redundant(every: Sequence[Measured]) -> float | None:
    return share(sum(each.redundant for each in every), sum(each.tests for each in every))


def _verdicts(every: Sequence[Measured]) -> float | None:
    return share(sum(each.verdicts_equal for each in every), sum(each.verdicts for each in every))


PROMISES = (
    Promise(what="public functions with a killing test", asked=0.95, number=_tested),
    Promise(what="mutation score, median", asked=0.97, number=lambda every: median(e.strict for e in every)),
    Promise(what="mutation score, mean", asked=0.93, number=lambda every: mean(e.strict for e in every)),
    Promise(what="modules as good as their repository's own suite, or better", asked=0.8, number=_as_good),
    Promise(what="suites green in five reruns, formatted, no warning", asked=1.0, number=_whole),
    Promise(what="tests that kill nothing alone", asked=0.02, number=_redundant, at_most=True),
    Promise(
        what="tests per kill, median",
        asked=0.5,
        number=lambda every: median(e.tests_per_kill for e in every),
        unit="",
        at_most=True,
    ),
    Promise(
        what=f"`generate` cold, up to {_SMALL} lines, median",
        asked=8,
        number=lambda every: median(e.cold_s for e in _small(every)),
        unit=" s",
        at_most=True,
    ),
    Promise(
        what=f"`generate` cold, up to {_SMALL} lines, 95th percentile",
        asked=30,
        number=lambda every: percentile((e.cold_s for e in _small(every)), 95),
        unit=" s",
        at_most=True,
    ),
    Promise(
        what=f"`generate` warm, up to {_SMALL} lines, median",
        asked=3,
        number=lambda every: median(e.warm_s for e in _small(every)),
        unit=" s",
        at_most=True,
    ),
    Promise(
        what=f"first test shown, up to {_SMALL} lines, median",
        asked=1,
        number=lambda every: median(e.first_test_s for e in _small(every)),
        unit=" s",
        at_most=True,
    ),
    Promise(
        what="kills with `--budget 2` of those of the full run, mean",
        asked=0.85,
        number=lambda every: mean(e.short_share for e in every),
    ),
    Promise(what="verdicts on these suites equal to a fresh VM's", asked=0.995, number=_verdicts),
)


def rows(everything: Sequence[Measured]) -> list[Row]:
    """One line for each promise, and one for how far the half kept back falls behind."""
    return [_row(promise, everything) for promise in PROMISES] + [_behind(everything)]


def _row(promise: Promise, everything: Sequence[Measured]) -> Row:
    value = promise.number(everything)
    sign = "at most " if promise.at_most else ""
    return Row(
        what=f"public modules: {promise.what}",
        asked=f"{sign}{promise.shown(promise.asked)}",
        measured=promise.shown(value),
        beside=", ".join(
            f"{half.value.replace('_', ' ')} half, {len(own)} modules: {promise.shown(promise.number(own))}"
            for half in Half
            if (own := of_half(everything, half))
        ),
        met=promise.met(value),
    )


def of_half(everything: Sequence[Measured], half: Half) -> list[Measured]:
    """The modules of one half."""
    return [each for each in everything if each.module.half is half]


def _behind(everything: Sequence[Measured]) -> Row:
    tuned, kept = (mean(e.strict for e in of_half(everything, half)) for half in Half)
    known = tuned is not None and kept is not None
    drop = tuned - kept if tuned is not None and kept is not None else 0.0
    return Row(
        what="public modules: mean score of the half kept back, below the other's",
        asked="at most 3.0%",
        measured=f"{100 * drop:.1f}%" if known else "not measured",
        beside="",
        met=known and drop <= 0.03,
    )


def summary(everything: Sequence[Measured]) -> dict[str, Any]:
    """Every promise's number by half, and the spread of scores and times."""
    groups = {"all": list(everything), **{half.value: of_half(everything, half) for half in Half}}
    return {name: _summed(group) for name, group in groups.items() if group}


def _summed(every: Sequence[Measured]) -> dict[str, Any]:
    spread = {
        name: [percentile(values, percent) for percent in (5, 25, 50, 75, 95)]
        for name, values in (
            ("score", [each.strict for each in every]),
            ("own_score", [each.own_strict for each in every]),
            ("cold_s", [each.cold_s for each in every]),
            ("warm_s", [each.warm_s for each in every]),
            ("peak_mb", [each.peak_mb for each in every]),
        )
    }
    numbers = {promise.what: promise.number(every) for promise in PROMISES}
    return {"modules": len(every), **numbers, "percentiles 5, 25, 50, 75, 95": spread}


def plain(row: Row) -> dict[str, Any]:
    """A row as the table wants it."""
    return asdict(row)
