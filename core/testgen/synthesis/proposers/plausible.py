"""Plausible inputs for tests that were selected: a name for an empty text, a price for a 0.

A value that a search stumbled upon is replaced everywhere in a test, in what runs before and in the call; the
selection prefers the plausible one, so that it is enough to propose. Running tells which kills stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from testgen.synthesis import words
from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.conformance import conforms
from testgen.synthesis.pictures import drawn, is_picture, signs
from testgen.synthesis.plausibility import is_naming, oddness, spec_types
from testgen.synthesis.reader import read
from testgen.synthesis.scalars import Context
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Built, Int, ListOf, Map, Str, Term, Tuple, arguments_source, quote
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_PER_CANDIDATE = 8
_ZERO_ARGUMENT = re.compile(r"(?<=, )0(?=[,)])")
_Change = Callable[[Term, str], Term]
"""A term and the name of its place to the term that stands there instead."""


class Plausible:
    """Proposes what a colleague would rather have written for the candidates that are selected so far."""

    name = "plausible"

    def __init__(self, selected: Sequence[Candidate]) -> None:
        self._selected = selected

    def propose(self, subject: Subject, _: Knowledge) -> Iterator[Candidate]:
        """Variants of each candidate that are less odd, the one with most replaced first."""
        for base in self._selected:
            odd = oddness(base, subject)
            if odd <= 0 or base.needs_folder or not (base.args or base.setup):
                continue
            function = subject.module.function(base.function)
            variants = dict.fromkeys(_variants(base, function, subject))
            better = [each for each in variants if oddness(each, subject) < odd]
            yield from better[:_PER_CANDIDATE]


def _variants(base: Candidate, function: Function | None, subject: Subject) -> Iterator[Candidate]:
    about = subject.module.short_name
    names = function.arg_names if function else ()
    renamed = _renamings(_odd_texts(base), names, base, about)
    named = _with_texts(base, renamed)

    def ordinary(term: Term, name: str) -> Term:
        return _ordinary(term, name, about)

    def other(term: Term, name: str) -> Term:
        text = words.others_for(name, about)[0]
        return Str(text) if isinstance(term, Str) and words.string_for(name, about) else term

    if among := signs(subject):
        yield _changed(base, names, lambda term, _: drawn(term, among) if is_picture(term) else term)
    fitted = _fitted(base, function, subject)
    yield _changed(_with_texts(fitted, renamed), names, ordinary)
    yield fitted
    told = _completed(fitted, subject)
    for start in (told, base) if told != base else (base,):
        yield _changed(_with_numbers(_with_texts(start, renamed)), names, ordinary)
    yield _with_numbers(named)
    yield named
    yield told
    yield _changed(base, names, ordinary)
    yield _changed(base, names, _counted)
    yield _changed(base, names, _plain_items)
    for old, new in renamed.items():
        yield _with_texts(base, {old: new})
    for place in range(len(base.args)):
        yield _changed(base, names, ordinary, only=place)
        yield _changed(base, names, other, only=place)


def _fitted(base: Candidate, function: Function | None, subject: Subject) -> Candidate:
    """With a value of the promised type wherever one of another type stands."""
    wanted = spec_types(function, len(base.args)) if function is not None else None
    if function is None or wanted is None:
        return base
    contexts = [subject.context(function, place) for place in range(len(base.args))]
    args = tuple(
        _fit(term, kind, context) for term, kind, context in zip(base.args, wanted, contexts, strict=True)
    )
    return _rebuilt(base, args, str)


def _fit(term: Term, wanted: Type, context: Context) -> Term:
    if conforms(term, wanted, context.module) is not False:
        return term
    match term, wanted.kind:
        case ListOf(items), "list" if wanted.of:
            return ListOf(tuple(_fit(item, wanted.of[0], context.deeper()) for item in items))
        case Tuple(items), "tuple" if len(items) == len(wanted.of):
            pairs = zip(items, wanted.of, strict=True)
            return Tuple(tuple(_fit(item, each, context.deeper()) for item, each in pairs))
        case Map(pairs, struct), "map" | "struct":
            kinds = {read(each.key): each.value for each in wanted.fields if each.key}
            held = [
                (key, _fit(value, kinds[key], context.deeper(_key(key))) if key in kinds else value)
                for key, value in pairs
            ]
            return Map(tuple(held), struct)
        case _:
            return next(iter(values(wanted, context, 1)), term)


def _completed(base: Candidate, subject: Subject) -> Candidate:
    """With names for structs of the module that have none."""
    struct = subject.module.struct
    if struct is None:
        return base
    unnamed = {
        Atom(name): text
        for name, default in struct.fields
        if default == "nil"
        and is_naming(name)
        and (text := words.string_for(name, subject.module.short_name)) is not None
    }

    def complete(term: Term) -> Term:
        match term:
            case Map(pairs, struct=str()):
                given = dict(pairs)
                return Map(
                    (*((key, text) for key, text in unnamed.items() if key not in given), *pairs), term.struct
                )
            case ListOf(items):
                return ListOf(tuple(map(complete, items)))
            case _:
                return term

    return _rebuilt(base, tuple(map(complete, base.args)), str) if unnamed else base


def _odd_texts(base: Candidate) -> list[str]:
    """Texts of the test that no person would write, each once."""
    found = [text for term in base.args for text in _texts(term)]
    plain = [text for text in _quoted("\n".join(base.setup)) if "\\" not in text and "#{" not in text]
    every = dict.fromkeys((*found, *plain))
    return [each for each in every if len(each.strip()) < 2 or not words.is_ordinary(each)]


def _quoted(source: str) -> list[str]:
    """What stands in double quotes, as it is written."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', source)


