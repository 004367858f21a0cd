"""Additions to an existing test file change no line of it, whatever stands around."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from testgen.synthesis.additions import Block, ModuleOutline, add, only_inserts, unified
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import TestCase
from testgen.synthesis.render import Suite

EXISTING = """\
defmodule Shop.CartTest do
  use ExUnit.Case, async: true

  alias Shop.Cart

  describe "total/1" do
    test "is zero" do
      assert Cart.total(Cart.new()) == 0
    end
  end
end
"""

OUTLINE = ModuleOutline.from_wire(
    {
        "name": "Shop.CartTest",
        "line": 1,
        "end_line": 11,
        "uses": ["use ExUnit.Case, async: true"],
        "async": True,
        "aliases": [{"as": "Cart", "module": "Shop.Cart", "line": 4}],
        "describes": [
            {
                "name": "total/1",
                "line": 6,
                "end_line": 10,
                "tests": [{"name": "is zero", "line": 7, "end_line": 9}],
            }
        ],
        "last_directive_line": 4,
        "indent": 2,
    }
)


def _case(describe: str, name: str, *lines: str) -> TestCase:
    return TestCase(
        describe=describe, name=name, lines=lines, oracle=Oracle.OBSERVED, made_of=(1,), isolated=True
    )


def _suite(*cases: TestCase, doctests: bool = False) -> Suite:
    return Suite(
        module="Shop.Cart",
        shown_as="Cart",
        cases=cases,
        aliases=(("Cart", "Shop.Cart"),),
        doctests=doctests,
    )


def _block(describe: str, name: str) -> Block:
    return Block(describe=describe, lines=(f'    test "{name}" do', "      assert Cart.ok?()", "    end"))


def test_a_test_goes_to_the_end_of_the_describe_of_its_function() -> None:
    after = add(EXISTING, OUTLINE, _suite(), [_block("total/1", "is one")])
    assert after.split("\n")[8:14] == [
        "    end",
        "",
        '    test "is one" do',
        "      assert Cart.ok?()",
        "    end",
        "  end",
    ]


def test_a_function_without_a_describe_gets_one_at_the_end_of_the_module() -> None:
    after = add(EXISTING, OUTLINE, _suite(), [_block("add/2", "adds"), _block("add/2", "adds more")])
    assert after.endswith(
        """
  end

  describe "add/2" do
    test "adds" do
      assert Cart.ok?()
    end

    test "adds more" do
      assert Cart.ok?()
    end
  end
end
"""
    )


def test_an_alias_that_is_there_is_not_repeated() -> None:
    suite = _suite(_case("total/1", "x", "assert Cart.ok?()"))
    assert add(EXISTING, OUTLINE, suite, [_block("total/1", "x")]).count("alias Shop.Cart") == 1


def test_imports_and_doctests_go_beside_the_directives() -> None:
    suite = _suite(_case("total/1", "x", "assert capture_io(fn -> Cart.ok?() end)"), doctests=True)
    lines = add(EXISTING, OUTLINE, suite, [_block("total/1", "x")]).split("\n")
    assert "  import ExUnit.CaptureIO" in lines[:8]
    assert "  doctest Cart" in lines[:9]
    assert lines.index("  doctest Cart") < lines.index('  describe "total/1" do')


def test_windows_line_endings_stay() -> None:
    windows = EXISTING.replace("\n", "\r\n")
    after = add(windows, OUTLINE, _suite(), [_block("total/1", "is one"), _block("add/2", "adds")])
    assert after.count("\n") == after.count("\r\n")
    assert only_inserts(windows, after)


@given(st.lists(st.sampled_from(["total/1", "add/2", "new/0"]), min_size=1, max_size=8))
def test_every_existing_line_stays_in_its_order(describes: list[str]) -> None:
    fresh = [_block(describe, f"case {number}") for number, describe in enumerate(describes)]
    after = add(EXISTING, OUTLINE, _suite(), fresh)
    assert only_inserts(EXISTING, after)
    assert after.count("    test ") == 1 + len(describes)
    for describe in set(describes):
        assert after.count(f'describe "{describe}"') == 1


@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=8), st.data())
def test_a_changed_or_missing_line_is_noticed(lines: list[str], data: st.DataObject) -> None:
    before = "".join(f"{number} {line}\n" for number, line in enumerate(lines))
    if lines:
        gone = data.draw(st.integers(0, len(lines) - 1))
        after = before.replace(f"{gone} {lines[gone]}\n", "changed\n", 1)
        assert not only_inserts(before, after)
    assert only_inserts(before, f"first\n{before}last\n")


def test_a_diff_of_a_new_file_starts_from_nothing() -> None:
    assert unified("", "a\n", "test/a_test.exs").startswith("--- /dev/null\n+++ b/test/a_test.exs\n")
