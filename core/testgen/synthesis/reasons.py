"""Why not: for each mutant that survives and each function left alone, the reason in words.

Drawn from what the search saw: calls that reach the place or do not, how they ended, and whether time was
up. "Equivalent as far as known" is said with what makes one think so; it is no proof.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from testgen.mutation import Mutant, Strategy
from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.subject import Knowledge, Subject


class ReasonKind(enum.Enum):
    """The sorts of reasons, for programs."""

    EQUIVALENT = "equivalent_as_far_as_known"
    FEW_INPUTS = "few_inputs"
    NOT_REACHED = "not_reached"
    NEEDS = "needs_what_is_not_there"
    NONDETERMINISTIC = "nondeterministic"
    CRASHES = "crashes"
    HARMFUL = "harmful"
    NOT_PINNED = "finding"
    DROPPED = "dropped_in_verification"
    BUDGET = "budget"
    NO_VERDICT = "no_verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something has no test."""

    kind: ReasonKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a generation knows when it is over."""

    subject: Subject
    knowledge: Knowledge
    killed: Set[int]
    """Mutants that some candidate killed during the search."""
    suspicious: Set[int]
    """Candidates whose behaviour is a finding, so that no test pins it."""
    mutants: Sequence[Mutant] = ()
    """All of the subject."""
    budget_s: float | None = None
    """The budget, where it was used up before the search was done."""

    @property
    def seen(self) -> list[tuple[Candidate, Observation]]:
        """Every candidate that ran, with what it showed."""
        knowledge = self.knowledge
        return [(knowledge.by_id[number], each) for number, each in knowledge.observations.items()]


_LONGEST_CALL = 90
_MANY = 12
"""So many calls that reach a mutant and do not tell it make one think that nothing does."""


def why_survived(mutant: Mutant, outcome: str | None, evidence: Evidence) -> Reason:
    """Why no test tells the mutant from the original."""
    if outcome == "unsettled":
        return Reason(kind=ReasonKind.NO_VERDICT, text="its VM was lost before there was a verdict")
    if mutant.id in evidence.killed:
        text = "a call tells it apart, but no test of that call held when the whole file was verified"
        return Reason(kind=ReasonKind.DROPPED, text=text)
    if mutant.function in evidence.subject.harmful:
        return Reason(kind=ReasonKind.HARMFUL, text=HARMFUL)
    knowledge = evidence.knowledge
    reaching = knowledge.reached_by.get(mutant.id, [])
    seen = [(knowledge.by_id[number], knowledge.observations[number]) for number in reaching]
    if not seen and mutant.strategy is Strategy.RECOMPILE:
        text = (
            "it takes a recompilation: the simplest calls of each function ran against it, and none tells it"
        )
        return Reason(kind=ReasonKind.FEW_INPUTS, text=text)
    if not seen:
        return _not_reached(mutant, evidence)
    if _is_unentered(mutant, evidence):
        text = f"{len(seen)} calls come by its clause and none gets into it"
        return Reason(kind=ReasonKind.NOT_REACHED, text=text)
    usable = [o for number, (_, o) in zip(reaching, seen, strict=True) if _is_usable(number, o, evidence)]
    if usable:
        return _told_by_none(len(usable), evidence)
    if set(reaching) & set(evidence.suspicious):
        text = "the calls that reach it show something that is listed under findings, which no test pins"
        return Reason(kind=ReasonKind.NOT_PINNED, text=text)
    return _ending(seen)


def _is_unentered(mutant: Mutant, evidence: Evidence) -> bool:
    """Whether a mutant of a clause is only passed on the way to others: nothing in the clause's body is
    reached.
    """
    if mutant.group != "clause":
        return False
    first, last = _clause_lines(mutant, evidence.subject)
    inside = [
        each.id
        for each in evidence.mutants
        if each.function == mutant.function and each.group != "clause" and first <= each.start.line <= last
    ]
    return bool(inside) and not any(number in evidence.knowledge.reached_by for number in inside)


def _clause_lines(mutant: Mutant, subject: Subject) -> tuple[int, int]:
    """The lines of the clause that a mutant is in; none where they are not known."""
    module = subject.module
    for function in (*module.functions, *module.private_functions):
        if function.signature == mutant.function:
            starts = sorted({clause.line for clause in function.clauses if clause.line})
            first = max((line for line in starts if line <= mutant.start.line), default=0)
            later = [line for line in starts if line > mutant.start.line]
            return (first, min(later) - 1 if later else max(function.end_line, mutant.last_line))
    return (0, -1)


def _is_usable(number: int, observation: Observation, evidence: Evidence) -> bool:
    return observation.status is Status.OK and number not in evidence.suspicious


def _told_by_none(num: int, evidence: Evidence) -> Reason:
    late = _late(evidence)
    calls = "1 call reaches" if num == 1 else f"{num} calls reach"
    if num >= _MANY:
        text = f"{calls} it and none tells it from the original: equivalent as far as known{late}"
        return Reason(kind=ReasonKind.BUDGET if late else ReasonKind.EQUIVALENT, text=text)
    text = f"only {calls} it, and none tells it from the original{late}"
    return Reason(kind=ReasonKind.BUDGET if late else ReasonKind.FEW_INPUTS, text=text)


def _late(evidence: Evidence) -> str:
    return f"; the budget of {evidence.budget_s:g} s was used up" if evidence.budget_s is not None else ""


def _calls_of(mutant: Mutant, evidence: Evidence) -> list[tuple[Candidate, Observation]]:
    """Calls of the function that the mutant is in; of the whole module where that is private."""
    return [pair for pair in evidence.seen if pair[0].function == mutant.function] or evidence.seen


def _not_reached(mutant: Mutant, evidence: Evidence) -> Reason:
    calls = _calls_of(mutant, evidence)
    late = _late(evidence)
    if not calls and late:
        return Reason(kind=ReasonKind.BUDGET, text=f"no call was tried{late}")
    if not calls:
        return Reason(kind=ReasonKind.NOT_REACHED, text="no arguments could be made for a call")
    if needs := needed(calls):
        return Reason(kind=ReasonKind.NEEDS, text=f"no call reaches it: {needs}")
    one = len(calls) == 1
    text = (
        "the one call that was tried does not reach it" if one else f"none of {len(calls)} calls reaches it"
    )
    raised = Counter(o.exception for _, o in calls if o.status is Status.RAISE)
    if sum(raised.values()) * 2 > len(calls):
        text += f"; most of them raise {raised.most_common(1)[0][0].removeprefix('Elixir.')}"
    return Reason(kind=ReasonKind.BUDGET if late else ReasonKind.NOT_REACHED, text=text + late)


HARMFUL = "it stops the VM, runs programs or removes files: a generated test must not call it"
_NEEDS = (
    (r"Ecto|DBConnection|Postgrex|MyXQL|Exqlite|mnesia|\brepo\b", "a database that is not there"),
    (
        r"econnrefused|nxdomain|ehostunreach|enetunreach|econnreset",
        "a network, which tests do not get",
    ),
    (
        r"could not fetch application environment|no configuration|not configured",
        "configuration that is not there",
    ),
    (r"no process: |noproc|unknown registry|not alive", "a process that is not running"),
    (r"table identifier does not refer to an existing ETS table", "an ETS table that is not there"),
    (r"executable.*not found|command not found|:enoent.*System\.cmd", "a program that is not there"),
    (r"module ([\w.]+) is not available", "a module that is not there"),
)


def needed(calls: Sequence[tuple[Candidate, Observation]]) -> str:
    """What most of the failing calls ask for and do not find, in words; empty where nothing of that kind."""
    failing = [each.message for _, each in calls if each.status in (Status.RAISE, Status.EXIT)]
    for pattern, what in _NEEDS:
        matching = [message for message in failing if re.search(pattern, message)]
        if len(matching) * 2 > len(calls):
            line = next(iter(matching[0].splitlines()), "")
            return f"it needs {what} ({line[:80]})"
    return ""


def _ending(calls: Sequence[tuple[Candidate, Observation]]) -> Reason:
    """Why calls that reach a place make no test."""
    if needs := needed(calls):
        return Reason(kind=ReasonKind.NEEDS, text=needs)
    status, _ = Counter(each.status for _, each in calls).most_common(1)[0]
    message = next((each.message for _, each in calls if each.status is status), "")
    line = next(iter(message.splitlines()), "")
    kind, text = _ENDINGS.get(status, (ReasonKind.CRASHES, "make no test"))
    return Reason(kind=kind, text=f"the calls that reach it {text}{f' ({line[:80]})' if line else ''}")


_ENDINGS: Mapping[Status, tuple[ReasonKind, str]] = {
    Status.OK: (ReasonKind.CRASHES, "give nothing that can be asserted"),
    Status.RAISE: (ReasonKind.CRASHES, "crash on arguments that nobody would pass"),
    Status.UNSTABLE: (ReasonKind.NONDETERMINISTIC, "give another result in every run"),
    Status.TIMEOUT: (ReasonKind.BUDGET, "do not come to an end"),
    Status.MEMORY: (ReasonKind.BUDGET, "take more memory than they may"),
    Status.REFUSED: (ReasonKind.HARMFUL, "do what a generated test must not do"),
    Status.INVALID: (ReasonKind.CRASHES, "do not compile"),
    Status.EXIT: (ReasonKind.CRASHES, "end their process"),
    Status.THROW: (ReasonKind.CRASHES, "throw"),
}


def _shortened(call: str) -> str:
    text = " ".join(call.split())
    return text if len(text) <= _LONGEST_CALL else f"{text[:_LONGEST_CALL]}…"


def why_untested(calls: Sequence[tuple[Candidate, Observation]]) -> Reason:
    """Why no call of a function became a test."""
    if not calls:
        return Reason(kind=ReasonKind.NOT_REACHED, text="no arguments could be made for it")
    if needs := needed(calls):
        return Reason(kind=ReasonKind.NEEDS, text=needs)
    status, _ = Counter(observation.status for _, observation in calls).most_common(1)[0]
    candidate, observation = next(pair for pair in calls if pair[1].status is status)
    call = _shortened(candidate.call)
    message = next(iter(observation.message.splitlines()), "an error")
    text = {
        Status.OK: f"none of the {len(calls)} calls that were tried tells a mutant of it from the original",
        Status.RAISE: f"most calls that were tried raise, as {call} does: {message}",
        Status.UNSTABLE: f"its result differs from run to run, as that of {call} does",
        Status.TIMEOUT: f"calls do not come to an end, as {call}",
        Status.MEMORY: f"calls use too much memory, as {call} does",
        Status.REFUSED: f"it does what a generated test must not do: {message}",
        Status.INVALID: f"the calls that were tried do not compile, as {call}: {message}",
        Status.EXIT: f"calls end their process, as {call} does",
        Status.THROW: f"calls throw, as {call} does",
    }[status]
    kind = ReasonKind.EQUIVALENT if status is Status.OK else _ENDINGS[status][0]
    return Reason(kind=kind, text=text)