def _texts(term: Term) -> Iterator[str]:
    match term:
        case Str(text):
            yield text
        case ListOf(items) | Tuple(items):
            for item in items:
                yield from _texts(item)
        case Map(pairs):
            for value in dict(pairs).values():
                yield from _texts(value)
        case _:
            return


def _renamings(texts: Sequence[str], names: Sequence[str], base: Candidate, about: str) -> dict[str, str]:
    """A plausible text for each odd one: by its argument's name first, then nouns that are still free."""
    by_place: dict[str, str] = {}
    for term, name in zip(base.args, names, strict=False):
        if isinstance(term, Str) and (named := words.string_for(name, about)) is not None:
            by_place[term.value] = named.value
    used = {text for term in base.args for text in _texts(term)} | set(_quoted(base.source))
    free = iter([text for text in words.texts_for(about) if text not in used])
    found: dict[str, str] = {}
    for text in texts:
        suited = by_place.get(text, text)
        fits = suited not in used and suited not in found.values()
        found[text] = suited if fits else next(free, text)
    return {old: new for old, new in found.items() if old != new}


def _with_texts(base: Candidate, renamed: dict[str, str]) -> Candidate:
    """The test with texts replaced everywhere, so that what belongs together stays the same."""
    if not renamed:
        return base
    quoted = {quote(old): quote(new) for old, new in renamed.items()}
    pattern = re.compile(rf'(?<![\w"\\])(?:{"|".join(map(re.escape, quoted))})(?!["\w])')

    def source(text: str) -> str:
        return pattern.sub(lambda found: quoted[found.group()], text)

    def change(term: Term, _: str) -> Term:
        return Str(renamed[term.value]) if isinstance(term, Str) and term.value in renamed else term

    return _rebuilt(base, tuple(_mapped(term, "", change, source) for term in base.args), source)


def _with_numbers(base: Candidate) -> Candidate:
    """Operations that ran before with 10 where they have 0 as an argument."""

    def source(text: str) -> str:
        return _ZERO_ARGUMENT.sub("10", text)

    return _rebuilt(base, tuple(_mapped(term, "", lambda t, _: t, source) for term in base.args), source)


def _changed(base: Candidate, names: Sequence[str], change: _Change, only: int | None = None) -> Candidate:
    args = tuple(
        _mapped(term, names[place] if place < len(names) else "", change, str)
        if only is None or only == place
        else term
        for place, term in enumerate(base.args)
    )
    return _rebuilt(base, args, str)


def _mapped(term: Term, name: str, change: _Change, source: Callable[[str], str]) -> Term:
    changed = change(term, name)
    if changed != term:
        return changed
    match term:
        case ListOf(items):
            inner = name[:-1] if name.endswith("s") else ""
            return ListOf(tuple(_mapped(item, inner, change, source) for item in items))
        case Tuple(items):
            return Tuple(tuple(_mapped(item, "", change, source) for item in items))
        case Map(pairs, struct):
            return Map(tuple((k, _mapped(v, _key(k), change, source)) for k, v in pairs), struct)
        case Built(text, _, steps):
            return replace(term, source=source(text), steps=tuple(map(source, steps)))
        case _:
            return term


def _key(key: Term) -> str:
    return key.name if isinstance(key, Atom) else key.value if isinstance(key, Str) else ""


def _ordinary(term: Term, name: str, about: str) -> Term:
    """What the name of a place asks for; other places stay as they are, but for a zero."""
    suited: Term | None = None
    if isinstance(term, Str):
        suited = words.string_for(name, about)
    elif isinstance(term, Int):
        suited = words.number_for(name)
    return suited or _counted(term, name)


def _counted(term: Term, name: str) -> Term:
    if isinstance(term, Int) and term.value == 0:
        return words.number_for(name) or Int(1)
    return term


def _plain_items(term: Term, _: str) -> Term:
    """A list of odd things as one of the first numbers."""
    odd = isinstance(term, ListOf) and any(isinstance(item, ListOf) for item in term.items)
    mixed = isinstance(term, ListOf) and len({type(item) for item in term.items}) > 1
    if isinstance(term, ListOf) and (odd or mixed):
        return ListOf(tuple(Int(number) for number in range(1, len(term.items) + 1)))
    return term


def _rebuilt(base: Candidate, args: tuple[Term, ...], source: Callable[[str], str]) -> Candidate:
    """The candidate with other arguments; a plain call is written anew, another as `source` says."""
    head, opened, rest = base.call.partition("(")
    if args and f"{opened}{rest}" == f"({arguments_source(base.args)})":
        call = f"{head}({arguments_source(args)})"
    elif args != base.args:
        return base
    else:
        call = source(base.call)
    return replace(base, setup=tuple(map(source, base.setup)), call=call, args=args, origin="plausible")
