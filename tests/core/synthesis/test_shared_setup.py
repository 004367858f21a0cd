"""Tests that start alike get a `setup`; others keep their lines."""

from __future__ import annotations

from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import TestCase
from testgen.synthesis.render import Suite, render
from testgen.synthesis.shared_setup import shared


def _case(name: str, *lines: str, describe: str = "put/2") -> TestCase:
    return TestCase(
        describe=describe, name=name, lines=lines, oracle=Oracle.OBSERVED, made_of=(1,), isolated=True
    )


OPEN = "basket = Basket.open(3)"
ALIKE = (
    _case("a", OPEN, "assert Basket.take(basket) == :empty"),
    _case("b", OPEN, "Basket.put(basket, 1)", "", "assert Basket.take(basket) == {:ok, 1}"),
    _case("c", OPEN, "assert Basket.limit() == 3"),
)


def test_three_tests_that_start_alike_share_a_setup() -> None:
    found = shared(ALIKE)
    assert found.setup == ("%{basket: Basket.open(3)}",)
    assert [(case.lines[0], case.context) for case in found.cases] == [
        ("assert Basket.take(basket) == :empty", ("basket",)),
        ("Basket.put(basket, 1)", ("basket",)),
        ("assert Basket.limit() == 3", ()),
    ]


def test_a_setup_of_several_lines_ends_in_what_the_tests_take() -> None:
    cases = [
        _case(
            name, "room = start_supervised!(Room)", 'Room.enter(room, "Ada")', "", f"assert Room.{name}(room)"
        )
        for name in ("open?", "full?", "noisy?")
    ]
    assert shared(cases).setup == (
        "room = start_supervised!(Room)",
        'Room.enter(room, "Ada")',
        "",
        "%{room: room}",
    )
    assert shared(cases).cases[0].lines == ("assert Room.open?(room)",)


def test_two_tests_or_tests_that_start_differently_keep_their_lines() -> None:
    assert shared(ALIKE[:2]).setup == ()
    different = (*ALIKE[:2], _case("d", "basket = Basket.open(4)", "assert Basket.put(basket, 1) == :ok"))
    assert shared(different).setup == ()
    assert shared(different).cases == different


def test_plain_data_and_assertions_are_no_setup() -> None:
    data = [_case(name, "limit = 3", f"assert Basket.open(limit) == {name}") for name in "123"]
    assert shared(data).setup == ()
    assert shared([_case(name, "assert Basket.open() == 1") for name in "123"]).setup == ()


def test_a_module_has_one_setup_where_all_its_tests_start_alike() -> None:
    cases = (*ALIKE, _case("d", OPEN, "assert Basket.all(basket) == []", describe="all/1"))
    suite = Suite(module="Basket", shown_as="Basket", cases=cases)
    text = render(suite)
    assert text.index("  setup do\n    %{basket: Basket.open(3)}\n  end\n\n  describe") > 0
    assert '    test "d", %{basket: basket} do\n      assert Basket.all(basket) == []\n' in text
    assert text.count("Basket.open(3)") == 1


def test_a_describe_has_its_own_where_only_its_tests_do_or_there_are_doctests() -> None:
    other = _case("d", "assert Basket.sizes() == [1, 2]", describe="sizes/0")
    text = render(Suite(module="Basket", shown_as="Basket", cases=(*ALIKE, other)))
    assert '  describe "put/2" do\n    setup do\n      %{basket: Basket.open(3)}\n    end\n' in text
    with_examples = render(Suite(module="Basket", shown_as="Basket", cases=ALIKE, doctests=True))
    assert '  describe "put/2" do\n    setup do\n' in with_examples


def test_tests_that_are_cut_out_one_by_one_keep_their_lines() -> None:
    text = render(Suite(module="Basket", shown_as="Basket", cases=ALIKE, shares_setup=False))
    assert "setup do" not in text
    assert text.count(OPEN) == 3
