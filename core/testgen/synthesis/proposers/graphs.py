"""Graphs: maps from a node to its neighbours, with a fork, a cycle, a node apart; and nodes for the other
arguments.

Values made one argument at a time hardly ever name nodes that are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.refinement import VAGUE, inferred_at, refined
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Int, ListOf, Map, Str, Term
from testgen.synthesis.type_tree import Type

_SHAPES: tuple[Mapping[int, Sequence[int]], ...] = (
    {0: (1, 2), 1: (3,), 2: (3,), 3: ()},
    {0: (1,), 1: (2,), 2: (0,)},
    {0: (1,), 2: (3,)},
    {0: (1, 2), 1: (4,), 2: (3,), 3: (4,), 4: (0,)},
    {},
)
"""A diamond, a cycle, two parts, two ways of different length, nothing; nodes are numbers from 0 on."""
_ENDS = ((0, 3), (0, 4), (3, 0), (0, 0), (0, 2), (0, 9), (9, 0))
_PER_FUNCTION = 60


class Graphs:
    """Proposes calls on small graphs where a function takes a map from nodes to nodes."""

    name = "graphs"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Each graph with each choice of nodes, the graphs in turn."""
        for function in subject.functions:
            if function.kind != "def" or subject.is_callback(function):
                continue
            found = ((place, kind) for place, kind in enumerate(_types(function)) if _is_graph(kind))
            place, kind = next(found, (None, None))
            if place is not None and kind is not None:
                yield from itertools.islice(_calls(function, place, kind, subject), _PER_FUNCTION)


def _types(function: Function) -> list[Type]:
    spec = function.specs[0].args if function.specs else ()
    return [
        _plain(refined(spec[place], inferred_at(function, place)))
        if place < len(spec)
        else inferred_at(function, place)
        for place in range(function.arity)
    ]


def _plain(kind: Type) -> Type:
    return kind.resolved or kind


def _is_graph(kind: Type) -> bool:
    """A map of any nodes, to lists of the same, or to maps from the same to weights."""
    if kind.kind != "map" or len(kind.fields) != 1 or kind.fields[0].key:
        return False
    node, held = _plain(kind.fields[0].key_type), _plain(kind.fields[0].value)
    if held.kind == "list" and held.of:
        return _alike(node, _plain(held.of[0]))
    return held.kind == "map" and len(held.fields) == 1 and _alike(node, _plain(held.fields[0].key_type))


def _alike(node: Type, other: Type) -> bool:
    return node.kind == other.kind or node.kind in VAGUE or other.kind in VAGUE


def _calls(function: Function, place: int, kind: Type, subject: Subject) -> Iterator[Candidate]:
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 3) if spec else guesses(function, subject, ())
    nodes = [
        each
        for each, wanted in enumerate(_types(function))
        if each != place and _alike(_plain(kind.fields[0].key_type), wanted)
    ]
    weighted = _plain(kind.fields[0].value).kind == "map"
    for ends, shape in itertools.product(_ENDS if nodes else _ENDS[:1], _SHAPES):
        arguments = [each[0] if each else Atom("nil") for each in choices]
        arguments[place] = _graph(shape, kind, weighted=weighted)
        for which, each in zip(ends, nodes, strict=False):
            arguments[each] = _node(which, kind)
        yield called(
            subject.module.name,
            function.name,
            tuple(arguments),
            shown_as=subject.shown_as,
            arity=function.arity,
            origin=Graphs.name,
        )


def _graph(shape: Mapping[int, Sequence[int]], kind: Type, *, weighted: bool) -> Map:
    pairs = []
    for number, (node, neighbours) in enumerate(shape.items()):
        held: Term = ListOf(tuple(_node(each, kind) for each in neighbours))
        if weighted:
            held = Map(tuple((_node(each, kind), Int(number + each)) for each in neighbours))
        pairs.append((_node(node, kind), held))
    return Map(tuple(pairs))


def _node(number: int, kind: Type) -> Term:
    match _plain(kind.fields[0].key_type).kind:
        case "integer" | "non_neg_integer" | "pos_integer" | "number":
            return Int(number + 1)
        case "string" | "binary":
            return Str("abcdefghij"[number])
        case _:
            return Atom("abcdefghij"[number])
