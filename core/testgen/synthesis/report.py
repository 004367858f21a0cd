"""What a generation tells its user: tests, what each alone kills, what survives, what was left alone and
why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from testgen.mutation import Mutant
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.findings import Finding
from testgen.synthesis.reasons import Reason
from testgen.synthesis.workbench import UNSETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredTest:
    """A test in the delivered text."""

    module: str
    describe: str
    name: str
    oracle: Oracle
    kills: frozenset[int]
    alone: frozenset[int]
    """Mutants that no other test of the file kills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A function without a test of its own."""

    function: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A generation's result. `text` is the whole test file as it is or would be."""

    source_path: str
    test_path: str
    text: str
    before: str | None
    source: str
    tests: tuple[DeliveredTest, ...]
    mutants: tuple[Mutant, ...]
    outcomes: dict[int, str]
    """Mutant to killed, timeout, survived, no_coverage or unsettled, with the whole test file."""
    killed_before: frozenset[int]
    """Mutants that the existing tests kill already."""
    num_pruned: int
    num_invalid: int
    left_alone: tuple[LeftAlone, ...]
    notes: tuple[str, ...]
    candidates_run: int
    dropped: int
    """Tests that were rendered and failed when run for real."""
    interrupted: bool
    elapsed_s: float
    timings_s: dict[str, float]
    findings: tuple[Finding, ...] = ()
    """What contradicts the module's own promises; no test pins it."""
    reasons: Mapping[int, Reason] = field(default_factory=dict)
    """Why each survivor survives."""

    @property
    def survivors(self) -> list[Mutant]:
        """Mutants that no test tells from the original; of unsettled ones that is not known."""
        return [m for m in self.mutants if self.outcomes.get(m.id) in ("survived", "no_coverage", None)]


def to_json(result: Generated, status: str) -> dict[str, Any]:
    """The report for programs. Keys never change their meaning."""
    by_id = {mutant.id: mutant for mutant in result.mutants}
    return {
        "file": result.source_path,
        "test_file": result.test_path,
        "status": status,
        "interrupted": result.interrupted,
        "tests": [_test_json(each, by_id) for each in result.tests],
        "mutants": {**_counts(result), "killed_before": len(result.killed_before)},
        "survivors": [
            {**_mutant_json(mutant, result.source), **_reason_json(result.reasons.get(mutant.id))}
            for mutant in result.survivors
        ],
        "left_alone": [{"function": each.function, "reason": each.reason} for each in result.left_alone],
        "findings": [_finding_json(each) for each in result.findings],
        "notes": list(result.notes),
        "candidates": result.candidates_run,
        "dropped_in_verification": result.dropped,
        "elapsed_s": round(result.elapsed_s, 3),
        "timings_s": {name: round(value, 3) for name, value in result.timings_s.items()},
        "oracles": {oracle.value: oracle.meaning for oracle in Oracle},
        "text": result.text,
    }


def _counts(result: Generated) -> dict[str, int]:
    counts = Counter(result.outcomes.get(mutant.id, "no_coverage") for mutant in result.mutants)
    return {
        "total": len(result.mutants),
        "killed": counts["killed"],
        "timeout": counts["timeout"],
        "survived": counts["survived"],
        "no_coverage": counts["no_coverage"],
        "unsettled": counts[UNSETTLED],
        "invalid": result.num_invalid,
        "pruned": result.num_pruned,
    }


def _test_json(test: DeliveredTest, by_id: dict[int, Mutant]) -> dict[str, Any]:
    return {
        "module": test.module,
        "describe": test.describe,
        "name": test.name,
        "oracle": test.oracle.value,
        "kills": len(test.kills),
        "kills_alone": [by_id[each].key for each in sorted(test.alone) if each in by_id],
    }


def _mutant_json(mutant: Mutant, source: str) -> dict[str, Any]:
    return {
        "key": mutant.key,
        "operator": mutant.operator,
        "function": mutant.function,
        "line": mutant.start.line,
        "diff": mutant.diff(source),
    }


