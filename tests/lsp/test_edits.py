"""Insertions: together they make the finished text, apart each test is whole, and no line is ever touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.wire import TestFound
from testgen_lsp import describes, edits
from testgen_lsp.edits import Misfit, applied, insertions, reanchored, without

BEFORE = """defmodule CartTest do
  use ExUnit.Case

  describe "add/2" do
    test "old" do
      assert true
    end
  end
end
"""
AFTER = """defmodule CartTest do
  use ExUnit.Case

  alias Cart

  describe "add/2" do
    test "old" do
      assert true
    end

    test "one" do
      assert 1
    end
  end

  describe "total/1" do
    test "two" do
      assert 2
    end

    test "three" do
      assert 3
    end
  end
end
"""


def found(describe: str, name: str, line: int, end_line: int) -> TestFound:
    return TestFound(
        module="Cart", describe=describe, name=name, oracle="observed", kills=1, line=line, end_line=end_line
    )


TESTS = (found("add/2", "one", 11, 13), found("total/1", "two", 17, 19), found("total/1", "three", 21, 23))


def test_together_they_make_the_finished_text() -> None:
    assert applied(BEFORE, insertions(BEFORE, AFTER, TESTS)) == AFTER


def test_a_new_file_is_all_insertions() -> None:
    assert applied("", insertions("", AFTER, TESTS)) == AFTER


@pytest.mark.parametrize("gone", ["add/2 one", "total/1 two", "total/1 three"])
def test_without_one_test_the_others_are_whole(gone: str) -> None:
    text = applied(BEFORE, without(insertions(BEFORE, AFTER, TESTS), [gone]))
    for name, number in (("one", 1), ("two", 2), ("three", 3)):
        body = f'    test "{name}" do\n      assert {number}\n    end\n'
        assert (body in text) is (name not in gone)
    assert text.count(" do\n") == text.count("end\n")


def test_without_any_test_nothing_is_inserted() -> None:
    every = [edits.name_of(test) for test in TESTS]
    assert without(insertions(BEFORE, AFTER, TESTS), every) == []


def test_a_describe_comes_only_with_a_test_of_it() -> None:
    text = applied(BEFORE, without(insertions(BEFORE, AFTER, TESTS), ["total/1 two", "total/1 three"]))
    assert 'test "one"' in text
    assert "total/1" not in text
    assert "\n\nend" not in text


def test_a_describe_with_one_test_is_one_piece_with_it() -> None:
    after = AFTER.replace('\n    test "three" do\n      assert 3\n    end\n', "")
    inserted = insertions(BEFORE, after, TESTS[:2])
    assert applied(BEFORE, inserted) == after
    assert [each.text for each in inserted if each.test == TESTS[1]] == [
        '\n  describe "total/1" do\n    test "two" do\n      assert 2\n    end\n  end\n'
    ]


def test_a_block_whose_tests_were_all_declined_is_found_in_the_text() -> None:
    inserted = insertions(BEFORE, AFTER, TESTS)
    text = applied(BEFORE, [each for each in inserted if each.test is None])
    (block,) = describes.empty_blocks(inserted, text)
    lines = text.splitlines()
    assert lines[block.start : block.stop] == ["", '  describe "total/1" do', "  end"]
    assert describes.empty_blocks(inserted, AFTER) == []


def test_doctests_are_accepted_or_declined_as_any_test() -> None:
    after = BEFORE.replace("  use ExUnit.Case\n", "  use ExUnit.Case\n\n  doctest Cart\n")
    doctests = found("", "doctest Cart (1 example)", 0, 0)
    inserted = insertions(BEFORE, after, [doctests])
    assert applied(BEFORE, inserted) == after
    assert [each.test for each in inserted if each.text.strip()] == [doctests]
    assert without(inserted, ["doctest Cart (1 example)"]) == []


def test_windows_line_ends_stay() -> None:
    before, after = BEFORE.replace("\n", "\r\n"), AFTER.replace("\n", "\r\n")
    assert applied(before, insertions(before, after, TESTS)) == after


def test_a_file_without_a_last_line_end_gets_one_where_something_follows() -> None:
    before = "defmodule A do\nend"
    after = "defmodule A do\nend\n\ndefmodule B do\nend\n"
    assert applied(before, insertions(before, after, ())) == after


def test_a_text_that_changed_elsewhere_is_no_hindrance() -> None:
    now = "# typed meanwhile 🛒\n" + BEFORE.replace("assert true", "assert not false")
    moved = reanchored(insertions(BEFORE, AFTER, TESTS), BEFORE, now)
    text = applied(now, moved)
    assert text.startswith("# typed meanwhile 🛒\n")
    assert "assert not false" in text
    assert text.index('test "one"') > text.index('test "old"')


def test_a_text_that_changed_at_the_place_is_left_alone() -> None:
    with pytest.raises(Misfit):
        reanchored(insertions(BEFORE, AFTER, TESTS), BEFORE, "something else entirely\n")


def test_a_text_that_is_no_addition_is_refused() -> None:
    with pytest.raises(Misfit):
        insertions(BEFORE, AFTER.replace("  use ExUnit.Case\n", ""), TESTS)


LINE = st.sampled_from(["a\n", "end\n", "\n", "  end\n", "🛒\n", "b\r\n"])


@given(st.data())
def test_any_additions_are_found_again(data: st.DataObject) -> None:
    before = "".join(data.draw(st.lists(LINE, max_size=12)))
    lines = before.splitlines(keepends=True)
    after: list[str] = []
    for line in [*lines, ""]:
        after += data.draw(st.lists(LINE, max_size=3))
        after += [line] if line else []
    text = "".join(after)
    assert applied(before, insertions(before, text, ())) == text
