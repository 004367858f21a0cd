"""Each proposer on a small module: what it must propose, and what it must not."""

from __future__ import annotations

import random

import pytest

from testgen.engines import FakeEngine
from testgen.mutation import Mutant, Position
from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, Oracle, Status, called
from testgen.synthesis.proposers.base import Proposer
from testgen.synthesis.proposers.boundaries import Boundaries
from testgen.synthesis.proposers.clauses import Clauses
from testgen.synthesis.proposers.doctests import Doctests
from testgen.synthesis.proposers.existing import ExistingTests
from testgen.synthesis.proposers.laws import Laws
from testgen.synthesis.proposers.model import Model
from testgen.synthesis.proposers.simplification import simplified
from testgen.synthesis.proposers.specs import Specs
from testgen.synthesis.proposers.variation import Variation, crossed, edits
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Int, ListOf, Map, Str, Tuple, weight

_AGE = {"p": "var", "source": "age", "name": "age"}
MODULE = Module.from_wire(
    {
        "name": "Club.Door",
        "functions": [
            {
                "name": "enter",
                "arity": 1,
                "arg_names": ["age"],
                "specs": [{"args": [{"t": "integer"}], "return": {"t": "atom"}}],
                "clauses": [{"args": ["age"], "guard": "age >= 18", "patterns": [_AGE]}],
                "guard_bounds": [{"arg": 0, "op": ">=", "value": 18, "measure": None}],
                "doctests": [
                    {"line": 3, "lines": [{"expr": "Club.Door.enter(20)", "expected": ":in", "raises": None}]}
                ],
            },
            {"name": "encode", "arity": 1, "arg_names": ["text"]},
            {"name": "decode", "arity": 1, "arg_names": ["code"]},
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Door", functions=MODULE.functions)


def _knowledge() -> Knowledge:
    return Knowledge(rng=random.Random(1))


def _calls(proposer: Proposer, subject: Subject = SUBJECT, knowledge: Knowledge | None = None) -> list[str]:
    return [each.call for each in proposer.propose(subject, knowledge or _knowledge())]


def test_doctests_are_proposed_with_their_expected_value() -> None:
    found = list(Doctests().propose(SUBJECT, _knowledge()))
    assert [(each.call, each.expected, each.oracle) for each in found] == [
        ("Door.enter(20)", ":in", Oracle.DOCTEST)
    ]
    assert found[0].args == (Int(20),)


def test_clauses_give_both_sides_of_a_guard() -> None:
    assert {"Door.enter(18)", "Door.enter(17)", "Door.enter(19)"} <= set(_calls(Clauses()))


def test_boundaries_come_from_what_the_agent_resolved() -> None:
    assert {"Door.enter(18)", "Door.enter(17)"} <= set(_calls(Boundaries()))


def test_specs_give_values_of_their_type_only() -> None:
    found = list(Specs().propose(SUBJECT, _knowledge()))
    assert found
    assert all(isinstance(each.args[0], Int) for each in found)


def test_calls_of_existing_tests_are_seeds_unless_they_need_a_variable() -> None:
    tests = "assert Door.enter(21) == :in\nassert Door.enter(age) == :in\nassert Other.enter(3)"
    subject = Subject(module=MODULE, shown_as="Door", functions=MODULE.functions, existing_tests=tests)
    assert _calls(ExistingTests(), subject) == ["Door.enter(21)"]


def test_inverse_names_make_a_law() -> None:
    knowledge = _knowledge()
    candidate = called("Club.Door", "encode", (Str("abc"),), shown_as="Door", origin="specs")
    observation = Observation(
        candidate=1, status=Status.OK, shape="equal", assertion=("assert x",), value='"cba"'
    )
    knowledge.remember(1, candidate, observation)
    laws = list(Laws().propose(SUBJECT, knowledge))
    assert [each.call for each in laws] == ['"abc" |> Door.encode() |> Door.decode()']
    assert laws[0].oracle is Oracle.LAW


def test_variation_takes_literals_of_the_surviving_mutant() -> None:
    knowledge = _knowledge()
    candidate = called("Club.Door", "enter", (Int(3),), shown_as="Door", origin="specs")
    observation = Observation(
        candidate=1,
        status=Status.OK,
        shape="equal",
        assertion=("assert x",),
        value=":out",
        covers=frozenset({9}),
    )
    knowledge.remember(1, candidate, observation)
    knowledge.survivors = (
        Mutant(
            id=9,
            key="k",
            operator="comparison.boundary",
            group="comparison",
            module="Club.Door",
            function="enter/1",
            start=Position(1, 1),
            end=Position(1, 9),
            original="age >= 65",
            replacement="age > 65",
        ),
    )
    assert {"Door.enter(65)", "Door.enter(64)"} <= set(_calls(Variation(), knowledge=knowledge))


def test_structs_cross_so_that_fields_filled_apart_come_together() -> None:
    coupon = Map(((Atom("coupon"), Tuple((Atom("percent"), Int(10)))),), struct="Cart")
    items = Map(((Atom("items"), ListOf((Int(7),))),), struct="Cart")
    other = Map(((Atom("items"), ListOf((Int(9),))),), struct="Order")
    assert crossed(coupon, [items, other, Int(3), coupon], random.Random(1)) == [
        Map((*coupon.pairs, *items.pairs), struct="Cart")
    ]
    assert crossed(Int(1), [items], random.Random(1)) == []


def test_a_change_of_the_first_item_does_not_crowd_out_the_others() -> None:
    item = Tuple((Str("pen"), Int(3), Int(1)))
    changed = edits(ListOf((item,)), [Int(5000)], random.Random(1))
    assert ListOf((Tuple((Str("pen"), Int(5000), Int(1))),)) in changed


def test_a_model_writes_arguments_behind_a_forced_head() -> None:
    engine = FakeEngine(answers={"Door.enter(": ["30)", "age)", "1, 2)", "oops"]})
    assert _calls(Model(engine=engine, source="defmodule Club.Door")) == ["Door.enter(30)"]
    assert engine.requests[0].head == "Door.enter("


def test_the_same_knowledge_and_seed_give_the_same_candidates() -> None:
    for proposer in (Clauses(), Specs(), Boundaries()):
        assert _calls(proposer) == _calls(proposer)


def test_simplified_terms_weigh_less() -> None:
    term = ListOf((Int(1234), Str("several words here")))
    assert simplified(term)
    assert all(weight(each) < weight(term) for each in simplified(term))


def test_a_model_of_ours_is_asked_with_the_function_first() -> None:
    pytest.importorskip("tree_sitter_elixir", reason="the parser of the model extras is not installed")
    engine = FakeEngine(answers={"Door.enter(": ["30)"]})
    source = "defmodule Club.Door do\n  def open?, do: true\n\n  def enter(age), do: age > 18\nend\n"
    assert _calls(Model(engine=engine, source=source)) == ["Door.enter(30)"]
    prompt = engine.requests[0].prompt
    assert prompt is not None
    assert prompt.focal == ("enter/1",)
    assert [each.signature for each in prompt.module.definitions] == ["open?/0", "enter/1"]
