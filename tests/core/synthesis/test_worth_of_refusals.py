"""Which observations make a test that a colleague would write, and which never do."""

from __future__ import annotations

import random

import pytest

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, Observation, Status, called
from testgen.synthesis.reader import read
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Built, Term
from testgen.synthesis.worth import penalty

_LIST = {"p": "var", "source": "list", "name": "list"}
_FUN = {"p": "var", "source": "fun", "name": "fun"}
MODULE = Module.from_wire(
    {
        "name": "Club.Each",
        "functions": [
            {
                "name": "map",
                "arity": 2,
                "arg_names": ["list", "fun"],
                "clauses": [
                    {"args": ["list", "fun"], "guard": "is_function(fun, 1)", "patterns": [_LIST, _FUN]}
                ],
            },
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Each", functions=MODULE.functions)


def _call(*args: Term) -> Candidate:
    return called("Club.Each", "map", args, shown_as="Each", origin="specs")


def _seen(value: str = "[1]", *, exception: str = "") -> Observation:
    return Observation(
        candidate=1,
        status=Status.RAISE if exception else Status.OK,
        shape="raise" if exception else "equal",
        assertion=(f"assert Each.map() == {value}",),
        value=value,
        exception=exception,
        message="no function clause matching in Club.Each.map/2" if exception else "",
    )


def _knowing_a_success() -> Knowledge:
    knowledge = Knowledge(rng=random.Random(1))
    knowledge.remember(1, _call(read("[1]"), read("& &1")), _seen())
    return knowledge


def _refused(*args: Term) -> float | None:
    return penalty(_call(*args), _seen(exception="FunctionClauseError"), SUBJECT, _knowing_a_success())


def test_a_plain_value_that_a_guard_turns_away_is_behaviour() -> None:
    assert _refused(read("[1]"), read(":a")) is not None


def test_a_value_that_no_guard_asks_about_or_that_calls_made_is_nonsense() -> None:
    assert _refused(read("3"), read("& &1")) is None
    assert _refused(read("3"), read(":a")) is None
    assert _refused(read("[1]"), Built("Each.new()", "each", made_of="Club.Each")) is None


@pytest.mark.parametrize("value", ["{:error, :erofs}", "{:error, :nxdomain}", "<<131, 116, 0>>"])
def test_what_comes_of_the_sandbox_or_of_this_otp_is_never_pinned(value: str) -> None:
    candidate = _call(read("[1]"), read("& &1"))
    assert penalty(candidate, _seen(value), SUBJECT, _knowing_a_success()) is None
    assert penalty(candidate, _seen("{:error, :enoent}"), SUBJECT, _knowing_a_success()) is not None


def test_a_list_that_does_not_end_in_a_list_costs_much() -> None:
    candidate = _call(read("[1]"), read("& &1"))
    proper = penalty(candidate, _seen('["a | b"]'), SUBJECT, _knowing_a_success())
    improper = penalty(candidate, _seen("[1 | :a]"), SUBJECT, _knowing_a_success())
    assert proper is not None
    assert improper is not None
    assert improper > proper + 3