def _reason_json(reason: Reason | None) -> dict[str, Any]:
    return {
        "reason": reason.text if reason else None,
        "reason_kind": reason.kind.value if reason else None,
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "function": finding.function,
        "call": finding.call,
        "text": finding.text,
        "calls": finding.num_calls,
    }


_SHOWN_SURVIVORS = 12
_SHOWN_FINDINGS = 12
_MARKS = {Oracle.DOCTEST: "doctest", Oracle.SPEC: "spec", Oracle.LAW: "law", Oracle.OBSERVED: "observed"}


def to_text(result: Generated, headline: str) -> list[str]:
    """The report for people, as lines."""
    lines = [headline, ""]
    lines += _tests_text(result)
    lines += _findings_text(result.findings)
    lines += _mutants_text(result)
    lines += _left_alone_text(result.left_alone)
    lines += [f"note: {note}" for note in result.notes]
    lines += [_time(result)]
    return lines


def _tests_text(result: Generated) -> list[str]:
    if not result.tests:
        return []
    by_id = {mutant.id: mutant for mutant in result.mutants}
    lines = ["Tests, what each is trusted for, and what it alone kills:"]
    describe = None
    for test in result.tests:
        if test.describe != describe:
            describe = test.describe
            lines.append(f"  {describe or test.module}")
        alone = [by_id[each] for each in sorted(test.alone) if each in by_id]
        lines.append(f"    {_MARKS[test.oracle]:<9}{test.name}{_alone_text(alone)}")
    counts = Counter(test.oracle for test in result.tests)
    lines += ["", *(f"  {_MARKS[o]:<9}{counts[o]:>3}  {o.meaning}" for o in Oracle if counts[o]), ""]
    return lines


def _alone_text(mutants: Sequence[Mutant]) -> str:
    if not mutants:
        return ""
    shown = ", ".join(f"line {m.start.line} {m.operator}" for m in mutants[:2])
    return f"  [{shown}{f' and {len(mutants) - 2} more' if len(mutants) > 2 else ''}]"


_BESIDES = (("timeout", "timed out"), (UNSETTLED, "without a verdict"))


def _mutants_text(result: Generated) -> list[str]:
    counts = _counts(result)
    killed = f"Mutants: {counts['killed']} of {counts['total']} killed"
    if result.killed_before:
        killed += f" ({len(result.killed_before)} by the tests that were there)"
    extra = [f"{counts[name]} {words}" for name, words in _BESIDES if counts[name]]
    lines = [", ".join([killed, *extra]) + "."]
    survivors = result.survivors
    if survivors:
        lines.append(f"{len(survivors)} {'survives' if len(survivors) == 1 else 'survive'}:")
        for mutant in survivors[:_SHOWN_SURVIVORS]:
            lines.append(f"  {result.source_path}:{mutant.start.line}  {mutant.operator}")
            lines += [f"    {line}" for line in mutant.diff(result.source)]
            if reason := result.reasons.get(mutant.id):
                lines.append(f"    {reason.text}")
        if len(survivors) > _SHOWN_SURVIVORS:
            lines.append(f"  and {len(survivors) - _SHOWN_SURVIVORS} more; --json lists them all")
    return [*lines, ""]


def _findings_text(findings: Sequence[Finding]) -> list[str]:
    """Contradictions, each with the call that shows it."""
    if not findings:
        return []
    lines = ["Findings, which no test pins:"]
    for each in findings[:_SHOWN_FINDINGS]:
        calls = f" (and {each.num_calls - 1} more such calls)" if each.num_calls > 2 else ""
        lines += [
            f"  {each.function}: {each.text}{calls}",
            *(f"    {line}" for line in each.call.split("\n")),
        ]
    if len(findings) > _SHOWN_FINDINGS:
        lines.append(f"  and {len(findings) - _SHOWN_FINDINGS} more; --json lists them all")
    return [*lines, ""]


def _left_alone_text(functions: Iterable[LeftAlone]) -> list[str]:
    lines = [f"  {each.function}: {each.reason}" for each in functions]
    return ["Left alone:", *lines, ""] if lines else []


def _time(result: Generated) -> str:
    early = ", stopped early" if result.interrupted else ""
    return f"{result.candidates_run} candidates in {result.elapsed_s:.1f} s{early}."
