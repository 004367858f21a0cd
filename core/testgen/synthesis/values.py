"""Values of an Elixir type: few, simple first, then the edges where code goes wrong.

One small function per kind of type, in an explicit table; those of values that hold no others are in
`scalars`. Values depend on what is mined from the module (its literals, its struct, values its own functions
made), never on the clock; randomness comes from the caller's seed. Out of scope: refining a type by what a
function's guards say, which `guards` does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from testgen.synthesis import calendar, callables, scalars, structs, texts, words
from testgen.synthesis.reader import read
from testgen.synthesis.rows import combine
from testgen.synthesis.scalars import OPAQUE, STANDARD, Context, interleave
from testgen.synthesis.terms import (
    NIL,
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
    keyword,
    with_pair,
)
from testgen.synthesis.type_tree import Type

_MAX_DEPTH = 3
TABLE = Built("table", "table", ("table = :ets.new(:table, [:set, :public])",), weight=1.0)
"""A table of `:ets` for functions that are given one."""


def values(wanted: Type, context: Context, limit: int = 12) -> list[Term]:
    """At most `limit` different values of the type, the most ordinary first."""
    if context.depth > _MAX_DEPTH:
        return []
    if wanted.named and not context.arg_name:
        context = replace(context, arg_name=wanted.named)
    make = _MAKERS.get(wanted.kind)
    found = make(wanted, context) if make else _any(wanted, context)
    return list(dict.fromkeys(found))[:limit]


def _list(kind: Type, context: Context) -> list[Term]:
    rows = [combine([values(each, context.deeper(""), 4) for each in row], 5) for row in kind.rows]
    fixed = interleave(*([ListOf(items) for items in row] for row in rows))
    ordinary = _any_length(kind, context)
    alone = [ListOf((Str(text),)) for text in _literals(kind)[:12]]
    return [*fixed, *ordinary[:2], *alone, *_of_sizes(kind, context), *ordinary[2:]]


def _literals(kind: Type) -> tuple[str, ...]:
    """Texts that elements are compared with: each may matter without the others."""
    return kind.of[0].text.literals if kind.of and kind.of[0].text else ()


def _of_sizes(kind: Type, context: Context) -> list[Term]:
    """Lists as long as the code's limits, a step longer and shorter."""
    items = values(kind.of[0] if kind.of else Type(kind="any"), context.deeper(""), 8)
    wanted = [size for size in texts.lengths(kind.sizes) if size <= 24]
    return [ListOf(tuple(itertools.islice(itertools.cycle(items), size))) for size in wanted if items]


def _any_length(kind: Type, context: Context) -> list[Term]:
    inner = kind.of[0] if kind.of else Type(kind="any")
    items = values(inner, context.deeper(_singular(context.arg_name)), 8)
    if not items:
        return [] if kind.nonempty else [ListOf()]
    some = ListOf(_unsorted(items))
    found = [some, ListOf(), ListOf(tuple(items[:1])), ListOf((*items[1:3], *items[1:2], items[0]))]
    found += [ListOf(tuple(items[:2])), ListOf(tuple(items[:5])), ListOf(tuple(reversed(items[:3])))]
    return [term for term in found if term.items or not kind.nonempty]


def _unsorted(items: Sequence[Term]) -> tuple[Term, ...]:
    """Three different items in no order: `[3, 1, 2]` tells a sort from an identity."""
    if all(isinstance(item, Int) for item in items):
        return (Int(3), Int(1), Int(2)) if {Int(0), Int(1)} <= set(items) else tuple(items[:3])
    return tuple(items[:3])


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else ""


def _text(kind: Type, context: Context) -> list[Term]:
    known = texts.text(kind.text, context, values) if kind.text else []
    return [*known, *scalars.string(kind, context)]


def _tuple(kind: Type, context: Context) -> list[Term]:
    if not kind.of:
        return words.samples("tuple")
    inner = [replace(context.deeper(), position=place) for place in range(len(kind.of))]
    choices = [values(each, within, 4) for each, within in zip(kind.of, inner, strict=True)]
    rows: list[Term] = [Tuple(items) for items in combine(choices, 8)]
    texts_alone = len(kind.of) == 2 and all(each.kind in ("string", "binary", "text") for each in kind.of)
    return [*rows[:1], *(_pairs_written(context) if texts_alone else []), *rows[1:]]


