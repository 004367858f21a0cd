"""Whether a value whose outline is known may be passed where a type is asked for."""

from __future__ import annotations

from testgen.synthesis.refinement import VAGUE
from testgen.synthesis.type_tree import Type

_ALIKE = {
    "text": "string",
    "binary": "string",
    "pos_integer": "integer",
    "non_neg_integer": "integer",
    "range": "integer",
    "number": "integer",
    "keyword": "list",
    "module": "atom",
}


def fits(outline: Type, wanted: Type, depth: int = 0) -> bool:
    """Whether nothing that is known speaks against it; any value fits where nothing is asked.

    >>> fits(Type(kind="integer"), Type(kind="text"))
    False
    """
    wanted = wanted.resolved if wanted.kind in ("remote", "opaque") and wanted.resolved else wanted
    if wanted.kind in VAGUE or outline.kind == "any" or depth > 3:
        return True
    if wanted.kind == "union":
        return any(fits(outline, each, depth) for each in wanted.of)
    match outline.kind:
        case "literal":
            return wanted.kind in ("atom", "module") or wanted.source == outline.source
        case "struct":
            return _fits_struct(outline, wanted)
        case "tuple":
            return _fits_tuple(outline, wanted, depth)
        case "map":
            return wanted.kind == "map" and _has_fields(outline, wanted)
        case "function":
            return wanted.kind == "function" and (not wanted.args or len(wanted.args) == len(outline.args))
        case kind:
            alike = _ALIKE.get(kind, kind) == _ALIKE.get(wanted.kind, wanted.kind)
            return alike or (kind == "reference" and wanted.kind == "table")


def is_specific(outline: Type) -> bool:
    """Whether a value is of a kind that is hard to make up: a struct, a process, a tuple or map of parts."""
    match outline.kind:
        case "struct" | "function" | "pid" | "reference":
            return True
        case "tuple":
            return len(outline.of) > 1
        case "map":
            return bool(outline.fields)
        case _:
            return False


def _fits_struct(outline: Type, wanted: Type) -> bool:
    if wanted.kind == "map":
        return _has_fields(outline, wanted)
    return wanted.kind in ("struct", "remote", "opaque") and wanted.module in ("", outline.module)


def _fits_tuple(outline: Type, wanted: Type, depth: int) -> bool:
    if wanted.kind != "tuple" or (wanted.of and len(wanted.of) != len(outline.of)):
        return False
    return all(fits(a, b, depth + 1) for a, b in zip(outline.of, wanted.of, strict=False))


def _has_fields(outline: Type, wanted: Type) -> bool:
    known = {each.key for each in outline.fields}
    return not known or all(each.key in known for each in wanted.fields if each.key and each.required)
