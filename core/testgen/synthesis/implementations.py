"""Implementations of protocols as subjects: called through their protocol, on values of the type they are
for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from testgen.synthesis.analysis import Function, Module, Spec
from testgen.synthesis.subject import Subject
from testgen.synthesis.type_tree import Type

_TYPES: dict[str, str] = {
    "BitString": "string",
    "Integer": "integer",
    "Float": "float",
    "List": "list",
    "Map": "map",
    "Atom": "atom",
    "Tuple": "tuple",
    "Function": "function",
    "PID": "pid",
    "Reference": "reference",
    "Any": "any",
}


_IMPORTED = frozenset({"String.Chars", "Inspect"})
"""Protocols that are called by functions of the language: `to_string/1`, `inspect/1`."""


def implementation(
    module: Module, functions: Sequence[Function], names: Mapping[str, str], modules: Sequence[Module]
) -> Subject:
    """The subject for a `defimpl`: `Label.label("a")` rather than `Label.BitString.label("a")`, and
    `to_string(item)`.

    `names` says how tests write the modules of the file. Its tests go with those of the struct it is for,
    or of the protocol, whichever the file defines.
    """
    protocol, target = split_name(module, modules)
    owner = next((each for each in modules if each.name == target and each.struct is not None), None)
    wanted = Type(kind="struct", module=target) if owner else Type(kind=_TYPES.get(target, "any"))
    typed = tuple(_typed(function, wanted) for function in functions)
    if protocol == "Inspect":
        typed = tuple(_without_options(function) for function in typed)
    home = target if owner else protocol if any(each.name == protocol for each in modules) else module.name
    shown = "" if protocol in _IMPORTED else names.get(protocol, protocol)
    pairs = [(shown, protocol)] if shown not in ("", protocol) else []
    if owner is not None and names[target] != target:
        pairs.append((names[target], target))
    return Subject(
        module=replace(module, struct=owner.struct if owner else None, types=owner.types if owner else ()),
        shown_as=shown,
        functions=typed,
        siblings=tuple(modules),
        home=home,
        aliases=tuple(pairs),
        struct_of=(names[target], target) if owner else ("", ""),
    )


def split_name(module: Module, modules: Sequence[Module]) -> tuple[str, str]:
    """The protocol and the type of an implementation's name: `Label.Shop.Item` is `Label` for `Shop.Item`."""
    protocol = next((name for name in module.behaviours if module.name.startswith(f"{name}.")), "")
    if not protocol:
        known = [each.name for each in modules if each.kind == "protocol"]
        protocol = next((name for name in known if module.name.startswith(f"{name}.")), "")
    if not protocol:
        protocol, _, target = module.name.rpartition(".")
        return protocol, target
    return protocol, module.name.removeprefix(f"{protocol}.")


def _without_options(function: Function) -> Function:
    """`inspect(value)`: the options that the protocol's function takes are a struct that nobody makes."""
    short = tuple(replace(spec, args=spec.args[:1]) for spec in function.specs)
    return replace(function, specs=short, clauses=(), defaults=function.arity - 1)


def _typed(function: Function, first: Type) -> Function:
    """The function with a spec that names the type of its first argument."""
    rest = tuple(Type(kind="any") for _ in range(function.arity - 1))
    return replace(function, specs=(Spec(source="", args=(first, *rest), returns=Type(kind="any")),))
