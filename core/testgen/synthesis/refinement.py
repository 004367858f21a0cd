"""Declared types made narrower by what the agent inferred from the code."""

from __future__ import annotations

from dataclasses import replace

from testgen.synthesis import calendar
from testgen.synthesis.analysis import Function
from testgen.synthesis.type_tree import Type, TypeField

ANY = Type(kind="any")
VAGUE = frozenset({"any", "term", "var"})
"""Kinds of type that say nothing of a value."""


_ADDRESSES = frozenset({"GenServer", "Agent", "Supervisor", "Registry"})
"""Modules whose types tell how a process is found."""


def inferred_at(function: Function, position: int) -> Type:
    """The type that the code asks of an argument; `any` where it does not tell."""
    return function.inferred[position] if position < len(function.inferred) else ANY


def refined(declared: Type, inferred: Type) -> Type:
    """A declared type, made narrower by what the code does with the value.

    A spec that says `map()`, `keyword()`, `String.t()` or `term()` leaves the keys and the contents to the
    code.
    """
    if inferred.kind in VAGUE:
        return declared
    resolved = declared.resolved if declared.kind in ("remote", "opaque") and declared.resolved else declared
    if declared.module in calendar.KINDS and inferred.module == declared.module:
        return replace(declared, fields=inferred.fields)
    if inferred.kind == "table":
        return inferred
    if declared.module in _ADDRESSES:
        return declared
    match resolved.kind:
        case kind if kind in VAGUE or _is_enumerable(declared):
            return inferred
        case "string" | "binary":
            return inferred if inferred.kind == "text" else declared
        case "integer" | "number" | "pos_integer" | "non_neg_integer":
            return replace(declared, near=inferred.near) if declared is resolved else declared
        case "map" if not any(each.key for each in resolved.fields):
            return inferred if inferred.kind in ("map", "struct", "union") else declared
        case "map" | "struct" if inferred.kind in ("map", "struct") and inferred.fields:
            return replace(resolved, fields=_refined_fields(resolved, inferred))
        case "keyword" | "list" if inferred.kind == "keyword" and inferred.fields and not resolved.fields:
            return inferred
        case "list" if inferred.kind == "list":
            return _refined_list(resolved, inferred)
        case "function" if not resolved.args:
            return inferred if inferred.kind == "function" else declared
        case "tuple" if not resolved.of:
            return inferred
        case "struct" if not resolved.module:
            return inferred
        case "module" | "atom" if inferred.kind == "module":
            return inferred
        case "union":
            return _refined_union(resolved, inferred)
        case _:
            return declared


def _refined_fields(declared: Type, inferred: Type) -> tuple[TypeField, ...]:
    read = {each.key: each.value for each in inferred.fields if each.key}
    return tuple(
        replace(each, value=refined(each.value, read[each.key]))
        if each.key in read
        else replace(each, required=each.required and declared.kind == "map")
        for each in declared.fields
    )


def _refined_list(declared: Type, inferred: Type) -> Type:
    if not declared.of or not inferred.of:
        return replace(declared, of=declared.of or inferred.of, rows=inferred.rows)
    return replace(declared, of=(refined(declared.of[0], inferred.of[0]),), rows=inferred.rows)


def _is_enumerable(wanted: Type) -> bool:
    return wanted.module in ("Enum", "Enumerable", "Collectable")


def _refined_union(declared: Type, inferred: Type) -> Type:
    members = {each.kind: each for each in (inferred.of if inferred.kind == "union" else (inferred,))}
    parts = []
    for each in declared.of:
        same = members.get({"string": "text", "binary": "text"}.get(each.kind, each.kind))
        parts.append(refined(each, same) if same else each)
    return replace(declared, of=tuple(parts))
