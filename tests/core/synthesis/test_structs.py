"""Structs of other modules: by their constructors, and as literals with the fields that matter."""

from __future__ import annotations

from testgen.synthesis.analysis import Module
from testgen.synthesis.scalars import Context
from testgen.synthesis.structs import struct_values
from testgen.synthesis.terms import Built, Map, to_source
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_STRUCT = {"t": "struct", "name": "Graph", "fields": []}


def _field(name: str, kind: str, *, required: bool = False) -> dict[str, object]:
    return {"key_source": f":{name}", "required": required, "value": {"t": kind}}


def _sources(module: Module, wanted: Type, limit: int = 12) -> list[str]:
    return [to_source(each) for each in values(wanted, Context(module=module, shown_as="Sample"), limit)]


def test_constructors_come_first_then_values_changed_once() -> None:
    maker = {"function": "new", "args": [], "tagged": False}
    step = {"function": "add", "args": [{"t": "atom"}], "tagged": False}
    module = Module.from_wire(
        {"name": "Sample", "constructors": {"Graph": {"makers": [maker], "steps": [step]}}}
    )
    assert _sources(module, Type.from_wire(_STRUCT))[:2] == ["Graph.new()", "Graph.new() |> Graph.add(:a)"]


def test_a_constructor_that_may_fail_is_bound_before() -> None:
    maker = {"function": "parse", "args": [{"t": "string"}], "tagged": True}
    module = Module.from_wire({"name": "Sample", "constructors": {"Graph": {"makers": [maker], "steps": []}}})
    first = values(Type.from_wire(_STRUCT), Context(module=module, shown_as="Sample"), 4)[0]
    assert isinstance(first, Built)
    assert (first.source, first.steps) == ("graph", ('{:ok, graph} = Graph.parse("hello")',))


def test_a_literal_has_the_fields_that_are_needed_and_then_one_more() -> None:
    fields = [
        _field("name", "string", required=True),
        _field("size", "integer"),
        _field("_hidden", "integer"),
    ]
    found = _sources(Module(name="Sample"), Type.from_wire({**_STRUCT, "fields": fields}))
    assert found[0] == '%Graph{name: "Alice"}'
    assert "%Graph{}" in found
    assert any("size: " in each and "hidden" not in each for each in found)


def test_fields_of_the_own_struct_have_the_types_that_the_code_uses() -> None:
    module = Module.from_wire(
        {"name": "Sample", "struct": {"fields": [{"name": "count", "default": "nil"}], "enforced": []}}
    )
    used = Type.from_wire({"t": "boolean"})
    context = Context(module=module, shown_as="Sample", field_types={"count": used})
    first = struct_values(module, context, values)[0]
    assert isinstance(first, Map)
    assert to_source(first) == "%Sample{count: true}"
