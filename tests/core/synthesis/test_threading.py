"""What one call gave, passed to the next."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, Status, called
from testgen.synthesis.proposers.threading import Threading
from testgen.synthesis.subject import Knowledge, Subject

_QUEUE = {"t": "tuple", "of": [{"t": "list"}, {"t": "list"}]}
_STATE = {"t": "tuple", "of": [{"t": "literal", "source": ":ok"}, _QUEUE]}
_MODULE = Module.from_wire(
    {
        "name": "Line",
        "functions": [
            {"name": "init", "arity": 0},
            {"name": "join", "arity": 2, "arg_names": ["line", "who"], "inferred": [_QUEUE, {"t": "string"}]},
            {"name": "shout", "arity": 1, "arg_names": ["text"], "inferred": [{"t": "string"}]},
        ],
    }
)
_SUBJECT = Subject(module=_MODULE, shown_as="Line", functions=_MODULE.functions)


def _after(call: str, made: object, status: Status = Status.OK, subject: Subject = _SUBJECT) -> list[str]:
    knowledge = Knowledge(rng=random.Random(1))
    candidate = called("Line", call, (), shown_as="Line", origin="specs", arity=0)
    seen = Observation.from_wire({"id": 1, "status": status.value, "made": made})
    knowledge.remember(1, candidate, seen)
    return [each.source for each in Threading().propose(subject, knowledge)]


def test_an_element_of_a_tagged_tuple_is_bound_and_passed_where_it_fits() -> None:
    found = _after("init", _STATE)
    assert found[0].startswith("{:ok, line} = Line.init()\nLine.join(line, ")
    assert not any("shout" in each for each in found)


def test_a_map_is_passed_as_a_whole_where_its_keys_are_read() -> None:
    field = {"key_source": ":left", "required": True, "value": {"t": "integer"}}
    module = Module.from_wire(
        {
            "name": "Line",
            "functions": [
                {"name": "init", "arity": 0},
                {"name": "left", "arity": 1, "inferred": [{"t": "map", "fields": [field]}]},
                {"name": "right", "arity": 1, "inferred": [{"t": "tuple", "of": [{"t": "any"}]}]},
            ],
        }
    )
    subject = Subject(module=module, shown_as="Line", functions=module.functions)
    found = _after("init", {"t": "map", "fields": [field]}, subject=subject)
    assert found == ["state = Line.init()\nLine.left(state)"]


def test_what_raised_gives_nothing_to_pass_on() -> None:
    assert _after("init", None, Status.RAISE) == []
