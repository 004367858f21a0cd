"""What the results of one module amount to, and of many: shares, medians, percentiles.

Only plain arithmetic on what the steps wrote; nothing runs here.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.generation.modules import Module

NOT_VALID = frozenset({"CompileError", "Ignored", "Pending"})
REFUSED = "it stops the VM, runs programs or removes files"
"""How the reason begins with which a function is refused by rule."""
_DEFINITIONS = ("def",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Untested:
    """A public function of which no mutant is killed, and what the generation says of it."""

    function: str
    mutants: int
    reason: str

    @property
    def refused(self) -> bool:
        """Whether it is not to be called by rule, and so does not count."""
        return self.reason.startswith(REFUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One module's figures. None is what was not measured, or has no meaning where nothing was written."""

    module: Module
    mutants: int
    """All valid ones, whether or not anything covers them."""
    killed: int
    timeouts: int
    tests: int
    redundant: int
    """Tests that kill nothing that no other kills, and are not trusted for a doctest, spec or law."""
    functions: int
    """Public functions with a valid mutant of their own."""
    untested: tuple[Untested, ...]
    own_killed: int | None
    """Kills of the repository's own suite on the same mutants."""
    own_tests: int | None
    exit: int
    cold_s: float
    cold_cpu_s: float
    peak_mb: float
    first_test_s: float | None
    warm_s: float | None
    short_share: float | None
    """Kills with two seconds to search over those of the full run, as both report them."""
    whole: bool | None
    """Green five times, formatted, no warning."""
    verdicts: int
    verdicts_equal: int

    @property
    def strict(self) -> float:
        """Killed over valid; 1 where there is no mutant."""
        return self.killed / self.mutants if self.mutants else 1.0

    @property
    def own_strict(self) -> float | None:
        """The same of the repository's own suite."""
        if self.own_killed is None:
            return None
        return self.own_killed / self.mutants if self.mutants else 1.0

    @property
    def tests_per_kill(self) -> float | None:
        return self.tests / self.killed if self.killed else None


def measured(module: Module, done: Mapping[str, Any]) -> Measured | None:
    """A module's figures; None where not so much as its cold generation and its mutants are known."""
    reports = [part["report"] for name in ("score", "own") if (part := done.get(name)) and part["report"]]
    if "cold" not in done or not reports:
        return None
    written, others = done.get("score"), done.get("own")
    valid = {mutant["id"]: mutant for mutant in reports[0]["mutants"] if mutant["status"] not in NOT_VALID}
    ours = _statuses(written)
    theirs = _statuses(others)
    cold, warm, sample = done["cold"], done.get("warm") or {}, _sample(done.get("fresh"))
    tests = (cold["report"] or {}).get("tests", [])
    killed = {key for key in valid if ours.get(key) == "Killed"}
    functions, untested = _functions(done, valid.values(), killed)
    return Measured(
        module=module,
        mutants=len(valid),
        killed=len(killed),
        timeouts=sum(ours.get(key) == "Timeout" for key in valid),
        tests=len(tests),
        redundant=_redundant(tests, written),
        functions=functions,
        untested=tuple(untested),
        own_killed=sum(theirs.get(key) == "Killed" for key in valid) if theirs else None,
        own_tests=len(others["report"]["tests"]) if others and others["report"] else None,
        exit=cold["exit"],
        cold_s=cold["seconds"],
        cold_cpu_s=cold["cpu_s"],
        peak_mb=cold["peak_mb"],
        first_test_s=cold["first_test_s"],
        warm_s=warm.get("warm"),
        short_share=_short_share(cold, done.get("short")),
        whole=_whole(done.get("valid")),
        verdicts=len(sample),
        verdicts_equal=sum(_agree(each) for each in sample),
    )


def _statuses(scored: Mapping[str, Any] | None) -> dict[str, str]:
    if not scored or not scored["report"]:
        return {}
    return {mutant["id"]: mutant["status"] for mutant in scored["report"]["mutants"]}


def _redundant(tests: Sequence[Mapping[str, Any]], scored: Mapping[str, Any] | None) -> int:
    """Counted by the scorer where the names of both agree; by the generation's own report otherwise."""
    if not scored or not scored["report"]:
        return 0
    names = scored["report"]["tests"]
    needed = {
        names.get(mutant["killedBy"][0], "")
        for mutant in scored["report"]["mutants"]
        if mutant["status"] == "Killed" and len(mutant["killedBy"]) == 1
    }
    observed = [test for test in tests if test["oracle"] == "observed"]
    return sum(not any(name.endswith(test["name"]) for name in needed) for test in observed)


def _functions(
    done: Mapping[str, Any], mutants: Iterable[Mapping[str, Any]], killed: set[str]
) -> tuple[int, list[Untested]]:
    """How many public functions have mutants, and those of them of which none is killed."""
    public = {each["signature"] for each in (done.get("warm") or {}).get("functions", [])}
    own: dict[str, list[str]] = {}
    for mutant in mutants:
        if (function := function_of(mutant)) in public:
            own.setdefault(function, []).append(mutant["id"])
    reasons = left_alone(done)
    untested = [
        Untested(function=function, mutants=len(keys), reason=reasons.get(function, "tested, but in vain"))
        for function, keys in sorted(own.items())
        if not killed & set(keys)
    ]
    return len(own), untested


def function_of(mutant: Mapping[str, Any]) -> str:
    """`name/arity` of the function that a mutant of a report is in; its module where it is in none."""
    return str(mutant["description"]).rpartition(": ")[0]


def left_alone(done: Mapping[str, Any]) -> dict[str, str]:
    """What the generation says of functions that it did not test, by `name/arity`."""
    report = done["cold"]["report"] or {}
    return {each["function"].rpartition(".")[2]: each["reason"] for each in report.get("left_alone", [])}


def _short_share(cold: Mapping[str, Any], short: Mapping[str, Any] | None) -> float | None:
    whole = (cold["report"] or {}).get("mutants", {}).get("killed", 0)
    if short is None or not whole:
        return None
    return float((short["report"] or {}).get("mutants", {}).get("killed", 0) / whole)


def _whole(valid: Mapping[str, Any] | None) -> bool | None:
    if valid is None:
        return None
    return not valid["failed"] and bool(valid["formatted"]) and not valid["warnings"]


def _sample(fresh: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The mutants judged twice; none where the suite fails in a fresh VM without any mutant."""
    return list(fresh["mutants"]) if fresh and fresh["unchanged"] == "survived" else []


def _agree(judged: Mapping[str, Any]) -> bool:
    """Killed and timeout count as one: the limits of the two scorers differ."""
    kinds = [{"timeout": "killed"}.get(each, each) for each in (judged["switched"], judged["fresh"][0])]
    return bool(kinds[0] == kinds[1])


def median(values: Iterable[float | None]) -> float | None:
    """Of those that are there."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that are there."""
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None


def percentile(values: Iterable[float | None], percent: float) -> float | None:
    """The smallest value that so many percent are not above (nearest rank)."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    return known[max(math.ceil(percent / 100 * len(known)), 1) - 1]


def share(part: float, whole: float) -> float | None:
    """A part of a whole; None of nothing."""
    return part / whole if whole else None
