"""Findings: behaviour that contradicts what the module promises, shown to its author and never pinned.

A value that no `@spec` of the function allows; a crash of the language or of a function inside, on arguments
that a `@spec` takes and that no documentation announces; an `iex>` example that does not hold. Only what is
certain counts: where a type says too little (`map()`, `term()`) or a value cannot be read, nothing is said.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.conformance import accepts, conforms, is_specific, some, wanted_types
from testgen.synthesis.reader import read
from testgen.synthesis.subject import Subject

_CRASHES = frozenset(
    [
        "ArithmeticError",
        "BadBooleanError",
        "BadFunctionError",
        "BadMapError",
        "CaseClauseError",
        "CondClauseError",
        "Enum.EmptyError",
        "FunctionClauseError",
        "KeyError",
        "MatchError",
        "Protocol.UndefinedError",
        "WithClauseError",
    ]
)


class FindingKind(enum.Enum):
    """What is contradicted."""

    SPEC = "spec"
    CRASH = "crash"
    DOCTEST = "doctest"
    EVENT = "event"
    """Of LiveViews: sent and not taken, or taken and never sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something for the author to look at."""

    kind: FindingKind
    function: str
    """`name/arity`, as in the module's source."""
    call: str
    """The simplest call that shows it, with what has to run before."""
    text: str
    """What happens, in words."""
    num_calls: int = 1
    """How many of the calls that were tried show it."""


def suspicion(candidate: Candidate, observation: Observation, subject: Subject) -> FindingKind | None:
    """Which promise the observation breaks; None where none is known to be broken."""
    function = subject.module.function(candidate.function)
    if function is None or not candidate.args or not function.specs:
        return None
    if observation.status is Status.OK and _contradicts(function, candidate, observation, subject):
        return FindingKind.SPEC
    if observation.status is Status.RAISE and _is_crash(function, candidate, observation, subject):
        return FindingKind.CRASH
    return None


def _contradicts(
    function: Function, candidate: Candidate, observation: Observation, subject: Subject
) -> bool:
    """Whether a spec takes the arguments and none of those allows the value."""
    if not observation.value or observation.shape not in ("equal", "boolean", "pattern", "delta"):
        return False
    taking = [s for s in function.specs if accepts(function, s, candidate.args, subject.module) is not False]
    certain = [s for s in taking if accepts(function, s, candidate.args, subject.module)]
    value = read(observation.value)
    allowed = some(conforms(value, spec.returns, subject.module) for spec in taking)
    return bool(certain) and allowed is False


def _is_crash(function: Function, candidate: Candidate, observation: Observation, subject: Subject) -> bool:
    if observation.exception not in _CRASHES or observation.deliberate or function.name.endswith("!"):
        return False
    if observation.exception in raised_on_purpose(subject) or _turned_away(function, observation, subject):
        return False
    return any(
        accepts(function, spec, candidate.args, subject.module) is True
        and all(map(is_specific, wanted_types(function, spec, len(candidate.args)) or ()))
        for spec in function.specs
    )


def _turned_away(function: Function, observation: Observation, subject: Subject) -> bool:
    """Whether the function's own head refused, by a guard that its author wrote: that is meant."""
    return observation.exception == "FunctionClauseError" and (
        is_own_head(function, observation, subject) and any(clause.guard for clause in function.clauses)
    )


def is_own_head(function: Function, observation: Observation, subject: Subject) -> bool:
    """Whether no clause of the function itself matched, rather than one of a function that it calls."""
    refused = f"no function clause matching in {subject.module.name}.{function.name}/"
    return observation.message.replace("Elixir.", "").startswith(refused)


def raised_on_purpose(subject: Subject) -> set[str]:
    """Exceptions that the module's code names, and those that its documentation promises."""
    everything = (*subject.module.functions, *subject.module.private_functions)
    named = {name for function in everything for name in function.raises}
    docs = " ".join(function.doc or "" for function in subject.module.functions)
    promised = set(re.findall(r"`(?:t:)?([A-Z]\w*(?:\.[A-Z]\w*)*(?:Error|Exception)?)`", docs))
    return named | {name for name in promised if name.endswith(("Error", "Exception"))}


def findings(seen: Iterable[tuple[Candidate, Observation]], subject: Subject) -> list[Finding]:
    """What candidates showed, each contradiction once, by its simplest call."""
    groups: dict[tuple[str, FindingKind, str], list[tuple[Candidate, Observation]]] = {}
    for candidate, observation in seen:
        kind = suspicion(candidate, observation, subject)
        if kind is not None:
            groups.setdefault((candidate.function, kind, observation.exception), []).append(
                (candidate, observation)
            )
    return [_finding(kind, members, subject) for (_, kind, _), members in groups.items()]


def _finding(kind: FindingKind, members: list[tuple[Candidate, Observation]], subject: Subject) -> Finding:
    candidate, observation = min(members, key=lambda pair: (pair[0].cost, pair[0].source))
    function = subject.module.function(candidate.function)
    assert function is not None, "only functions of the module raise suspicion"
    told = _of_value(function, observation) if kind is FindingKind.SPEC else _of_crash(observation)
    return Finding(
        kind=kind,
        function=candidate.function,
        call=candidate.source,
        text=told,
        num_calls=len(members),
    )


def _of_value(function: Function, observation: Observation) -> str:
    value = observation.value if len(observation.value) <= 60 else f"{observation.value[:60]}…"
    specs = "; ".join(f"@spec {spec.source.removeprefix('@spec ')}" for spec in function.specs)
    return f"returns {value}, which its spec does not allow ({' '.join(specs.split())})"


def _of_crash(observation: Observation) -> str:
    message = next(iter(observation.message.splitlines()), "")
    name = observation.exception.removeprefix("Elixir.")
    return f"raises {name} on arguments that its spec accepts: {message}"
