"""Values of an Elixir type: few, simple first, then the edges where code goes wrong.

One small function per kind of type, in an explicit table; those of values that hold no others are in
`scalars`. Values depend on what is mined from the module (its literals, its struct, values its own functions
made), never on the clock; randomness comes from the caller's seed. Out of scope: refining a type by what a
function's guards say, which `guards` does.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from testgen.synthesis import calendar, callables, scalars, texts, words
from testgen.synthesis.analysis import Module
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import refined
from testgen.synthesis.scalars import OPAQUE, STANDARD, Context, interleave
from testgen.synthesis.terms import (
    FALSE,
    NIL,
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
    keyword,
    with_pair,
)
from testgen.synthesis.type_tree import Type, TypeField

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
    return [*fixed, *_any_length(kind, context)]


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
    return [Tuple(items) for items in combine(choices, 8)]


def combine(choices: Sequence[Sequence[Term]], limit: int) -> list[tuple[Term, ...]]:
    """Rows picking one of each: the first of all, then one place varied at a time, then the places
    together.
    """
    if any(not each for each in choices):
        return []
    base = tuple(each[0] for each in choices)
    rows: dict[tuple[Term, ...], None] = {base: None}
    longest = max((len(each) for each in choices), default=0)
    for step in range(1, longest):
        for place, each in enumerate(choices):
            if step < len(each):
                varied = (*base[:place], each[step], *base[place + 1 :])
                rows[varied] = None
        together = tuple(each[step % len(each)] for each in choices)
        rows[together] = None
    return list(rows)[:limit]


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


def struct_values(module: Module, context: Context, types: Type | None = None) -> list[Term]:
    """Values of the module's own struct: defaults, then one field varied at a time, then several together."""
    if module.struct is None:
        return []
    declared = {each.key.lstrip(":"): each.value for each in (types.fields if types else ())}
    choices = {
        name: values(_field_type(name, default, declared, context), context.deeper(name), 9)
        for name, default in module.struct.fields
    }
    needed = [
        name
        for name, default in module.struct.fields
        if choices[name]
        and (name in module.struct.enforced or (default == "nil" and not _may_be_nil(declared, name)))
    ]
    base = Map(tuple((Atom(name), choices[name][0]) for name in needed), struct=context.shown_as)
    rows = itertools.zip_longest(*([(name, value) for value in some] for name, some in choices.items()))
    varied = [with_pair(base, Atom(name), value) for row in rows for name, value in filter(None, row)]
    full = [
        Map(tuple((Atom(n), some[i]) for n, some in choices.items() if i < len(some)), context.shown_as)
        for i in (0, 1, 2)
    ]
    return [base, *full[:1], *varied, *full[1:]]


def _field_type(name: str, default: str, declared: Mapping[str, Type], context: Context) -> Type:
    """What a field holds: its declared type or that of its default, and how the module's code uses it."""
    wanted = declared.get(name) or type_of_default(default, name)
    used = context.field_types.get(name)
    return refined(wanted, used) if used is not None else wanted


def _may_be_nil(declared: dict[str, Type], name: str) -> bool:
    wanted = declared.get(name)
    return wanted is not None and any(each.source == "nil" for each in (wanted, *wanted.of))


def type_of_default(source: str, name: str) -> Type:
    """A guess of a field's type by its default value, then by its name."""
    term = read(source)
    kinds = {Int: "integer", Float: "float", Str: "string", ListOf: "list", Map: "map"}
    if type(term) in kinds:
        return Type(kind=kinds[type(term)])
    if term in (TRUE, FALSE):
        return Type(kind="boolean")
    if isinstance(term, Atom) and term != NIL:
        return Type(kind="literal", source=source)
    return Type(kind=words.kind_for(name) or "any")


def _struct(kind: Type, context: Context) -> list[Term]:
    made = [each for each in context.pool if each.made_of == kind.module]
    if kind.module == context.module.name:
        return [*made, *struct_values(context.module, context, kind)]
    if kind.module == context.struct_of:
        return struct_values(context.module, replace(context, shown_as=context.struct_as))
    if kind.module in calendar.KINDS:
        return [*calendar.moments(kind.module, kind.fields, context.position)]
    if kind.module in STANDARD:
        return [*STANDARD[kind.module]]
    if not kind.fields or (context.module.struct is not None and kind.module in context.visiting):
        return list(made)
    inner = replace(context.deeper(), visiting=context.visiting | {kind.module})
    keyed = [each for each in kind.fields if each.key and each.key != ":__struct__"]
    needed = [each for each in keyed if each.required]
    rows = [_with_fields(kind.module, some, inner) for some in ((needed, keyed) if needed else (keyed,))]
    return [
        *made,
        *rows[0][:2],
        Map(struct=kind.module),
        *rows[0][2:],
        *(term for row in rows[1:] for term in row),
    ]


def _with_fields(struct: str, fields: Sequence[TypeField], context: Context) -> list[Term]:
    choices = [values(each.value, replace(context, arg_name=each.key.lstrip(":")), 3) for each in fields]
    keys = [read(each.key) for each in fields]
    return [Map(tuple(zip(keys, row, strict=True)), struct=struct) for row in combine(choices, 6)]


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
    if not known:
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
    "struct": _struct,
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
    "module": lambda _type, context: [
        *map(Atom, context.implementers),
        Atom(context.shown_as),
        Atom("String"),
    ],
    "date": _fixed("date"),
    "regex": _fixed("regex"),
    "none": lambda _type, _context: [],
    "port": lambda _type, _context: [],
}
