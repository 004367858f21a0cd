"""Findings: what contradicts a promise is one, what an author meant or never promised is none."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, Observation, Status, called
from testgen.synthesis.findings import FindingKind, findings, suspicion
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Int, ListOf, Map, Str, Term
from testgen.synthesis.worth import penalty

_LIST = {"t": "list", "of": {"t": "integer"}}


def _spec(source: str, taken: object, returned: object) -> dict[str, object]:
    return {"source": source, "args": [taken], "return": returned}


MODULE = Module.from_wire(
    {
        "name": "Club.Stats",
        "functions": [
            {
                "name": "mean",
                "arity": 1,
                "specs": [
                    {"source": "mean([integer()]) :: float()", "args": [_LIST], "return": {"t": "float"}}
                ],
            },
            {
                "name": "first!",
                "arity": 1,
                "specs": [
                    {
                        "source": "first!([integer()]) :: integer()",
                        "args": [_LIST],
                        "return": {"t": "integer"},
                    }
                ],
            },
            {
                "name": "root",
                "arity": 1,
                "specs": [
                    {
                        "source": "root(integer()) :: float()",
                        "args": [{"t": "integer"}],
                        "return": {"t": "float"},
                    }
                ],
                "clauses": [{"args": ["n"], "guard": "n >= 0", "patterns": []}],
            },
            {
                "name": "any",
                "arity": 1,
                "specs": [
                    {"source": "any(map()) :: integer()", "args": [{"t": "map"}], "return": {"t": "integer"}}
                ],
            },
            {"name": "free", "arity": 1},
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Stats", functions=MODULE.functions)


def _call(function: str, *args: Term) -> Candidate:
    return called("Club.Stats", function, args, shown_as="Stats", origin="specs")


def _gives(value: str) -> Observation:
    return Observation(candidate=1, status=Status.OK, shape="equal", assertion=("assert x",), value=value)


def _raises(exception: str, message: str = "boom") -> Observation:
    return Observation(
        candidate=1,
        status=Status.RAISE,
        shape="raise",
        assertion=("assert_raise",),
        value="",
        exception=exception,
        message=message,
    )


ONES = ListOf((Int(1), Int(1)))


def test_a_value_that_the_spec_does_not_allow_is_a_finding() -> None:
    assert suspicion(_call("mean", ONES), _gives("1"), SUBJECT) is FindingKind.SPEC
    assert suspicion(_call("mean", ONES), _gives("1.0"), SUBJECT) is None


def test_a_spec_promises_nothing_for_arguments_that_it_does_not_take() -> None:
    assert suspicion(_call("mean", Str("a")), _gives("1"), SUBJECT) is None
    assert suspicion(_call("mean", Str("a")), _raises("ArithmeticError"), SUBJECT) is None
    assert suspicion(_call("free", ONES), _raises("ArithmeticError"), SUBJECT) is None


def test_a_crash_on_arguments_that_the_spec_accepts_is_a_finding_and_no_test() -> None:
    candidate, crash = (
        _call("mean", ListOf()),
        _raises("ArithmeticError", "bad argument in arithmetic expression"),
    )
    assert suspicion(candidate, crash, SUBJECT) is FindingKind.CRASH
    assert penalty(candidate, crash, SUBJECT, Knowledge(rng=random.Random(1))) is None


def test_a_raise_that_the_code_means_is_none() -> None:
    assert suspicion(_call("mean", ListOf()), _raises("ArgumentError"), SUBJECT) is None
    assert suspicion(_call("first!", ListOf()), _raises("Enum.EmptyError"), SUBJECT) is None
    refused = _raises("FunctionClauseError", "no function clause matching in Club.Stats.root/1")
    assert suspicion(_call("root", Int(-1)), refused, SUBJECT) is None


def test_a_refusal_of_an_inner_function_is_a_finding() -> None:
    refused = _raises("FunctionClauseError", "no function clause matching in Integer.pow/2")
    assert suspicion(_call("root", Int(-1)), refused, SUBJECT) is FindingKind.CRASH


def test_a_type_that_takes_everything_promises_no_freedom_from_crashes() -> None:
    assert suspicion(_call("any", Map()), _raises("KeyError"), SUBJECT) is None


def test_a_contradiction_is_told_once_by_its_simplest_call() -> None:
    seen = [(_call("mean", ListOf((Int(100), Int(20)))), _gives("60")), (_call("mean", ONES), _gives("1"))]
    (finding,) = findings(seen, SUBJECT)
    assert (finding.function, finding.call, finding.num_calls) == ("mean/1", "Stats.mean([1, 1])", 2)
    assert finding.text == "returns 1, which its spec does not allow (@spec mean([integer()]) :: float())"
