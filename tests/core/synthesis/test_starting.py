"""Processes are called by the name they are registered by, and started with options that they refuse."""

from __future__ import annotations

import random
from typing import Any

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.proposers.starting import Starting
from testgen.synthesis.subject import Knowledge, Subject


def literal(source: str) -> dict[str, str]:
    return {"kind": "atom" if source.startswith(":") else "integer", "source": source}


def proposed(start: list[str], initial: list[str], **more: Any) -> list[Candidate]:
    functions = [
        {
            "name": "start_link",
            "arity": 1,
            "kind": "def",
            "arg_names": ["opts"],
            "literals": list(map(literal, start)),
        },
        {"name": "size", "arity": 1, "kind": "def", "arg_names": ["pid"]},
        {"name": "init", "arity": 1, "arg_names": ["opts"], "literals": list(map(literal, initial))},
    ]
    module = Module.from_wire({"name": "Pool", "functions": functions, "uses": ["GenServer"], **more})
    subject = Subject(module=module, shown_as="Pool", functions=module.functions)
    return list(Starting().propose(subject, Knowledge(rng=random.Random(1))))


def test_an_operation_is_called_by_the_registered_name() -> None:
    (found,) = proposed([":name"], [])
    assert found.setup == ("start_supervised!({Pool, name: :pool})",)
    assert found.call == "Pool.size(:pool)"


def test_options_that_init_may_refuse_are_tried_at_their_bounds() -> None:
    found = proposed([], [":size", ":stop", "3"])
    assert {each.setup for each in found} == {("Process.flag(:trap_exit, true)",)}
    calls = {each.call for each in found}
    assert {"Pool.start_link(size: -1)", "Pool.start_link(size: 2)", "Pool.start_link(size: 4)"} <= calls


def test_a_module_without_names_and_refusals_gets_nothing() -> None:
    assert proposed([], [":size"]) == []


def test_a_module_that_is_no_process_gets_nothing() -> None:
    assert proposed([":name"], [":stop"], uses=[]) == []
