"""Calls that raised, mended by what the exception says."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, called
from testgen.synthesis.proposers.repair import Repair, replaced
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Int, ListOf, Map, Str, Term

_MODULE = Module.from_wire(
    {
        "name": "Card",
        "functions": [{"name": "show", "arity": 1, "arg_names": ["card"]}],
        "private_functions": [
            {"name": "line", "arity": 2, "kind": "defp", "inferred": [{"t": "any"}, {"t": "integer"}]}
        ],
    }
)
_SUBJECT = Subject(module=_MODULE, shown_as="Card", functions=_MODULE.functions)


def _mended(argument: Term, blame: Mapping[str, Any] | None) -> list[str]:
    knowledge = Knowledge(rng=random.Random(1))
    candidate = called("Card", "show", (argument,), shown_as="Card", origin="specs")
    wire = {"id": 1, "status": "raise", "exception": "SomeError", "blame": blame}
    knowledge.remember(1, candidate, Observation.from_wire(wire))
    return [each.call for each in Repair().propose(_SUBJECT, knowledge)]


def test_a_missing_key_is_added_with_a_value_that_suits_its_name() -> None:
    card = Map(((Atom("age"), Int(3)),))
    found = _mended(card, {"value": "%{age: 3}", "wants": {"t": "map"}, "key": ":email"})
    assert found[0] == 'Card.show(%{age: 3, email: "alice@example.com"})'


def test_a_key_is_added_to_the_inner_map_that_lacks_it() -> None:
    inner = Map(((Atom("a"), Int(1)),))
    found = _mended(
        Map(((Atom("user"), inner),)), {"value": "%{a: 1}", "key": ":count", "wants": {"t": "map"}}
    )
    assert found[0] == "Card.show(%{user: %{a: 1, count: 3}})"


def test_a_value_of_the_wrong_kind_is_changed_wherever_it_stands() -> None:
    found = _mended(ListOf((Int(7),)), {"value": "7", "wants": {"t": "string"}})
    assert found[0] == 'Card.show(["hello"])'


def test_the_argument_that_does_not_suit_a_private_function_is_changed() -> None:
    blame = {"function": "line/2", "module": "Card", "arguments": [":x", '"three"']}
    assert _mended(Str("three"), blame)[0] == "Card.show(3)"


def test_a_function_of_another_module_tells_nothing() -> None:
    assert _mended(Str("three"), {"function": "line/2", "module": "Other", "arguments": ['"three"']}) == []


def test_a_raise_that_blames_nothing_is_left_as_it_is() -> None:
    assert _mended(Int(1), None) == []


def test_only_equal_parts_are_replaced() -> None:
    assert list(replaced(ListOf((Int(1), Int(2), Int(1))), Int(1), Int(5))) == [
        ListOf((Int(5), Int(2), Int(1))),
        ListOf((Int(1), Int(2), Int(5))),
    ]
    assert list(replaced(Int(3), Int(1), Int(5))) == []
