"""Why a mutant survives or a function has no test: the words follow what the search saw."""

from __future__ import annotations

import random
from dataclasses import replace

from testgen.mutation import Mutant, Position, Strategy
from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, Status, called
from testgen.synthesis.reasons import Evidence, ReasonKind, why_survived, why_untested
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Int

MODULE = Module.from_wire(
    {
        "name": "Club.Door",
        "functions": [
            {
                "name": "enter",
                "arity": 1,
                "end_line": 9,
                "clauses": [{"line": 2, "args": ["a"]}, {"line": 5, "args": ["b"]}],
            },
            {
                "name": "burn",
                "arity": 1,
                "calls": [{"module": "File", "function": "rm_rf!", "arity": 1}],
            },
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Door", functions=MODULE.functions)


def _mutant(
    function: str = "enter/1",
    strategy: Strategy = Strategy.SWITCH,
    *,
    number: int = 7,
    line: int = 2,
    group: str = "literal",
) -> Mutant:
    return Mutant(
        id=number,
        key=f"{group}@{line}:1#0",
        operator=group,
        group=group,
        module="Club.Door",
        function=function,
        start=Position(line, 1),
        end=Position(line, 3),
        original="18",
        replacement="19",
        strategy=strategy,
    )


def _evidence(
    num: int,
    *,
    reach: bool,
    status: Status = Status.OK,
    message: str = "",
    suspicious: bool = False,
    budget_s: float | None = None,
    killed: bool = False,
) -> Evidence:
    knowledge = Knowledge(rng=random.Random(1))
    for number in range(num):
        candidate = called("Club.Door", "enter", (Int(number),), shown_as="Door", origin="specs")
        observation = Observation(
            candidate=number,
            status=status,
            shape="equal",
            assertion=("assert x",),
            value="1",
            message=message,
            exception="KeyError" if status is Status.RAISE else "",
            covers=frozenset({7} if reach else ()),
        )
        knowledge.remember(number, candidate, observation)
    return Evidence(
        subject=SUBJECT,
        knowledge=knowledge,
        killed=frozenset({7} if killed else ()),
        suspicious=frozenset(range(num) if suspicious else ()),
        budget_s=budget_s,
    )


def test_many_calls_that_tell_no_difference_make_it_equivalent_as_far_as_known() -> None:
    reason = why_survived(_mutant(), "survived", _evidence(40, reach=True))
    assert reason.kind is ReasonKind.EQUIVALENT
    assert reason.text == "40 calls reach it and none tells it from the original: equivalent as far as known"


def test_few_calls_prove_nothing() -> None:
    reason = why_survived(_mutant(), "survived", _evidence(1, reach=True))
    assert reason.kind is ReasonKind.FEW_INPUTS
    assert reason.text == "only 1 call reaches it, and none tells it from the original"


def test_a_budget_that_was_used_up_is_said() -> None:
    reason = why_survived(_mutant(), "survived", _evidence(3, reach=True, budget_s=2.0))
    assert (reason.kind, reason.text.rpartition("; ")[2]) == (
        ReasonKind.BUDGET,
        "the budget of 2 s was used up",
    )
    untried = why_survived(_mutant(), None, _evidence(0, reach=False, budget_s=2.0))
    assert untried.text == "no call was tried; the budget of 2 s was used up"


def test_what_no_call_reaches_is_told_with_what_the_calls_do_instead() -> None:
    raising = _evidence(5, reach=False, status=Status.RAISE, message="key :age not found")
    reason = why_survived(_mutant(), "no_coverage", raising)
    assert reason.kind is ReasonKind.NOT_REACHED
    assert reason.text == "none of 5 calls reaches it; most of them raise KeyError"


def test_what_is_missing_on_this_machine_is_named() -> None:
    message = "could not lookup Ecto repo Club.Repo because it was not started"
    reason = why_survived(_mutant(), None, _evidence(5, reach=False, status=Status.RAISE, message=message))
    assert reason.kind is ReasonKind.NEEDS
    assert "a database that is not there" in reason.text
    refused = "** (MatchError) no match of right hand side value: {:error, :econnrefused}"
    reason = why_survived(_mutant(), None, _evidence(5, reach=True, status=Status.EXIT, message=refused))
    assert "a network" in reason.text


def test_results_that_differ_from_run_to_run_are_nondeterministic() -> None:
    reason = why_survived(_mutant(), "survived", _evidence(5, reach=True, status=Status.UNSTABLE))
    assert reason.kind is ReasonKind.NONDETERMINISTIC


def test_harmful_functions_findings_and_dropped_tests_have_reasons_of_their_own() -> None:
    assert why_survived(_mutant("burn/1"), None, _evidence(0, reach=False)).kind is ReasonKind.HARMFUL
    shown = why_survived(_mutant(), "survived", _evidence(2, reach=True, suspicious=True))
    assert shown.kind is ReasonKind.NOT_PINNED
    assert (
        why_survived(_mutant(), "survived", _evidence(2, reach=True, killed=True)).kind is ReasonKind.DROPPED
    )
    assert why_survived(_mutant(), "unsettled", _evidence(2, reach=True)).kind is ReasonKind.NO_VERDICT
    recompiled = why_survived(_mutant(strategy=Strategy.RECOMPILE), "survived", _evidence(2, reach=False))
    assert recompiled.kind is ReasonKind.FEW_INPUTS


def test_a_function_without_a_test_is_told_by_what_its_calls_did() -> None:
    assert why_untested([]).text == "no arguments could be made for it"
    fine = _evidence(3, reach=True).seen
    assert why_untested(fine).text == (
        "none of the 3 calls that were tried tells a mutant of it from the original"
    )
    unsteady = _evidence(3, reach=True, status=Status.UNSTABLE).seen
    assert why_untested(unsteady).text == "its result differs from run to run, as that of Door.enter(0) does"


def test_a_clause_that_calls_only_pass_by_is_not_equivalent() -> None:
    clause, body = _mutant(group="clause", line=2), _mutant(number=8, line=3)
    evidence = replace(_evidence(40, reach=True), mutants=(clause, body))
    reason = why_survived(clause, "survived", evidence)
    assert (reason.kind, reason.text) == (
        ReasonKind.NOT_REACHED,
        "40 calls come by its clause and none gets into it",
    )
    elsewhere = replace(evidence, mutants=(clause, _mutant(number=8, line=6)))
    assert why_survived(clause, "survived", elsewhere).kind is ReasonKind.EQUIVALENT
