"""What makes a test that a colleague would write, and what does not."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, Observation, Status, called
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Int, Str, Term
from testgen.synthesis.worth import penalty

MODULE = Module.from_wire(
    {
        "name": "Club",
        "functions": [
            {
                "name": name,
                "arity": 1,
                "clauses": [{"args": ["n"], "patterns": [{"t": "var", "name": "n"}], "guard": guard}],
            }
            for name, guard in (("age", "n > 0"), ("kind", "is_integer(n)"), ("plain", None))
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Club", functions=MODULE.functions)


def _call(function: str, *args: Term) -> Candidate:
    return called("Club", function, args, shown_as="Club", origin="specs")


def _refused(function: str) -> Observation:
    return Observation(
        candidate=2,
        status=Status.RAISE,
        shape="raise",
        assertion=("assert_raise FunctionClauseError, fn -> x end",),
        value="",
        exception="FunctionClauseError",
        message=f"no function clause matching in Club.{function}/1",
    )


def _knowing(function: str) -> Knowledge:
    knowledge = Knowledge(rng=random.Random(1))
    given = Observation(candidate=1, status=Status.OK, shape="equal", assertion=("assert x",), value="1")
    knowledge.remember(1, _call(function, Int(3)), given)
    return knowledge


def test_a_guard_that_turns_away_an_argument_of_the_right_kind_is_behaviour() -> None:
    against = penalty(_call("age", Int(0)), _refused("age"), SUBJECT, _knowing("age"))
    assert against is not None


def test_a_guard_that_tests_the_kind_refuses_other_kinds_on_purpose() -> None:
    refused = penalty(_call("kind", Str("a")), _refused("kind"), SUBJECT, _knowing("kind"))
    assert refused is not None
    assert refused > 5


def test_a_wrong_kind_of_argument_is_nonsense_where_no_guard_speaks_of_it() -> None:
    for function in ("age", "plain"):
        call = _call(function, Str("a"))
        assert penalty(call, _refused(function), SUBJECT, _knowing(function)) is None


def test_the_crash_of_a_process_that_was_asked_is_not_pinned() -> None:
    def ended(reason: str) -> Observation:
        assertion = (f"assert {{{reason}, {{GenServer, :call, [pid, :size, 5000]}}}} =", "catch_exit(x)")
        return Observation(candidate=3, status=Status.EXIT, shape="exit", assertion=assertion, value="")

    def worth(observation: Observation) -> float | None:
        return penalty(_call("plain", Int(1)), observation, SUBJECT, Knowledge(rng=random.Random(1)))

    assert worth(ended("{:badarith, _}")) is None
    assert worth(ended(":noproc")) is not None


def test_what_shows_the_folder_of_this_machine_is_not_pinned() -> None:
    observation = Observation(
        candidate=3,
        status=Status.OK,
        shape="pattern",
        assertion=('assert "/tmp/testgen-tmp-dir-1/2" <> _ = Club.plain(path)',),
        value='"/tmp/testgen-tmp-dir-1/23"',
    )
    assert penalty(_call("plain", Int(1)), observation, SUBJECT, Knowledge(rng=random.Random(1))) is None


def test_an_error_that_only_the_virtual_machine_words_is_not_taken_for_one_that_the_code_raises() -> None:
    raising = Module.from_wire(
        {
            "name": "Club",
            "functions": [{"name": "plain", "arity": 1, "raises": [{"exception": "ArgumentError"}]}],
        }
    )
    subject = Subject(module=raising, shown_as="Club", functions=raising.functions)

    def worth(message: str) -> float | None:
        observation = Observation(
            candidate=2,
            status=Status.RAISE,
            shape="raise",
            assertion=("assert_raise ArgumentError, fn -> x end",),
            value="",
            exception="ArgumentError",
            message=message,
        )
        return penalty(_call("plain", Int(1)), observation, subject, Knowledge(rng=random.Random(1)))

    assert worth("construction of binary failed: segment 2 of type 'binary': …") is None
    assert worth("the name is taken") is not None
