"""Simpler inputs for tests that were selected: a field, an item, a digit less, as long as the kill stays.

The selection prefers what is simpler, so that it is enough to propose; running tells which kills stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from testgen.synthesis.candidate import Candidate, called, direct_call
from testgen.synthesis.proposers.starts import reset_lines
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import (
    Built,
    Float,
    Int,
    ListOf,
    Map,
    Str,
    Term,
    Tuple,
    arguments_source,
    weight,
)

_FEW = 2
"""Steps that may be left of a sequence: all choices of so many are tried."""
_PER_CANDIDATE = 14


class Simplification:
    """Proposes simpler variants of the candidates that are selected so far."""

    name = "simplification"

    def __init__(self, selected: Sequence[Candidate]) -> None:
        self._selected = selected

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Variants of each candidate, the simplest first."""
        for base in self._selected:
            yield from _shorter(base, reset_lines(subject))
            name, _, arity = base.function.rpartition("/")
            shown = arguments_source(base.args)
            if base.call != direct_call(subject.shown_as, name, shown) or any(
                isinstance(t, Built) for t in base.args
            ):
                continue
            rows = [*_constructed(base.args, knowledge, subject), *sorted(_rows(base.args), key=_weight)]
            for row in rows[:_PER_CANDIDATE]:
                yield called(
                    subject.module.name,
                    name,
                    row,
                    shown_as=subject.shown_as,
                    arity=int(arity),
                    origin="simplification",
                    setup=base.setup,
                    reusable=base.reusable,
                    isolated=base.isolated,
                )


def _shorter(base: Candidate, needed: Sequence[str]) -> Iterator[Candidate]:
    """The sequence without some of its steps, the shortest first; what binds a variable stays, and so does
    what makes the state the same for every test.
    """
    spare = [
        place for place, line in enumerate(base.setup) if not _BINDING.match(line) and line not in needed
    ]
    sizes = [size for size in range(len(spare), 0, -1) if len(spare) - size <= _FEW or size == 1]
    for without in (set(each) for size in sizes for each in combinations(spare, size)):
        yield replace(
            base, setup=tuple(line for place, line in enumerate(base.setup) if place not in without)
        )


_BINDING = re.compile(r"^(?:[a-z_]\w*|\{[^}]*\}) = ")


def _constructed(
    args: tuple[Term, ...], knowledge: Knowledge, subject: Subject
) -> Iterator[tuple[Term, ...]]:
    """A bare struct replaced by a call that makes one: `Cart.new()` reads better than `%Cart{}`."""
    made = [each for each in knowledge.pool if each.made_of == subject.module.name and not each.steps]
    for position, term in enumerate(args):
        if isinstance(term, Map) and term.struct and not term.pairs:
            for built in sorted(made, key=lambda each: each.weight)[:1]:
                yield (*args[:position], built, *args[position + 1 :])


def _weight(row: Sequence[Term]) -> float:
    return sum(map(weight, row))


def _rows(args: tuple[Term, ...]) -> Iterator[tuple[Term, ...]]:
    for position, term in enumerate(args):
        for simpler in simplified(term):
            yield (*args[:position], simpler, *args[position + 1 :])


def simplified(term: Term) -> list[Term]:
    """Terms that weigh less and differ in one place."""
    match term:
        case Int(value):
            found: list[Term] = [Int(each) for each in (1, 2, 10, 0) if len(str(each)) < len(str(value))]
        case Float(value):
            found = [Float(each) for each in (0.0, 1.0, 0.5, 1.5)]
        case Str(value):
            found = [Str(each) for each in (*value.split()[:1], value.strip(), "a")]
        case ListOf(items):
            shorter = [ListOf((*items[:i], *items[i + 1 :])) for i in range(min(len(items), 5))]
            found = [ListOf(items[:1]), *shorter, *(ListOf(row) for row in _rows(items))]
        case Tuple(items):
            found = [Tuple(row) for row in _rows(items)]
        case Map(pairs, struct):
            keys = [key for key, _ in pairs]
            fewer = [Map((*pairs[:i], *pairs[i + 1 :]), struct) for i in range(len(pairs))]
            held = _rows(tuple(value for _, value in pairs))
            alone = [Map((pair,), struct) for pair in pairs] if len(pairs) > 2 else []
            bare = [Map((), struct)] if len(pairs) > 2 else []
            found = [
                *bare,
                *alone,
                *fewer,
                *(Map(tuple(zip(keys, row, strict=True)), struct) for row in held),
            ]
        case _:
            found = []
    return [each for each in dict.fromkeys(found) if weight(each) < weight(term)]
