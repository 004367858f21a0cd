"""Values of structs: the module's own, an implementation's, and those of other modules, by their constructors
where they have some.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from testgen.synthesis import calendar, words
from testgen.synthesis.analysis import Maker, Module
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import refined
from testgen.synthesis.rows import combine
from testgen.synthesis.scalars import STANDARD, Context, interleave
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
    Str,
    Term,
    arguments_source,
    steps,
    with_pair,
)
from testgen.synthesis.type_tree import Type, TypeField

Values = Callable[[Type, Context, int], list[Term]]
"""Values of a type: `values.values`, handed in because it makes structs with what is here."""


def struct_values(module: Module, context: Context, make: Values, types: Type | None = None) -> list[Term]:
    """Values of the module's own struct: defaults, then one field varied at a time, then several together."""
    if module.struct is None:
        return []
    declared = {each.key.lstrip(":"): each.value for each in (types.fields if types else ())}
    choices = {
        name: make(_field_type(name, default, declared, context), context.deeper(name), 9)
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
    used = context.field_types.get(name)
    if used is not None and name not in declared and default == "nil":
        return used
    wanted = declared.get(name) or type_of_default(default, name)
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


def struct(kind: Type, context: Context, make: Values) -> list[Term]:
    """Values of a struct type: what functions made of it, then literals."""
    made: list[Term] = [each for each in context.pool if each.made_of == kind.module]
    if kind.module != context.module.name:
        made += constructed(kind.module, context, make)
    if kind.module == context.module.name:
        return [*made, *struct_values(context.module, context, make, kind)]
    if kind.module == context.struct_of:
        return [*made, *struct_values(context.module, replace(context, shown_as=context.struct_as), make)]
    if kind.module in calendar.KINDS:
        return [*calendar.moments(kind.module, kind.fields, context.position)]
    if kind.module in STANDARD:
        return [*STANDARD[kind.module]]
    return [*made, *_foreign(kind, context, make)]


def _foreign(kind: Type, context: Context, make: Values) -> list[Term]:
    """Literals of another module's struct: with the fields that the code reads or that cannot be left out,
    bare, with one field more, with all.
    """
    if kind.module in context.visiting:
        return []
    inner = replace(context.deeper(), visiting=context.visiting | {kind.module})
    keyed = [each for each in kind.fields if each.key and each.key != ":__struct__"]
    needed = [each for each in keyed if each.required]
    base = _with_fields(kind.module, needed, inner, make)
    others = [each for each in keyed if not each.required and not each.key.startswith(":_")]
    more = [_with_fields(kind.module, [*needed, each], inner, make)[:2] for each in others]
    full = _with_fields(kind.module, keyed, inner, make)
    return [*base[:2], Map(struct=kind.module), *base[2:4], *interleave(*more)[:12], *base[4:], *full]


def _with_fields(struct: str, fields: Sequence[TypeField], context: Context, make: Values) -> list[Term]:
    choices = [make(each.value, replace(context, arg_name=each.key.lstrip(":")), 3) for each in fields]
    keys = [read(each.key) for each in fields]
    return [Map(tuple(zip(keys, row, strict=True)), struct=struct) for row in combine(choices, 6)]


def constructed(name: str, context: Context, make: Values) -> list[Term]:
    """Values that the functions of a struct's module make: new ones, then such as were changed once."""
    known = context.module.constructors.get(name)
    if known is None or context.depth > 2:
        return []
    made = [each for maker in known.makers for each in _made(name, maker, context, make)]
    plain = [each for each in made if not each.steps]
    changed = [
        each
        for step in known.steps
        for base in plain[:1]
        for each in _stepped(name, base, step, context, make)
    ]
    return [*made[:2], *changed[:6], *made[2:]]


def _made(name: str, maker: Maker, context: Context, make: Values) -> Iterator[Built]:
    var = words.variable_for(name)
    for arguments in _arguments(maker.args, context, make):
        call = f"{name}.{maker.function}({arguments_source(arguments)})"
        before = tuple(dict.fromkeys(line for each in arguments for line in steps(each)))
        if maker.tagged:
            yield Built(var, var, (*before, f"{{:ok, {var}}} = {call}"), made_of=name)
        else:
            yield Built(call, var, before, made_of=name, weight=2.0 + len(call) / 20)


def _stepped(name: str, base: Built, step: Maker, context: Context, make: Values) -> Iterator[Built]:
    if step.tagged:
        return
    for arguments in _arguments(step.args, context, make)[:2]:
        call = f"{base.source} |> {name}.{step.function}({arguments_source(arguments)})"
        before = tuple(dict.fromkeys(line for each in arguments for line in steps(each)))
        yield replace(base, source=call, steps=(*base.steps, *before), weight=2.0 + len(call) / 20)


def _arguments(wanted: Sequence[Type], context: Context, make: Values) -> list[tuple[Term, ...]]:
    return combine([make(each, context.deeper(""), 3) for each in wanted], 3)
