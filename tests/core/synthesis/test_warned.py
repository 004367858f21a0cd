"""A warning of the compiler in a new test is mended where that is obvious, and blamed on the right test."""

from __future__ import annotations

from testgen.synthesis.answers import LoadedTest, Warned
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import TestCase
from testgen.synthesis.warned import mended, of_tests

UNUSED = Warned(line=5, message='variable "table" is unused (if the variable is not meant to be used, …)')


def case(*lines: str) -> TestCase:
    return TestCase(
        describe="f/1", name="works", lines=lines, oracle=Oracle.OBSERVED, made_of=(1,), isolated=False
    )


def test_a_variable_that_is_never_read_gets_an_underscore() -> None:
    better = mended(case("{table, rest} = Shop.open()", "assert rest == []"), [UNUSED])
    assert better is not None
    assert better.lines == ("{_table, rest} = Shop.open()", "assert rest == []")


def test_a_key_or_an_atom_of_the_same_name_is_left_alone() -> None:
    better = mended(case("{table, rest} = Shop.open(:table, table: 1)", "assert rest.table == []"), [UNUSED])
    assert better is not None
    assert better.lines[0] == "{_table, rest} = Shop.open(:table, table: 1)"
    assert better.lines[1] == "assert rest.table == []"


def test_a_variable_bound_twice_is_not_mended() -> None:
    assert mended(case("table = 1", "table = 2"), [UNUSED]) is None


def test_another_warning_is_not_mended() -> None:
    assert (
        mended(case("%{3 => 1, 3 => 2}"), [Warned(line=1, message="key 3 will be overridden in map")]) is None
    )


def test_a_warning_is_blamed_on_the_test_that_begins_above_it() -> None:
    def loaded(name: str, line: int) -> LoadedTest:
        return LoadedTest(id=name, module="M", name=name, describe="", line=line, is_doctest=False)

    found = of_tests([UNUSED, Warned(line=1, message="above all")], [loaded("b", 7), loaded("a", 4)])
    assert found == {"a": [UNUSED]}
