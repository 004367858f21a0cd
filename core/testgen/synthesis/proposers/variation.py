"""Inputs varied towards a surviving mutant: candidates that reach its place, with one part of an input
changed.

Parts come from the mutant itself (the literals in the text it changes and their neighbours), from other
candidates of the same function, and from small edits: a number moved by one, a list doubled, a string's
case turned. Structs and maps cross: what one candidate has in one field, with what another has in the others.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from testgen.mutation import Mutant
from testgen.synthesis.candidate import Candidate, Status, called, direct_call
from testgen.synthesis.guards import around
from testgen.synthesis.reader import read
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import (
    FALSE,
    TRUE,
    Atom,
    Built,
    Float,
    Int,
    ListOf,
    Map,
    Raw,
    Str,
    Term,
    Tuple,
    arguments_source,
    with_pair,
)

_REACHERS = 6
_OF_MUTANTS = (":mutant", '"mutant"')
"""What mutants have where the code has another literal: nobody would call a function with it."""
_PER_MUTANT = 40
_CROSSED = 12
_LITERAL = r"-?\d[\d_]*(?:\.\d+)?|:[a-z_]\w*[?!]?|\"(?:[^\"\\]|\\.)*\""


class Variation:
    """Proposes changed inputs of candidates that reach a survivor without telling it from the original."""

    name = "variation"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """A few for each survivor in turn, so that no mutant takes the whole budget."""
        streams = [_towards(mutant, subject, knowledge) for mutant in knowledge.survivors]
        for row in itertools.zip_longest(*streams):
            yield from (candidate for candidate in row if candidate is not None)


def _towards(mutant: Mutant, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
    reachers = [knowledge.by_id[number] for number in knowledge.reached_by.get(mutant.id, ())]
    usable = [each for each in reachers if each.args and _is_direct(each, subject)]
    simple = sorted(usable, key=lambda each: each.cost)
    chosen = [*simple[:_REACHERS], *knowledge.rng.sample(simple, min(len(simple), _REACHERS))]
    hints = _hints(mutant, dict(subject.module.attributes))
    others = _arguments_seen(knowledge, {each.function for each in chosen})
    bases = dict.fromkeys(each.source for each in chosen)
    varied = [_varied(knowledge.seen[base][1], hints, others, subject, knowledge.rng) for base in bases]
    made = (each for row in itertools.zip_longest(*varied) for each in row if each is not None)
    yield from itertools.islice((each for each in made if each.source not in knowledge.seen), _PER_MUTANT)


def _is_direct(candidate: Candidate, subject: Subject) -> bool:
    name = candidate.function.rpartition("/")[0]
    shown = arguments_source(candidate.args)
    return candidate.call == direct_call(subject.shown_as, name, shown)


def _hints(mutant: Mutant, attributes: Mapping[str, str]) -> list[Term]:
    """Literals in the mutated text, attributes of the module among them, with their neighbours."""
    text = f"{mutant.original} {mutant.replacement}"
    named = " ".join(attributes.get(name, "") for name in re.findall(r"@(\w+)", text))
    found = [each for each in re.findall(_LITERAL, f"{text} {named}") if each not in _OF_MUTANTS]
    return list(dict.fromkeys(near for source in found for near in around(read(source))))


def _arguments_seen(knowledge: Knowledge, signatures: set[str]) -> dict[tuple[str, int], list[Term]]:
    seen: dict[tuple[str, int], dict[Term, None]] = {}
    for number, candidate in knowledge.by_id.items():
        if candidate.function in signatures and knowledge.observations[number].status is Status.OK:
            for position, term in enumerate(candidate.args):
                seen.setdefault((candidate.function, position), {})[term] = None
    return {place: list(terms) for place, terms in seen.items()}


def _varied(
    base: Candidate,
    hints: Sequence[Term],
    others: dict[tuple[str, int], list[Term]],
    subject: Subject,
    rng: random.Random,
) -> Iterator[Candidate]:
    rows: list[tuple[Term, ...]] = []
    for position, term in enumerate(base.args):
        known = others.get((base.function, position), [])
        for changed in (*edits(term, hints, rng), *rng.sample(known, min(len(known), 4))):
            rows.append((*base.args[:position], changed, *base.args[position + 1 :]))
        rows += (
            (*base.args[:position], each, *base.args[position + 1 :]) for each in crossed(term, known, rng)
        )
    if len(base.args) > 1:
        for _ in range(6):
            rows.append(
                tuple(_one_of(others.get((base.function, i), [t]), t, rng) for i, t in enumerate(base.args))
            )
    rng.shuffle(rows)
    name, _, arity = base.function.rpartition("/")
    for row in rows:
        lines = [line for line in base.setup if not _belongs_to_arguments(line, base)]
        yield replace(
            called(
                subject.module.name,
                name,
                row,
                shown_as=subject.shown_as,
                arity=int(arity),
                origin="variation",
                setup=tuple(lines),
            ),
            reusable=base.reusable,
            isolated=base.isolated,
        )


def _belongs_to_arguments(line: str, base: Candidate) -> bool:
    return any(isinstance(term, Built) and line in term.steps for term in base.args)


def _one_of(terms: Sequence[Term], fallback: Term, rng: random.Random) -> Term:
    return rng.choice(terms) if terms else fallback


def edits(term: Term, hints: Sequence[Term], rng: random.Random) -> list[Term]:
    """The term with small changes, and hints of its own kind in its place."""
    alike = [hint for hint in hints if type(hint) is type(term) and hint != term]
    match term:
        case Int(value):
            near = [value + 1, value - 1, -value, value * 2, value * 10, 0]
            return [*alike, *(Int(each) for each in near if each != value)]
        case Float(value):
            near_floats = [round(value + 0.5, 6), round(value - 0.5, 6), -value, 0.0]
            return [*alike, *(Float(each) for each in near_floats if each != value)]
        case Str(value):
            return [*alike, *(Str(text) for text in _text_edits(value, hints) if text != value)]
        case Atom("true" | "false"):
            return [FALSE if term == TRUE else TRUE]
        case Atom():
            return [hint for hint in alike if hint not in (TRUE, FALSE)]
        case ListOf(items):
            return _list_edits(items, hints, rng)
        case Tuple(items):
            return [Tuple(row) for row in _item_edits(items, hints, rng)]
        case Map(pairs, struct):
            held = _item_edits(tuple(value for _, value in pairs), hints, rng)
            keys = [key for key, _ in pairs]
            fewer = [Map((*pairs[:i], *pairs[i + 1 :]), struct) for i in range(len(pairs))]
            return [*(Map(tuple(zip(keys, row, strict=True)), struct) for row in held), *fewer]
        case Raw(source) if source.startswith("<<"):
            return [Raw(each, weight=term.weight) for each in _binary_edits(source, hints)]
        case _:
            return []


def crossed(term: Term, others: Sequence[Term], rng: random.Random) -> list[Term]:
    """The struct or map with one field as some others of its kind have it; a few, at random.

    `%Cart{coupon: {:percent, 3}}` and `%Cart{items: [{"pen", 3, 1}]}` give a cart with both: a field that
    only tells something where another is filled is reached by neither alone.
    """
    if not isinstance(term, Map):
        return []
    mine = dict(term.pairs)
    fields = {
        pair: None
        for other in others
        if isinstance(other, Map) and other.struct == term.struct
        for pair in other.pairs
        if pair[0] not in mine or mine[pair[0]] != pair[1]
    }
    picked = rng.sample(list(fields), min(len(fields), _CROSSED))
    return [with_pair(term, key, value) for key, value in picked]


def _binary_edits(source: str, hints: Sequence[Term]) -> list[str]:
    """A binary of bytes with one changed, the last ones gone, or more behind it."""
    parts = source.removeprefix("<<").removesuffix(">>").split(", ")
    if not all(part.isdigit() for part in parts):
        return []
    numbers = [int(part) for part in parts]
    known = [hint.value for hint in hints if isinstance(hint, Int) and 0 <= hint.value < 256]
    rows = [
        [*numbers[:i], new, *numbers[i + 1 :]]
        for i, old in enumerate(numbers)
        for new in ((old + 1) % 256, *known[:3])
    ]
    rows += [numbers[:-1], numbers[: len(numbers) // 2], [*numbers, 0], [*numbers, 1, 2], numbers * 2]
    return [f"<<{', '.join(map(str, row))}>>" for row in rows if row]


def _text_edits(value: str, hints: Sequence[Term]) -> list[str]:
    texts = [hint.value for hint in hints if isinstance(hint, Str) and hint.value]
    joined = [text for piece in texts for text in (value + piece, piece + value, f"{value}{piece}{value}")]
    changed = [value.upper(), value.capitalize(), value + value, value[:1], *value.split()[:1]]
    return [*joined[:9], *changed, f" {value} ", f"{value}1", f"{value} {value}"]


def _list_edits(items: tuple[Term, ...], hints: Sequence[Term], rng: random.Random) -> list[Term]:
    found: list[Term] = [ListOf(row) for row in _item_edits(items, hints, rng)]
    found += [ListOf(items[1:]), ListOf(items[:-1]), ListOf(tuple(reversed(items)))] if items else []
    found += [ListOf((*items, *items)), ListOf((*items, items[0]))] if items else []
    found += [ListOf((*items, hint)) for hint in hints[:4]]
    return found


def _item_edits(items: tuple[Term, ...], hints: Sequence[Term], rng: random.Random) -> list[tuple[Term, ...]]:
    """One item changed: the first change of each item, then the second of each, so that none crowds others
    out.
    """
    changes = [
        [(*items[:position], term, *items[position + 1 :]) for term in edits(item, hints, rng)[:5]]
        for position, item in enumerate(items[:6])
    ]
    return [row for rank in itertools.zip_longest(*changes) for row in rank if row is not None]
