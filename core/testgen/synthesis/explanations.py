"""What a generation explains when it is over: findings, survivors, functions left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from testgen.mutation import Mutant
from testgen.synthesis.analysis import Function
from testgen.synthesis.assembly import Draft
from testgen.synthesis.examples import Examples
from testgen.synthesis.findings import Finding, FindingKind, findings, suspicion
from testgen.synthesis.found import Found
from testgen.synthesis.reasons import HARMFUL, Evidence, Reason, why_survived, why_untested
from testgen.synthesis.report import LeftAlone
from testgen.synthesis.search import Search
from testgen.synthesis.subject import Knowledge, Subject

Searched = tuple[Subject, Search | None]
"""A subject and its search; None where time was up before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """In words, what no test shows."""

    survivors: Mapping[int, Reason]
    left_alone: tuple[LeftAlone, ...]
    findings: tuple[Finding, ...]


def explain(
    searched: Sequence[Searched],
    mutants: Sequence[Mutant],
    draft: Draft,
    found: Found,
    examples: Mapping[str, Examples],
    *,
    killed_before: frozenset[int],
    late_s: float | None,
) -> Explained:
    """Everything that is to be said beside the tests; `late_s` is the budget where it was used up."""
    survivors: dict[int, Reason] = {}
    left_alone: list[LeftAlone] = []
    shown: list[Finding] = []
    killed = frozenset().union(*found.kills.values()) if found.kills else frozenset()
    for subject, search in searched:
        if search is None:
            continue
        mine = [mutant for mutant in mutants if mutant.module == subject.module.name]
        evidence = replace(_evidence(subject, search.knowledge, killed, late_s), mutants=mine)
        survivors |= {
            mutant.id: why_survived(mutant, draft.outcomes.get(mutant.id), evidence)
            for mutant in mine
            if draft.outcomes.get(mutant.id) not in ("killed", "timeout")
        }
        shown += [*findings(evidence.seen, subject), *_of_examples(examples.get(subject.module.name))]
        left_alone += _left_alone(mine, draft, killed_before, evidence)
    return Explained(survivors=survivors, left_alone=tuple(left_alone), findings=tuple(shown))


def _evidence(
    subject: Subject, knowledge: Knowledge, killed: frozenset[int], late_s: float | None
) -> Evidence:
    suspicious = frozenset(
        number
        for number, each in knowledge.observations.items()
        if suspicion(knowledge.by_id[number], each, subject)
    )
    return Evidence(
        subject=subject, knowledge=knowledge, killed=killed, suspicious=suspicious, budget_s=late_s
    )


def _left_alone(
    mine: Sequence[Mutant], draft: Draft, killed_before: frozenset[int], evidence: Evidence
) -> list[LeftAlone]:
    """Functions of the subject that no delivered test is about."""
    subject = evidence.subject
    tested = {(test.module, test.describe) for test in draft.tests}
    found = []
    for function in subject.functions:
        if (subject.home_module, function.signature) not in tested:
            own = [mutant.id for mutant in mine if mutant.function == function.signature]
            reason = _untested(own, draft.outcomes, killed_before, evidence, function)
            name = f"{subject.shown_as or subject.home_module}.{function.signature}"
            found.append(LeftAlone(function=name, reason=reason))
    return found


def _of_examples(examples: Examples | None) -> list[Finding]:
    """Functions whose `iex>` examples do not hold."""
    return [
        Finding(
            kind=FindingKind.DOCTEST,
            function=signature,
            call=f"doctest {signature}",
            text="has an iex> example in its documentation that does not hold",
        )
        for signature in (examples.failing if examples else ())
    ]


def _untested(
    own: Sequence[int],
    outcomes: Mapping[int, str],
    killed_before: frozenset[int],
    evidence: Evidence,
    function: Function,
) -> str:
    if function.signature in evidence.subject.harmful:
        return HARMFUL
    if not own:
        return "nothing in it can be mutated"
    if set(own) <= killed_before:
        return "the tests that were there kill all its mutants"
    if all(outcomes.get(mutant) in ("killed", "timeout") for mutant in own):
        return "tests of other functions and doctests kill all its mutants"
    if evidence.subject.is_callback(function):
        return "a framework calls it; it is tested through the functions that people call"
    return why_untested([pair for pair in evidence.seen if pair[0].function == function.signature]).text
