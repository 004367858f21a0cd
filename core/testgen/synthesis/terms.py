"""Elixir values as a small tree: what proposers build, vary and write as source.

Only what a test's argument needs: numbers, strings, atoms, lists, tuples, maps, structs, and two escape
hatches, `Raw` for source that is not taken apart (a sigil, a capture) and `Built` for a value that other
calls make. It is no model of the language; `reader` reads it back from source, and what it cannot read
stays `Raw`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

_PLAIN_ATOM = re.compile(r"(?:[a-z_][A-Za-z0-9_]*[?!]?)\Z")
_ALIAS = re.compile(r"[A-Z][A-Za-z0-9_]*(?:\.[A-Z][A-Za-z0-9_]*)*\Z")
_RESERVED = frozenset({"true", "false", "nil"})
OPERATOR_ATOMS = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "&&",
        "||",
        "!",
        "<>",
        "++",
        "--",
        "|>",
        "===",
        "!==",
        "=~",
    ]
)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


@dataclass(frozen=True, slots=True)
class Int:
    """An integer."""

    value: int


@dataclass(frozen=True, slots=True)
class Float:
    """A float, kept as a number: Python and Elixir write the shortest form alike."""

    value: float


@dataclass(frozen=True, slots=True)
class Str:
    """A UTF-8 string."""

    value: str


@dataclass(frozen=True, slots=True)
class Atom:
    """An atom by its name without the colon; `nil`, `true`, `false` and module aliases too."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A proper list; pairs of atom and value are written as keywords when all items are such."""

    items: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Tuple:
    """A tuple."""

    items: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """A map, or a struct when `struct` names its module."""

    pairs: tuple[tuple[Term, Term], ...] = ()
    struct: str | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """Source taken as it stands: a sigil, a capture, a range, a call."""

    source: str
    weight: float = 2.0


@dataclass(frozen=True, slots=True)
class Built:
    """A value that other calls make: `steps` are lines to run first, `source` the expression that yields it.

    `var` is the variable a person would bind it to; `made_of` the module of the struct it is, when known.
    """

    source: str
    var: str
    steps: tuple[str, ...] = ()
    made_of: str | None = None
    weight: float = field(default=3.0, compare=False)


Term: TypeAlias = Int | Float | Str | Atom | ListOf | Tuple | Map | Raw | Built

NIL, TRUE, FALSE = Atom("nil"), Atom("true"), Atom("false")


def to_source(term: Term) -> str:
    """The term as Elixir source on one line, in the form a person would type it."""
    match term:
        case Int(value):
            return str(value) if abs(value) < 10_000 else f"{value:_}"
        case Float(value):
            return _float(value)
        case Str(value):
            return quote(value)
        case Atom(name):
            return atom(name)
        case ListOf(items):
            return f"[{_keywords(items)}]" if _is_keywords(items) else f"[{', '.join(map(to_source, items))}]"
        case Tuple(items):
            return f"{{{arguments_source(items) if len(items) > 1 else ', '.join(map(to_source, items))}}}"
        case Map(pairs, struct):
            return f"%{struct or ''}{{{_pairs(pairs)}}}"
        case Raw(source) | Built(source):
            return source


def arguments_source(arguments: Sequence[Term]) -> str:
    """What stands between a call's parentheses; a keyword list at the end loses its brackets, as people
    write it.
    """
    parts = [to_source(argument) for argument in arguments]
    if arguments and isinstance(arguments[-1], ListOf) and _is_keywords(arguments[-1].items):
        parts[-1] = parts[-1][1:-1]
    return ", ".join(parts)


def quote(text: str) -> str:
    """A string literal in double quotes, with the escapes Elixir's `inspect` uses.

    >>> quote('a "b" #{c}')
    '"a \\\\"b\\\\" \\\\#{c}"'
    """
    return '"' + _escape(text) + '"'


def _escape(text: str) -> str:
    out = []
    for index, char in enumerate(text):
        if char == "#" and text[index + 1 : index + 2] == "{":
            out.append("\\#")
        elif char in _ESCAPES:
            out.append(_ESCAPES[char])
        elif char.isprintable() or char == " ":
            out.append(char)
        else:
            out.append(f"\\u{{{ord(char):X}}}")
    return "".join(out)


def atom(name: str) -> str:
    """An atom as source: `:ok`, `nil`, `MyApp.Cart`, `:"two words"`."""
    if name in _RESERVED or _ALIAS.match(name):
        return name
    if _PLAIN_ATOM.match(name) or name in OPERATOR_ATOMS:
        return f":{name}"
    return f":{quote(name)}"


def _key(name: str) -> str:
    return f"{name}:" if _PLAIN_ATOM.match(name) else f"{quote(name)}:"


def _float(value: float) -> str:
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{int(exponent)}"


def _is_keywords(items: tuple[Term, ...]) -> bool:
    return bool(items) and all(
        isinstance(item, Tuple)
        and len(item.items) == 2
        and isinstance(item.items[0], Atom)
        and not _ALIAS.match(item.items[0].name)
        for item in items
    )


def _keywords(items: tuple[Term, ...]) -> str:
    parts = []
    for item in items:
        assert isinstance(item, Tuple)
        key, value = item.items
        assert isinstance(key, Atom)
        parts.append(f"{_key(key.name)} {to_source(value)}")
    return ", ".join(parts)


def _pairs(pairs: tuple[tuple[Term, Term], ...]) -> str:
    if all(isinstance(key, Atom) and not _ALIAS.match(key.name) for key, _ in pairs):
        return ", ".join(
            f"{_key(key.name)} {to_source(value)}" for key, value in pairs if isinstance(key, Atom)
        )
    return ", ".join(f"{to_source(key)} => {to_source(value)}" for key, value in pairs)


def weight(term: Term) -> float:
    """How much a reader has to take in: the lower, the simpler the test."""
    match term:
        case Int(value):
            return 1.0 + 0.3 * (len(str(abs(value))) - 1) + (0.3 if value < 0 else 0.0)
        case Float(value):
            return 1.2 + 0.1 * max(0, len(repr(abs(value))) - 3) + (0.3 if value < 0 else 0.0)
        case Str(value):
            odd = 0.0 if value.isprintable() and value.isascii() else 0.5
            return (1.2 + max(0, len(value) - 8) / 12 if value.strip() else 1.5) + odd
        case Atom(name):
            return 1.0 if _PLAIN_ATOM.match(name) or _ALIAS.match(name) else 3.0
        case ListOf(items) | Tuple(items):
            return 1.0 + sum(map(weight, items))
        case Map(pairs, struct):
            return (2.0 if struct else 1.0) + sum(weight(value) + 0.5 for _, value in pairs)
        case Raw(_, size):
            return size
        case Built():
            return term.weight + len(term.steps)


def steps(term: Term) -> Iterator[str]:
    """Lines that must run before the term's source makes sense, in order."""
    match term:
        case Built():
            yield from term.steps
        case ListOf(items) | Tuple(items):
            for item in items:
                yield from steps(item)
        case Map(pairs):
            for _, value in pairs:
                yield from steps(value)
        case _:
            return


def keyword(**values: Term) -> ListOf:
    """A keyword list from Python keywords."""
    return ListOf(tuple(Tuple((Atom(name), value)) for name, value in values.items()))


def with_pair(term: Map, key: Term, value: Term) -> Map:
    """The map with one value replaced, or added at the end."""
    if any(known == key for known, _ in term.pairs):
        pairs = tuple((known, value if known == key else old) for known, old in term.pairs)
    else:
        pairs = (*term.pairs, (key, value))
    return replace(term, pairs=pairs)
