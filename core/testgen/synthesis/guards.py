"""What a guard says about each variable: its kind, and the values on both sides of every boundary.

Read from the guard's source by shape; what it does not recognise adds nothing. `n > 0 and rem(n, 2) == 0`
gives for `n`: integer, and 0, 1, -1, 2, 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from testgen.synthesis.analysis import Bound
from testgen.synthesis.reader import is_closed, read, split
from testgen.synthesis.terms import Atom, Float, Int, ListOf, Map, Raw, Str, Term, Tuple

_KINDS = {
    "is_integer": "integer",
    "is_float": "float",
    "is_number": "number",
    "is_binary": "string",
    "is_bitstring": "bitstring",
    "is_atom": "atom",
    "is_boolean": "boolean",
    "is_list": "list",
    "is_map": "map",
    "is_tuple": "tuple",
    "is_pid": "pid",
    "is_function": "function",
    "is_reference": "reference",
    "is_struct": "struct",
}
_KIND_TEST = re.compile(r"\b(is_\w+)\((\w+)(?:,\s*([\w.]+))?\)")
_VALUE = r"(-?\d[\d_]*(?:\.\d+)?|:\w+[?!]?|\"[^\"]*\"|nil|true|false|\?.|\[\]|%\{\})"
_COMPARED = re.compile(rf"\b([a-z_]\w*)\s*(===?|!==?|<=|>=|<|>)\s*{_VALUE}")
_COMPARED_LEFT = re.compile(rf"{_VALUE}\s*(===?|!==?|<=|>=|<|>)\s*([a-z_]\w*)\b(?!\()")
_MEMBER = re.compile(r"\b([a-z_]\w*)\s+(?:not\s+)?in\s+(\[[^\]]*\]|~w\[[^\]]*\]a?|~w\([^)]*\)a?|\S+\.\.\S+)")
_REMAINDER = re.compile(r"\brem\((\w+),\s*(\d+)\)\s*[!=]==?\s*(-?\d+)")
_SIZED = frozenset({"byte_size", "bit_size", "length", "map_size", "tuple_size"})
_SIZE = re.compile(
    r"\b(byte_size|bit_size|length|map_size|tuple_size)\((\w+)\)\s*(===?|!==?|<=|>=|<|>)\s*(\d+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one variable."""

    kind: str | None = None
    detail: str = ""
    """The struct's module or the function's arity, where the test names it."""
    terms: tuple[Term, ...] = ()


def facts(guard: str | None) -> dict[str, Facts]:
    """Per variable, what the guard says."""
    text = guard or ""
    kinds: dict[str, tuple[str, str]] = {}
    terms: dict[str, list[Term]] = {}
    for found in _KIND_TEST.finditer(text):
        if kind := _KINDS.get(found.group(1)):
            kinds.setdefault(found.group(2), (kind, found.group(3) or ""))
    for name, _, value in _comparisons(text):
        terms.setdefault(name, []).extend(around(read(value)))
    for name, member in _members(text):
        terms.setdefault(name, []).extend(member)
    for found in _REMAINDER.finditer(text):
        divisor, rest = int(found.group(2)), int(found.group(3))
        near = (rest, rest + divisor, rest + 1, divisor * 2 + rest)
        terms.setdefault(found.group(1), []).extend(map(Int, near))
    for found in _SIZE.finditer(text):
        sized = _of_size(found.group(1), int(found.group(4)))
        terms.setdefault(found.group(2), []).extend(sized)
    return {
        name: Facts(
            kind=kinds.get(name, (_kind_of(terms.get(name, [])), ""))[0],
            detail=kinds.get(name, ("", ""))[1],
            terms=tuple(dict.fromkeys(terms.get(name, []))),
        )
        for name in {*kinds, *terms}
    }


def _comparisons(text: str) -> list[tuple[str, str, str]]:
    found = [match.group(1, 2, 3) for match in _COMPARED.finditer(text)]
    found += [match.group(3, 2, 1) for match in _COMPARED_LEFT.finditer(text)]
    return [(str(name), str(op), str(value)) for name, op, value in found]


def at_bound(bound: Bound) -> list[Term]:
    """Values of an argument on both sides of a bound that the agent resolved, attributes included."""
    term = read(bound.value)
    if bound.measure is None:
        return around(term)
    if not isinstance(term, Int):
        return []
    if bound.measure.startswith("rem "):
        divisor = int(bound.measure.split()[1])
        return [Int(term.value + divisor), Int(term.value + 1), Int(term.value)]
    return _of_size(bound.measure, term.value) if bound.measure in _SIZED else []


def around(term: Term) -> list[Term]:
    """A boundary and its neighbours: 10 gives 10, 11 and 9."""
    match term:
        case Int(value):
            return [Int(value), Int(value + 1), Int(value - 1)]
        case Float(value):
            return [Float(value), Float(round(value + 0.5, 6)), Float(round(value - 0.5, 6))]
        case Raw(source) if re.fullmatch(r"\?.", source):
            return around(Int(ord(source[1])))
        case Raw():
            return []
        case _:
            return [term]


def _members(text: str) -> list[tuple[str, list[Term]]]:
    found = []
    for match in _MEMBER.finditer(text):
        name, source = match.groups()
        found.append((name, _elements(source)))
    return found


def _elements(source: str) -> list[Term]:
    if source.startswith("~w"):
        wanted = source[3:].rstrip("a").rstrip(")]").split()
        return [Atom(word) if source.endswith("a") else Str(word) for word in wanted]
    if ".." in source:
        first, _, last = source.rstrip(")").partition("..")
        ends = [_integer(first), _integer(last.split("//")[0])]
        if None in ends:
            return []
        low, high = (value for value in ends if value is not None)
        return [Int(value) for value in (low, high, low - 1, high + 1, (low + high) // 2)]
    parts = split(source[1:-1]) or []
    return [term for term in map(read, parts) if is_closed(term)]


def _integer(source: str) -> int | None:
    if re.fullmatch(r"\?.", source):
        return ord(source[1])
    return int(source.replace("_", "")) if re.fullmatch(r"-?\d[\d_]*", source) else None


def _of_size(measure: str, size: int) -> list[Term]:
    sizes = [each for each in (size, size + 1, size - 1) if 0 <= each <= 64]
    letters = "abcdefghijklmnopqrstuvwxyz" * 3
    match measure:
        case "byte_size":
            return [Str(letters[:each]) for each in sizes]
        case "bit_size":
            return [Raw(f"<<0::{each}>>") for each in sizes]
        case "length":
            return [ListOf(tuple(map(Int, range(1, each + 1)))) for each in sizes]
        case "tuple_size":
            return [Tuple(tuple(map(Int, range(1, each + 1)))) for each in sizes]
        case _:
            keys = [Atom(letter) for letter in letters[:26]]
            return [Map(tuple((key, Int(i)) for i, key in enumerate(keys[:each], 1))) for each in sizes]


def _kind_of(terms: Sequence[Term]) -> str | None:
    kinds: dict[type, str] = {Int: "integer", Float: "number", Str: "string", Atom: "atom", ListOf: "list"}
    found = {kinds.get(type(term)) for term in terms}
    return found.pop() if len(found) == 1 else None
