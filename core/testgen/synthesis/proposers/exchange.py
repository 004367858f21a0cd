"""Inputs of one function given to another that takes the like: what leads one of them down a rare path often
leads the other.
"""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Built, Raw, Term

_PER_FUNCTION = 40


class Exchange:
    """Proposes calls with arguments that took other functions down different paths."""

    name = "exchange"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """The simplest input of each path first."""
        given = _inputs(subject, knowledge)
        for function in subject.functions:
            base = _base(function, knowledge)
            if base is None or subject.is_callback(function):
                continue
            rows = (
                (*base.args[:place], term, *base.args[place + 1 :])
                for place in range(len(base.args))
                for owner, term in given.get(_sort(function, place), ())
                if owner != function.signature
            )
            for _, row in zip(range(_PER_FUNCTION), dict.fromkeys(rows), strict=False):
                yield called(
                    subject.module.name,
                    function.name,
                    row,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=Exchange.name,
                )


def _sort(function: Function, place: int) -> str:
    """What an argument is: its type by the spec, or else its name."""
    if function.specs and place < len(function.specs[0].args):
        kind = function.specs[0].args[place]
        return kind.source or f"{kind.kind} {kind.module}.{kind.name}"
    return function.arg_names[place].strip("_") if place < len(function.arg_names) else ""


def _inputs(subject: Subject, knowledge: Knowledge) -> dict[str, list[tuple[str, Term]]]:
    """By what they are: inputs, the simplest for each path through a function, with the function."""
    simplest = sorted(knowledge.by_id.items(), key=lambda item: (item[1].cost, item[0]))
    paths: set[tuple[str, frozenset[int]]] = set()
    found: dict[str, list[tuple[str, Term]]] = {}
    for number, candidate in simplest:
        path = (candidate.function, knowledge.observations[number].covers)
        function = subject.module.function(candidate.function)
        if function is None or path in paths or candidate.setup:
            continue
        paths.add(path)
        for place, term in enumerate(candidate.args):
            if not isinstance(term, Built):
                found.setdefault(_sort(function, place), []).append((candidate.function, term))
    return found


def _base(function: Function, knowledge: Knowledge) -> Candidate | None:
    """The simplest call of the function without anything before it."""
    own = [
        each
        for each in knowledge.by_id.values()
        if each.function == function.signature and each.args and not each.setup
    ]
    usable = [each for each in own if not any(isinstance(term, (Built, Raw)) for term in each.args)] or own
    return min(usable, key=lambda each: each.cost, default=None)
