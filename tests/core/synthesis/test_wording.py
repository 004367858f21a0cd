"""Names: what is expected of which input, as a colleague would say it, and true of the test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from testgen.synthesis.candidate import Observation, Status, called
from testgen.synthesis.operations import before, gerund
from testgen.synthesis.phrases import brief, counting, in_words
from testgen.synthesis.reader import read
from testgen.synthesis.terms import Atom, Int, ListOf, Term, Tuple
from testgen.synthesis.wording import Inputs, circumstances, outcome


def _observed(value: str, shape: str = "equal") -> Observation:
    return Observation(candidate=1, status=Status.OK, shape=shape, assertion=("assert x == y",), value=value)


def _inputs(*sources: str, names: tuple[str, ...], guarded: frozenset[int] = frozenset()) -> str:
    args: tuple[Term, ...] = tuple(map(read, sources))
    candidate = called("Shop.Cart", "add", args, shown_as="Cart", origin="specs")
    return circumstances(candidate, Inputs(names=names, guarded=guarded), refused=bool(guarded))[0]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("[]", "an empty list"),
        ('""', "an empty string"),
        ('" "', "a blank string"),
        ('"pen"', "'pen'"),
        ('"it\'s"', '"it\'s"'),
        ("%Cart{}", "a default cart"),
        ("%Options{all: true}", "options with all true"),
        ("%Parcel{length: 90}", "a parcel with length 90"),
        ("%Parcel{grams: 1}", "a parcel with 1 gram"),
        ("%Cart{coupon: nil, items: []}", "a cart with no coupon and no items"),
        (
            '%{"street" => "", "city" => "Berlin", "zip" => "10115"}',
            "a map with an empty street, city 'Berlin' and zip '10115'",
        ),
        ("[1, 2, 3]", "[1, 2, 3]"),
    ],
)
def test_values_have_the_words_of_a_sentence(source: str, words: str) -> None:
    assert in_words(read(source)) == words


def test_long_lists_are_counted_by_what_the_argument_calls_them() -> None:
    entries = read('[{"a long text", 1}, {"another long text", 2}, {"third", 3}]')
    assert in_words(entries, "entries") == "three entries"
    assert in_words(entries, "list") == "a list of three"


def test_a_number_is_a_count_where_its_name_is_a_plural() -> None:
    assert counting(1, "days") == "1 day"
    assert counting(3, "unit_pieces") == "3 unit pieces"
    assert counting(5, "flags") == ""
    assert counting(3, "status") == ""
    assert counting(-3, "days") == ""


def test_floats_are_said_with_the_digits_that_a_reader_takes_in() -> None:
    assert brief("3.141592653589793") == "3.1416"
    assert brief("0.5") == "0.5"


@pytest.mark.parametrize(
    ("args", "names", "words"),
    [
        (("3", "2"), ("a", "b"), "for 3 and 2"),
        (("3", "2"), ("from", "to"), "when from is 3 and to is 2"),
        (("3", "2"), ("years", "orders"), "for 3 years and 2 orders"),
        (('"hello world"', "8"), ("text", "limit"), "for 'hello world' when limit is 8"),
        (
            ("%Cart{}", '"pen"', "2"),
            ("cart", "name", "quantity"),
            "for a default cart when name is 'pen' and quantity is 2",
        ),
        (("[1, 2]", "[size: 2]"), ("list", "opts"), "for [1, 2] with size: 2"),
        (("[1, 2]", "[]"), ("list", "opts"), "for [1, 2]"),
        (("%{a: 1}", "%{}"), ("left", "right"), "for %{a: 1} when right is empty"),
        (("[]",), ("list",), "for an empty list"),
        (("30",), ("minutes",), "for 30 minutes"),
        (("true",), ("express",), "for true"),
        (("[a: 1]",), ("opts",), "with a: 1"),
    ],
)
def test_inputs_are_said_by_what_the_function_calls_them(
    args: tuple[str, ...], names: tuple[str, ...], words: str
) -> None:
    assert _inputs(*args, names=names) == words


def test_a_refusal_names_the_argument_at_its_edge() -> None:
    words = _inputs("%Cart{}", '"pen"', "0", names=("cart", "name", "quantity"), guarded=frozenset({2}))
    assert words == "when quantity is 0"


def test_what_tells_a_test_from_its_opposite_is_said_alone() -> None:
    candidate = called("Shop", "allowed?", (read(":guest"), read(":write")), shown_as="Shop", origin="specs")
    inputs = Inputs(names=("role", "action"), telling=frozenset({1}))
    assert circumstances(candidate, inputs)[0] == "when action is :write"


def test_a_value_that_comes_back_is_unchanged() -> None:
    assert outcome(_observed("[1, 2]"), (read("[1, 2]"),), names=("items",)) == "returns the items unchanged"
    assert outcome(_observed("%Cart{}"), (read("%Cart{}"),)) == "returns the cart unchanged"
    assert outcome(_observed("3"), (read("3"),), names=("count",)) == "returns 3"
    suite = (read("%{size: 1, name: nil}"),)
    assert (
        outcome(_observed("%{name: nil, size: 1}"), suite, names=("suite",)) == "returns the suite unchanged"
    )


def test_a_changed_struct_is_told_by_its_fields() -> None:
    given = (read("%Cart{}"),)
    defaults = {"open": "true", "items": "[]", "coupon": "nil"}
    assert outcome(_observed("%Cart{open: false}"), given, defaults) == "sets open to false"
    many = '%Cart{open: false, items: ["a rather long name"], coupon: {:percent, 20, :summer_sale}}'
    assert outcome(_observed(many), given, defaults) == "updates open, items and coupon"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("add_item", "adding item"),
        ("put", "putting"),
        ("close", "closing"),
        ("stop!", "stopping"),
        ("xyz", ""),
    ],
)
def test_verbs_get_their_ending(function: str, words: str) -> None:
    assert gerund(function) == words


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (
            ("basket = Basket.new()", "Basket.put(basket, 1)", "Basket.put(basket, 2)"),
            "after putting 1 and 2",
        ),
        (("basket = Basket.new()", "Basket.take(basket)", "Basket.take(basket)"), "after taking twice"),
        (('cart = Cart.add(%Cart{}, "pen", 2)',), "after adding 'pen'"),
        (('cart = Cart.new() |> Cart.add("pen", 2) |> Cart.close()',), "after adding 'pen' and closing"),
        (("pid = start_supervised!(Room)", "send(pid, :timeout)"), "after receiving :timeout"),
        (("basket = Basket.open(3)",), ""),
        (("Visits.reset()", 'Visits.visit("home")'), "after visiting 'home'"),
        (("Visits.reset()",), ""),
    ],
)
def test_what_ran_before_is_told_as_operations(setup: tuple[str, ...], words: str) -> None:
    assert before(setup) == words


def test_what_a_pattern_leaves_open_is_left_open_in_the_name() -> None:
    seen = replace(_observed("1795578492495", "pattern"), assertion=("assert is_integer(Clock.now())",))
    assert outcome(seen) == "returns an integer"
    split = ("assert {:allow, integer} =", "         Limit.hit(table)", "assert is_integer(integer)")
    assert outcome(replace(seen, assertion=split)) == "returns {:allow, integer}"


def test_options_alone_are_said_as_options() -> None:
    options = ListOf((Tuple((Atom("reserve"), Int(-1))),))
    candidate = called("Sale", "start_link", (options,), shown_as="Sale", origin="starting")
    assert circumstances(candidate, Inputs(names=("opts",)))[0] == "with reserve: -1"
    assert circumstances(candidate, Inputs(names=("pairs",)))[0] == "for [reserve: -1]"
