"""Clause heads turned into arguments that match them: at least one input for each clause.

A pattern fixes the shape; what a variable inside may be comes from the guard, the spec or the argument's
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from testgen.synthesis.analysis import Pattern
from testgen.synthesis.guards import Facts
from testgen.synthesis.reader import is_closed, read
from testgen.synthesis.rows import combine
from testgen.synthesis.terms import Int, ListOf, Map, Raw, Str, Term, Tuple

Filler = Callable[[str, Facts | None], Sequence[Term]]
"""Values for a variable of a pattern, by its name and what the guard says of it."""

_RESTS = ("abc", "", "12")
_SEGMENT = re.compile(r"::\s*(.*)\Z", re.DOTALL)


def inputs(pattern: Pattern, facts: Mapping[str, Facts], fill: Filler, limit: int = 6) -> list[Term]:
    """Values that match the pattern, at most `limit`, the most ordinary first."""
    found = _inputs(pattern, facts, fill)
    return list(dict.fromkeys(term for term in found if is_closed(term)))[:limit]


def _inputs(pattern: Pattern, facts: Mapping[str, Facts], fill: Filler) -> list[Term]:
    match pattern.kind:
        case "var" | "ignore":
            return list(fill(pattern.name or pattern.source, facts.get(pattern.name or pattern.source)))
        case "literal":
            return [read(pattern.source)]
        case "list":
            rows = combine([inputs(item, facts, fill, 4) for item in pattern.items], 4)
            return [ListOf(row) for row in rows]
        case "cons":
            return _cons(pattern, facts, fill)
        case "tuple":
            rows = combine([inputs(item, facts, fill, 4) for item in pattern.items], 6)
            return [Tuple(row) for row in rows]
        case "map":
            return [Map(pairs) for pairs in _pairs(pattern, facts, fill)]
        case "struct":
            name = pattern.name or _struct_name(pattern.source)
            return [Map(pairs, struct=name) for pairs in _pairs(pattern, facts, fill)] if name else []
        case "prefix":
            return [Str(text) for text in _prefixed(pattern)]
        case "binary":
            return [Str("".join(_segment(part, facts, rest) for part in pattern.segments)) for rest in _RESTS]
        case "match":
            sides = [_inputs(item, facts, fill) for item in pattern.items if item.kind != "var"]
            return sides[0] if sides else []
        case _:
            return []


def _struct_name(source: str) -> str:
    found = re.match(r"%([A-Z][\w.]*|__MODULE__)\{", source)
    return found.group(1) if found else ""


def _pairs(pattern: Pattern, facts: Mapping[str, Facts], fill: Filler) -> list[tuple[tuple[Term, Term], ...]]:
    keys = [read(key) for key, _ in pattern.pairs]
    rows = combine([inputs(value, facts, fill, 4) for _, value in pattern.pairs], 6)
    return [tuple(zip(keys, row, strict=True)) for row in rows]


def _cons(pattern: Pattern, facts: Mapping[str, Facts], fill: Filler) -> list[Term]:
    *heads, tail = pattern.items
    head_rows = combine([inputs(item, facts, fill, 4) for item in heads], 4)
    tails = [term for term in _tails(tail, facts, fill) if isinstance(term, ListOf)]
    found = []
    for row in head_rows:
        more = [ListOf((*row, *rest.items)) for rest in tails]
        found += more[:3]
    longer = [ListOf((*a, *b)) for a, b in pairwise(head_rows)]
    return [*found[:1], *longer[:1], *found[1:], *longer[1:]]


def _tails(tail: Pattern, facts: Mapping[str, Facts], fill: Filler) -> list[Term]:
    if tail.kind in ("var", "ignore"):
        named = [term for term in fill(tail.name, facts.get(tail.name)) if isinstance(term, ListOf)]
        return [ListOf(), *named]
    return inputs(tail, facts, fill, 4)


def _prefixed(pattern: Pattern) -> list[str]:
    """Texts that match `"prefix" <> rest`, also where the rest is a prefix itself."""
    left, _, _ = pattern.source.partition("<>")
    prefix = read(left.strip())
    if not isinstance(prefix, Str):
        return []
    inner = pattern.items[0] if pattern.items else None
    rests = _prefixed(inner) if inner is not None and inner.kind == "prefix" else list(_RESTS)
    return [prefix.value + rest for rest in rests]


def _segment(part: str, facts: Mapping[str, Facts], rest: str) -> str:
    literal = read(_SEGMENT.sub("", part).strip())
    spec = _SEGMENT.search(part)
    if isinstance(literal, Str):
        return literal.value
    if isinstance(literal, Int):
        return chr(literal.value) if literal.value < 0x110000 else ""
    if isinstance(literal, Raw) and re.fullmatch(r"\?.", literal.source):
        return literal.source[1]
    name = part.split("::")[0].strip()
    known = facts.get(name)
    chars = [term.value for term in known.terms if isinstance(term, Int)] if known else []
    if spec and re.search(r"binary|bytes|bitstring", spec.group(1)) and "size" not in spec.group(1):
        return rest
    if spec and (size := re.search(r"size\((\d+)\)", spec.group(1))):
        return ("abcdefghijklmnop" * 4)[: int(size.group(1))]
    if "<>" in part or (spec is None and name.startswith("rest")):
        return rest
    return (
        next((chr(value) for value in chars if 32 <= value < 127), "a") if spec or chars else rest[:1] or "a"
    )
