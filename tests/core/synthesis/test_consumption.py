"""Streams are taken from, functions are called: what comes out can be compared."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, called
from testgen.synthesis.proposers.consumption import Consumption, used
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Int
from testgen.synthesis.type_tree import Type


def _type(kind: str, **more: object) -> Type:
    return Type.from_wire({"t": kind, **more})


_ANY = {"t": "any"}
_STREAM = {"t": "struct", "name": "Stream"}


def test_a_stream_gives_its_first_elements() -> None:
    assert list(used("Log.lines(3)", _type("struct", name="Stream"), lazy=False)) == [
        "Enum.take(Log.lines(3), 5)"
    ]


def test_a_function_is_called_with_as_many_arguments_as_it_takes() -> None:
    assert next(used("Math.adder(2)", _type("function", args=[_ANY]), lazy=False)) == "Math.adder(2).(3)"
    assert next(used("Math.adder()", _type("function", args=[]), lazy=False)) == "Math.adder().()"


def test_a_function_that_its_spec_calls_enumerable_is_a_stream() -> None:
    made = _type("function", args=[_ANY, _ANY])
    assert list(used("Log.ticks()", made, lazy=True)) == ["Enum.take(Log.ticks(), 5)"]


def test_a_field_that_is_lazy_is_used() -> None:
    made = _type("struct", name="Tree", fields=[{"key_source": ":children", "value": _STREAM}])
    assert list(used("Tree.new()", made, lazy=False)) == ["Enum.take(Tree.new().children, 5)"]


def test_other_values_are_left_as_they_are() -> None:
    assert list(used("Log.size()", _type("integer"), lazy=False)) == []
    assert list(used("Log.all()", _type("list", of={"t": "integer"}), lazy=True)) == []


def test_calls_that_gave_a_stream_are_proposed_with_it_used() -> None:
    module = Module.from_wire({"name": "Log", "functions": [{"name": "lines", "arity": 1}]})
    knowledge = Knowledge(rng=random.Random(1))
    candidate = called("Log", "lines", (Int(3),), shown_as="Log", origin="specs")
    knowledge.remember(1, candidate, Observation.from_wire({"id": 1, "status": "ok", "made": _STREAM}))
    subject = Subject(module=module, shown_as="Log", functions=module.functions)
    assert [each.call for each in Consumption().propose(subject, knowledge)] == ["Enum.take(Log.lines(3), 5)"]
