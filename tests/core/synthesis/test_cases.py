"""Test cases: related assertions share a test, and names are true, short and never doubled."""

from __future__ import annotations

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, Observation, Oracle, Status, called
from testgen.synthesis.cases import Chosen, TestCase, cases, without_unused
from testgen.synthesis.render import Suite, render
from testgen.synthesis.terms import FALSE, Atom, Int, ListOf, Map, Str, Term, keyword

MODULE = Module.from_wire(
    {
        "name": "Shop.Cart",
        "struct": {"fields": [{"name": "open", "default": "true"}, {"name": "items", "default": "[]"}]},
        "functions": [
            {"name": "even?", "arity": 1, "arg_names": ["number"]},
            {"name": "add", "arity": 3, "arg_names": ["cart", "name", "quantity"]},
            {"name": "close", "arity": 1, "arg_names": ["cart"]},
        ],
    }
)


def _chosen(
    number: int, function: str, args: tuple[Term, ...], value: str, *, setup: tuple[str, ...] = ()
) -> Chosen:
    candidate = called("Shop.Cart", function, args, shown_as="Cart", origin="specs", setup=setup)
    shape = "boolean" if value in ("true", "false") else "equal"
    observation = Observation(
        candidate=number,
        status=Status.OK,
        shape=shape,
        assertion=(f"assert {candidate.call} == {value}",),
        value=value,
    )
    return _with(number, candidate, observation)


def _with(number: int, candidate: Candidate, observation: Observation) -> Chosen:
    return Chosen(
        id=number,
        candidate=candidate,
        observation=observation,
        oracle=Oracle.OBSERVED,
        kills=frozenset({number}),
    )


def _raising(number: int, args: tuple[Term, ...], exception: str) -> Chosen:
    candidate = called("Shop.Cart", "add", args, shown_as="Cart", origin="specs")
    observation = Observation(
        candidate=number,
        status=Status.RAISE,
        shape="raise",
        assertion=(f"assert_raise {exception}, fn -> {candidate.call} end",),
        value="",
        exception=exception,
    )
    return _with(number, candidate, observation)


def _names(*chosen: Chosen) -> list[str]:
    return [case.name for case in cases(chosen, MODULE, {})]


def test_answers_of_a_predicate_share_a_test_for_each_answer() -> None:
    found = cases(
        [
            _chosen(1, "even?", (Int(2),), "true"),
            _chosen(2, "even?", (Int(3),), "false"),
            _chosen(3, "even?", (Int(0),), "true"),
        ],
        MODULE,
        {},
    )
    assert [case.name for case in found] == ["returns true for 2 and 0", "returns false for 3"]
    assert len(found[0].lines) == 2
    assert found[0].made_of == (1, 3)


def test_at_most_five_assertions_share_a_test() -> None:
    found = cases([_chosen(n, "even?", (Int(2 * n),), "true") for n in range(1, 8)], MODULE, {})
    assert [len(case.lines) for case in found] == [5, 2]


def test_a_struct_that_comes_back_changed_is_named_for_the_change() -> None:
    closed = _chosen(1, "close", (Map((), "Cart"),), "%Cart{open: false, items: []}")
    assert _names(closed) == ["sets open to false for a default cart"]


def test_an_exception_is_named_with_what_led_to_it() -> None:
    args = (Map((), "Cart"), Str("tea"), Int(-1))
    name = _names(_raising(1, args, "ArgumentError"))[0]
    assert name.startswith("raises ArgumentError for a default cart when ")
    assert "quantity is -1" in name


def test_empty_values_have_words_of_their_own() -> None:
    found = _names(_chosen(1, "even?", (ListOf(),), "0"), _chosen(2, "even?", (Str(""),), "1"))
    assert found == ["returns 0 for an empty list", "returns 1 for an empty string"]


def test_names_are_never_doubled_within_a_describe() -> None:
    taken = {"even?/1": {"returns 7 for 3"}}
    found = cases([_chosen(1, "even?", (Int(3),), "7")], MODULE, taken)
    assert found[0].name not in {"returns 7 for 3"}
    assert found[0].name in taken["even?/1"]


def test_a_sequence_is_named_for_what_came_before() -> None:
    setup = ("pid = start_supervised!(Counter)", "Counter.add(pid, 2)")
    candidate = Candidate(
        function="count/1", module="Shop.Cart", setup=setup, call="Counter.count(pid)", origin="processes"
    )
    observation = Observation(
        candidate=1, status=Status.OK, shape="equal", assertion=("assert Counter.count(pid) == 2",), value="2"
    )
    assert _names(_with(1, candidate, observation)) == ["returns 2 after adding 2"]


def test_variables_that_nothing_reads_are_not_bound() -> None:
    setup = ("pid = start_supervised!(Counter)", "{:ok, cart} = Cart.open()")
    assert without_unused(setup, ("assert Counter.total() == 0",)) == (
        "start_supervised!(Counter)",
        "{:ok, _cart} = Cart.open()",
    )


def test_keyword_arguments_lose_their_brackets() -> None:
    candidate = called("A", "f", (Int(1), keyword(a=FALSE, b=Atom("c"))), shown_as="A", origin="specs")
    assert candidate.call == "A.f(1, a: false, b: :c)"


def test_a_module_is_laid_out_as_people_do() -> None:
    case = TestCase(
        describe="greet/1",
        name='prints "hi"',
        lines=('assert capture_io(fn -> Cart.greet() end) == "hi"',),
        oracle=Oracle.OBSERVED,
        made_of=(1,),
        isolated=True,
    )
    suite = Suite(
        module="Shop.Cart", shown_as="Cart", cases=(case,), aliases=(("Cart", "Shop.Cart"),), doctests=True
    )
    assert render(suite) == (
        "defmodule Shop.CartTest do\n"
        "  use ExUnit.Case, async: true\n\n"
        "  import ExUnit.CaptureIO\n\n"
        "  alias Shop.Cart\n\n"
        "  doctest Cart\n\n"
        '  describe "greet/1" do\n'
        '    test "prints \\"hi\\"" do\n'
        '      assert capture_io(fn -> Cart.greet() end) == "hi"\n'
        "    end\n"
        "  end\n"
        "end\n"
    )
