"""Stateful modules: how they are started, and what is called on them."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.proposers.processes import Processes
from testgen.synthesis.subject import Knowledge, Subject

_TABLE = {"t": "table"}


def _module(functions: list[dict[str, object]], **more: object) -> Subject:
    module = Module.from_wire({"name": "My.Store", "functions": functions, **more})
    return Subject(module=module, shown_as="Store", functions=module.functions)


def _proposed(subject: Subject) -> list[Candidate]:
    return list(Processes().propose(subject, Knowledge(rng=random.Random(1))))


_COUNTER = _module(
    [
        {
            "name": "hit",
            "arity": 2,
            "arg_names": ["table", "key"],
            "inferred": [_TABLE, {"t": "atom"}],
            "calls": [{"module": ":ets", "function": "update_counter", "arity": 3}],
        },
        {"name": "options", "arity": 0},
    ]
)


def test_a_module_that_is_given_a_table_gets_one_of_its_own_for_each_test() -> None:
    found = _proposed(_COUNTER)
    assert found
    assert all(each.setup[0] == "table = :ets.new(:table, [:set, :public])" for each in found)
    assert any(len(each.setup) == 2 and "Store.hit(table, " in each.setup[1] for each in found)


def test_what_does_not_touch_the_table_stands_before_nothing() -> None:
    assert not any("options" in line for each in _proposed(_COUNTER) for line in each.setup)


def test_a_server_is_started_under_the_supervisor_of_the_test() -> None:
    server = _module(
        [
            {"name": "start_link", "arity": 1, "arg_names": ["opts"]},
            {"name": "get", "arity": 1, "arg_names": ["pid"]},
        ],
        uses=["GenServer"],
        behaviours=["GenServer"],
    )
    assert _proposed(server)[0].source == "pid = start_supervised!(Store)\nStore.get(pid)"


def test_a_module_without_state_is_left_to_others() -> None:
    assert _proposed(_module([{"name": "add", "arity": 1}])) == []