def _pairs_written(context: Context) -> list[Term]:
    """Pairs of texts that the module writes: the name of a header and its value."""
    usable = [text for text in context.mined.strings if 1 < len(text) <= 40]
    written = [
        Str(text) for text in sorted(usable, key=lambda text: not re.match(r"[A-Za-z][\w/-]+\Z", text))
    ][:4]
    pairs: list[Term] = [Tuple((first, second)) for first, second in itertools.permutations(written, 2)]
    return pairs[:6]


def _union(kind: Type, context: Context) -> list[Term]:
    return interleave(*(values(each, context, 8) for each in kind.of))


def _literal(kind: Type, _: Context) -> list[Term]:
    return [read(kind.source)] if kind.source else []


def _map(kind: Type, context: Context) -> list[Term]:
    if not kind.fields:
        plain = [Map(), Map(((Atom("a"), Int(1)),)), Map(((Atom("a"), Int(1)), (Atom("b"), Int(2))))]
        return [*_keyed_maps(context, (Atom, Str)), *plain]
    fixed = [each for each in kind.fields if each.key]
    open_ended = [each for each in kind.fields if not each.key]
    found: list[Map] = [Map()]
    if fixed:
        choices = [values(each.value, context.deeper(each.key.lstrip(":")), 4) for each in fixed]
        keys = [read(each.key) for each in fixed]
        required = {read(each.key) for each in fixed if each.required}
        found = [Map(tuple(zip(keys, row, strict=True))) for row in combine(choices, 8)]
        bare = [Map(tuple(p for p in term.pairs if p[0] in required)) for term in found[:1]]
        found += [term for term in bare if term not in found]
    for each in open_ended:
        wanted: tuple[type, ...] = (Str,) if each.key_type.kind in ("string", "binary", "remote") else (Atom,)
        named = _keyed_maps(context, wanted) if each.key_type.kind not in ("integer", "any") else []
        if named and not fixed:
            return [*named, Map()]
        keys = values(each.key_type, context.deeper(""), 3)
        held = values(each.value, context.deeper(""), 3)
        pairs = tuple(zip(keys, itertools.cycle(held), strict=False)) if held else ()
        found = [Map((*term.pairs, *pairs[:count])) for term in found for count in (2, 0, 1, 3)]
    return list(found)


def _keyed_maps(context: Context, wanted: tuple[type, ...]) -> list[Map]:
    """Maps with the keys that the function reads: all of them, then without one, then with one value
    varied.
    """
    keys = [key for key in context.mined.keys if isinstance(key, wanted)][:6]
    if not keys:
        return []
    held = {key: _named_value(key, context) for key in keys}
    full = Map(tuple((key, some[0]) for key, some in held.items()))
    fewer = [Map((*full.pairs[:i], *full.pairs[i + 1 :])) for i in range(len(full.pairs))]
    varied = [with_pair(full, key, value) for key, some in held.items() for value in some[1:5]]
    return [full, *fewer, *varied]


def _named_value(key: Term, context: Context) -> list[Term]:
    name = key.name if isinstance(key, Atom) else key.value if isinstance(key, Str) else ""
    kind = words.kind_for(name) or ("string" if isinstance(key, Str) else "any")
    return values(Type(kind=kind), context.deeper(name), 6) or [Int(1)]


def _keyword(kind: Type, context: Context) -> list[Term]:
    if kind.fields:
        return _options(kind, context)
    inner = kind.of[0] if kind.of else Type(kind="any")
    held = values(inner, context.deeper(""), 4) or [Int(1)]
    names = [name for name in context.mined.atoms if name.isidentifier()] or ["a", "b"]
    single = [keyword(**{name: value}) for name in names[:6] for value in held[:3]]
    pair = [keyword(**dict(zip(names[:2], held, strict=False)))] if len(names) > 1 else []
    return [single[0], ListOf(), *pair, *single[1:]]


def _options(kind: Type, context: Context) -> list[Term]:
    """Keyword lists of the keys that the type names: none, one at a time, all together."""
    choices = {
        each.key.lstrip(":"): values(each.value, context.deeper(each.key.lstrip(":")), 4)
        for each in kind.fields
    }
    single = [keyword(**{name: value}) for name, some in choices.items() for value in some]
    together = [keyword(**{name: some[0] for name, some in choices.items() if some})]
    return [ListOf(), *single, *together]


