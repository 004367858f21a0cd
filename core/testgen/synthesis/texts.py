"""Strings that the code can read: in the format that it parses, split at its separators, matching its
regexes, with the words that it looks for.

Well-formed texts come first, then such as are not quite: a part missing, a part of the wrong kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest

from testgen.synthesis import regexes, words
from testgen.synthesis.guards import around
from testgen.synthesis.reader import read
from testgen.synthesis.scalars import Context
from testgen.synthesis.terms import Atom, Float, Int, Str, Term
from testgen.synthesis.type_tree import Split, TextType, Type

Values = Callable[[Type, Context, int], list[Term]]
"""Values of a type: `values.values`, handed in because it makes texts with what is here."""

_FORMATS: dict[str, tuple[str, ...]] = {
    "integer": ("42", "7", "0", "-3", "120", "abc", "", "12px", "3.5"),
    "float": ("3.5", "0.25", "-1.5", "10.0", "7", "abc", ""),
    "word": ("name", "ok"),
    "hex": ("4869", "ff00", "FF", "zz", "", "6f6b6"),
    "base32": ("NBSWY3DP", "MFRGG===", "1"),
    "base64": ("aGVsbG8=", "YQ==", "aGk", "!!", ""),
    "percent": ("a%20b", "100%25", "a+b", "%41"),
    "query": ("a=1&b=2", "name=Alice", "a=1&a=2", "q=a%20b", ""),
    "url": ("https://example.com/path?q=1", "http://user@example.com:8080/a#top", "/relative", "example.com"),
    "date": ("2024-02-29", "2023-12-31", "2024-13-01", "29.02.2024"),
    "time": ("12:30:45", "00:00:00", "25:00:00", "12:30"),
    "naive_datetime": ("2024-02-29T12:30:45", "2024-01-01 00:00:00", "2024-02-30T00:00:00", "now"),
    "datetime": ("2024-02-29T12:30:45Z", "2024-01-01T00:00:00+01:00", "2024-02-29 12:30", "now"),
    "version": ("1.2.3", "0.1.0-rc.1", "2.0.0", "1.2", "x"),
    "json": ('{"a": 1, "b": [true, null]}', "[1, 2]", '"text"', "{}", "null", '{"a":', ""),
    "elixir": ("1 + 2", "foo(:a)", "1 +"),
}
_PLAIN = ("a", "b", "hello", "c", "12")
_LONGEST = 304
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def lengths(sizes: Sequence[int]) -> list[int]:
    """Lengths on both sides of those that the code compares with."""
    return list(dict.fromkeys(n for size in sizes for n in (size, size + 1, size - 1) if n >= 0))


def text(kind: TextType, context: Context, values: Values) -> list[Term]:
    """Strings of which something is known, the most ordinary first."""
    made = [
        [*kind.literals],
        [*_read_as(kind, context)],
        [found for regex in kind.regexes for found in regexes.texts(regex)],
        [found for split in kind.splits for found in _joined(split, context, values)],
        [*_worded(kind.words)],
        [(_LETTERS * 12)[:size] for size in lengths(kind.sizes)],
    ]
    inner = [found for row in zip_longest(*made) for found in row if found is not None]
    named = words.string_for(context.arg_name)
    others = [named.value] if named else []
    every = dict.fromkeys((*inner[:1], *others, *inner[1:], "", "hello"))
    return [Str(found) for found in every if len(found) <= _LONGEST]


def _read_as(kind: TextType, context: Context) -> Iterator[str]:
    """Texts in the formats that it is read as; numbers that suit its name or what they are compared with
    first.
    """
    if {"integer", "float"} & {*kind.formats}:
        named = words.number_for(context.arg_name)
        yield from [str(named.value)] if named else []
        numbers = [term for source in kind.numbers for term in around(read(source))]
        yield from (shown for term in numbers if (shown := _shown(term)) is not None)
    yield from (found for name in kind.formats for found in _FORMATS.get(name, ()))


def _worded(among: Sequence[str]) -> Iterator[str]:
    """The words with something after them, before them, and alone; then one after the other."""
    for word in among:
        yield f"{word}abc"
    for word in among:
        yield f"ab{word}12"
    yield from among
    for first, second in pairwise(among):
        yield f"{first}a{second}"
    yield "a".join(among)
    yield "".join(among)
    yield "".join(reversed(among))


def _joined(split: Split, context: Context, values: Values) -> Iterator[str]:
    """Rows as long as patterns ask, then any number of parts; a row with a part too few or too many last."""
    rows = [[_parts(each, context, values, place) for place, each in enumerate(row)] for row in split.rows]
    for row in rows:
        yield split.separator.join(each[0] for each in row)
    for row in rows:
        yield from (split.separator.join(varied) for varied in _varied(row))
    yield from _repeated(split, context, values)
    for row in rows:
        full = [each[0] for each in row]
        yield split.separator.join(full[:-1])
        yield split.separator.join([*full, "x"])


def _repeated(split: Split, context: Context, values: Values) -> Iterator[str]:
    parts = _parts(split.of, context, values, 0)
    for count in (3, 2, 1, 4, 6):
        yield split.separator.join(parts[:count])
    yield split.separator.join([*parts[1:3], parts[0], *parts[:2]])
    yield split.separator.join(reversed(parts[:5]))
    yield f"{parts[0]}{split.separator}"


def _varied(row: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    base = [each[0] for each in row]
    for step in range(1, 5):
        for place, each in enumerate(row):
            if step < len(each):
                yield [*base[:place], each[step], *base[place + 1 :]]


def _parts(kind: Type, context: Context, values: Values, place: int) -> list[str]:
    """Texts for one part; those of parts about which nothing is known differ from place to place."""
    number = words.number_for(kind.named)
    named = [str(number.value)] if number and kind.kind in ("any", "string", "text") else []
    if kind.kind == "any":
        text = words.string_for(kind.named)
        named += [text.value] if text else []
        return [*named, *_PLAIN[place % 3 :], *_PLAIN[: place % 3]]
    found = [shown for term in values(kind, context.deeper(""), 8) if (shown := _shown(term)) is not None]
    return list(dict.fromkeys((*named, *found))) or ["a"]


def _shown(term: Term) -> str | None:
    match term:
        case Str(value):
            return value
        case Int(value):
            return str(value)
        case Float(value):
            return repr(value)
        case Atom(name):
            return name
        case _:
            return None
