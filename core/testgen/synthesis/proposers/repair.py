"""Calls that raised, mended: the argument that the exception complains of becomes what it should have been.

A missing key is added, a value of the wrong kind changed for one of the right kind, wherever in the arguments
it stands. Of a private function that took none of its arguments, the first that does not suit its code is
changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Blame, Candidate, Observation, called
from testgen.synthesis.fitting import fits
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import VAGUE, inferred_at
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import NIL, Atom, Float, Int, ListOf, Map, Raw, Str, Term, Tuple, with_pair
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_PER_FUNCTION = 40
_REPLACEMENTS = 4


class Repair:
    """Proposes calls whose wrong argument is put right."""

    name = "repair"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Of each function the simplest calls that raised, functions that never gave a value first."""
        for function in sorted(subject.functions, key=lambda f: f.signature in knowledge.works):
            failed = _failed(function, knowledge)
            streams = [_mended(function, candidate, seen, subject) for candidate, seen in failed]
            yield from itertools.islice(_in_turn(streams), _PER_FUNCTION)


def _in_turn(streams: list[Iterator[Candidate]]) -> Iterator[Candidate]:
    for row in itertools.zip_longest(*streams):
        yield from (each for each in row if each is not None)


def _failed(function: Function, knowledge: Knowledge) -> list[tuple[Candidate, Observation]]:
    """Calls that raised, each complaint of a kind once for the simplest few calls; the latest first among
    equals, since they were mended most often.
    """
    found: dict[object, list[tuple[Candidate, Observation]]] = {}
    for number in sorted(knowledge.by_id, key=lambda n: (knowledge.by_id[n].cost, -n)):
        candidate, seen = knowledge.by_id[number], knowledge.observations[number]
        if candidate.function == function.signature and candidate.args and seen.blame is not None:
            blame = seen.blame
            key = (seen.exception, blame.key, blame.wants, blame.function)
            found.setdefault(key, []).append((candidate, seen))
    rows = itertools.zip_longest(*(some[:6] for some in found.values()))
    return [each for row in rows for each in row if each is not None]


def _mended(
    function: Function, candidate: Candidate, seen: Observation, subject: Subject
) -> Iterator[Candidate]:
    if seen.blame is None:
        return
    for wrong, right in _replacements(seen.blame, function, subject):
        for position, argument in enumerate(candidate.args):
            for changed in itertools.islice(replaced(argument, wrong, right), 2):
                arguments = (*candidate.args[:position], changed, *candidate.args[position + 1 :])
                yield called(
                    subject.module.name,
                    function.name,
                    arguments,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=Repair.name,
                )


def _replacements(blame: Blame, function: Function, subject: Subject) -> Iterator[tuple[Term, Term]]:
    """What is wrong, and what to put in its place."""
    if blame.function:
        yield from _for_private(blame, function, subject)
        return
    wrong = read(blame.value)
    if blame.key:
        yield from _with_key(wrong, read(blame.key), function, subject)
    else:
        yield from ((wrong, right) for right in _of_type(blame.wants, function, subject))


def _with_key(wrong: Term, key: Term, function: Function, subject: Subject) -> Iterator[tuple[Term, Term]]:
    name = key.name if isinstance(key, Atom) else key.value if isinstance(key, Str) else ""
    base = wrong if isinstance(wrong, Map) else Map()
    context = replace(subject.context(function, 0), arg_name=name, depth=1)
    for value in values(Type(kind="any"), context, _REPLACEMENTS):
        yield wrong, with_pair(base, key, value)


def _for_private(blame: Blame, function: Function, subject: Subject) -> Iterator[tuple[Term, Term]]:
    if blame.module != subject.module.name:
        return
    everything = (*subject.module.private_functions, *subject.module.functions)
    refusing = next((f for f in everything if f.signature == blame.function), None)
    if refusing is None:
        return
    for position, source in enumerate(blame.arguments):
        wanted = inferred_at(refusing, position)
        if source is None or wanted.kind in VAGUE:
            continue
        wrong = read(source)
        if not fits(outline(wrong), wanted):
            yield from ((wrong, right) for right in _of_type(wanted, function, subject))


def _of_type(wanted: Type, function: Function, subject: Subject) -> list[Term]:
    return values(wanted, subject.context(function, 0), _REPLACEMENTS) if wanted.kind not in VAGUE else []


def outline(term: Term) -> Type:
    """The outline of a term, as the agent tells that of a value."""
    match term:
        case Int():
            return Type(kind="integer")
        case Float():
            return Type(kind="float")
        case Str():
            return Type(kind="string")
        case Atom(name):
            return Type(kind="literal", source=name if name[:1].isupper() or term == NIL else f":{name}")
        case ListOf():
            return Type(kind="list")
        case Tuple(items):
            return Type(kind="tuple", of=tuple(map(outline, items)))
        case Map(_, struct):
            return Type(kind="struct", module=struct) if struct else Type(kind="map")
        case _:
            return Type(kind="any")


def replaced(term: Term, wrong: Term, right: Term) -> Iterator[Term]:
    """The term with one part that equals `wrong` changed for `right`, each such part in turn."""
    if term == wrong:
        yield right
        return
    match term:
        case ListOf(items):
            yield from (ListOf(each) for each in _in_items(items, wrong, right))
        case Tuple(items):
            yield from (Tuple(each) for each in _in_items(items, wrong, right))
        case Map(pairs):
            for index, (key, value) in enumerate(pairs):
                for changed in replaced(value, wrong, right):
                    yield replace(term, pairs=(*pairs[:index], (key, changed), *pairs[index + 1 :]))
        case Raw(source) if Raw(source) == wrong:
            yield right
        case _:
            return


def _in_items(items: tuple[Term, ...], wrong: Term, right: Term) -> Iterator[tuple[Term, ...]]:
    for index, item in enumerate(items):
        for changed in replaced(item, wrong, right):
            yield (*items[:index], changed, *items[index + 1 :])