def _named(kind: Type, context: Context) -> list[Term]:
    """A remote type, or an opaque one: what it resolves to, and what the module's functions made of it."""
    if kind.module in calendar.KINDS and kind.name == "t":
        return [*calendar.moments(kind.module, kind.fields, context.position)]
    if kind.module in OPAQUE:
        return [*OPAQUE[kind.module]]
    if kind.module in STANDARD and kind.name == "t":
        return [*STANDARD[kind.module]]
    if kind.module in ("Enum", "Enumerable", "Collectable"):
        inner = words.kind_for(_singular(context.arg_name)) or "integer"
        return _list(Type(kind="list", of=(Type(kind=inner),)), context)
    if kind.module == "String" and kind.name == "t":
        return scalars.string(kind, context)
    if kind.module == "Keyword":
        return _keyword(kind, context)
    if kind.module == "GenServer":
        return [*context.pool]
    if kind.resolved is not None:
        return values(kind.resolved, context, 12)
    return [each for each in context.pool if not kind.module or kind.module == context.module.name]


def _recursive(kind: Type, context: Context) -> list[Term]:
    if context.depth >= _MAX_DEPTH - 1:
        return []
    declared = next((each for each in context.module.types if each.name == kind.name), None)
    if declared is None:
        return []
    return values(declared.tree, context.deeper(""), 4)


def _any(_: Type, context: Context) -> list[Term]:
    guessed = words.kind_for(context.arg_name)
    known = values(Type(kind=guessed), context, 6) if guessed and guessed != "any" else []
    if not known and not context.depth:
        known = [term for kind in context.mined.kinds[:3] for term in _of_kind(kind, context)[:3]]
    plain: list[Term] = [Int(1), Str("a"), Atom("a"), NIL, ListOf((Int(1), Int(2))), Float(1.5)]
    if context.depth and context.arg_name:
        called = Str(f"some {context.arg_name.strip('_').replace('_', ' ')}")
        return [
            *known,
            called,
            Int((1, 2, 3)[context.position % 3]),
            Str(""),
            NIL,
            Atom("a"),
            Int(2),
            Str(" "),
        ]
    if context.depth:
        return [*known, Int((1, 2, 3)[context.position % 3]), Int(2), Int(3), Str("a"), Atom("b")]
    return [*known, *plain, Map(((Atom("a"), Int(1)),)), Tuple((Atom("ok"), Int(1)))]


def _of_kind(kind: str, context: Context) -> list[Term]:
    if kind in STANDARD or kind in calendar.KINDS:
        return _named(Type(kind="remote", module=kind, name="t"), context)
    return values(Type(kind=kind), replace(context, arg_name=""), 4)


WORKED_ON = {
    "String": "string",
    "Enum": "list",
    "List": "list",
    "Map": "map",
    "Keyword": "keyword",
    "Integer": "integer",
    "Float": "float",
    "Tuple": "tuple",
    "Path": "string",
    "Stream": "list",
    **{
        name: name
        for name in ("Date", "Time", "DateTime", "NaiveDateTime", "MapSet", "Regex", "URI", "Version")
    },
}
"""The kind of value that a module of the language works on."""


_Maker = Callable[[Type, Context], list[Term]]


def _fixed(kind: str) -> _Maker:
    return lambda _type, _context: words.samples(kind)


_MAKERS: dict[str, _Maker] = {
    "integer": scalars.integer,
    "non_neg_integer": scalars.non_negative,
    "pos_integer": scalars.positive,
    "neg_integer": scalars.negative,
    "range": scalars.integer_range,
    "float": scalars.floating,
    "number": scalars.number,
    "string": scalars.string,
    "text": _text,
    "binary": scalars.string,
    "bitstring": scalars.bitstring,
    "atom": scalars.atom,
    "boolean": scalars.boolean,
    "list": _list,
    "tuple": _tuple,
    "union": _union,
    "literal": _literal,
    "map": _map,
    "keyword": _keyword,
    "struct": lambda kind, context: structs.struct(kind, context, values),
    "function": lambda kind, context: callables.functions(kind, context, values),
    "remote": _named,
    "opaque": _named,
    "recursive": _recursive,
    "charlist": scalars.charlist,
    "iodata": scalars.iodata,
    "any": _any,
    "term": _any,
    "var": _any,
    "pid": lambda _type, context: [] if context.has_processes else [Raw("self()")],
    "reference": lambda _type, _context: [Raw("make_ref()")],
    "table": lambda _type, _context: [TABLE],
    "module": lambda kind, context: [
        *map(Atom, context.implementers),
        *map(Atom, kind.implementers),
        Atom(context.shown_as),
        Atom("String"),
    ],
    "date": _fixed("date"),
    "regex": _fixed("regex"),
    "none": lambda _type, _context: [],
    "port": lambda _type, _context: [],
}
