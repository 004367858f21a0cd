"""Functions on graphs get graphs, with nodes of theirs for the other arguments."""

from __future__ import annotations

import random
from typing import Any

from testgen.synthesis.analysis import Module
from testgen.synthesis.proposers.graphs import Graphs
from testgen.synthesis.subject import Knowledge, Subject

ANY = {"t": "any"}


def a_map(key: Any, value: Any) -> dict[str, Any]:
    return {"t": "map", "fields": [{"key": key, "value": value}]}


def proposed(*inferred: Any) -> list[str]:
    function = {
        "name": "path",
        "arity": len(inferred),
        "kind": "def",
        "arg_names": ["graph", "from", "to"][: len(inferred)],
        "inferred": list(inferred),
    }
    module = Module.from_wire({"name": "Net", "functions": [function]})
    subject = Subject(module=module, shown_as="Net", functions=module.functions)
    return [each.call for each in Graphs().propose(subject, Knowledge(rng=random.Random(1)))]


def test_a_diamond_comes_first_with_its_two_ends() -> None:
    found = proposed(a_map(ANY, {"t": "list", "of": ANY}), ANY, ANY)
    assert found[0] == "Net.path(%{a: [:b, :c], b: [:d], c: [:d], d: []}, :a, :d)"
    assert any(":j" in call for call in found)  # a node that is not there


def test_nodes_are_of_the_type_that_the_code_says() -> None:
    text = {"t": "string"}
    found = proposed(a_map(text, {"t": "list", "of": text}))
    assert found[1] == 'Net.path(%{"a" => ["b"], "b" => ["c"], "c" => ["a"]})'


def test_weights_are_numbers() -> None:
    found = proposed(a_map({"t": "atom"}, a_map({"t": "atom"}, {"t": "integer"})))
    assert found[2] == "Net.path(%{a: %{b: 1}, c: %{d: 4}})"


def test_a_map_to_something_else_is_no_graph() -> None:
    assert proposed(a_map({"t": "atom"}, {"t": "list", "of": {"t": "integer"}})) == []
    assert proposed(ANY) == []
