"""Terms and the reader: what is written reads back as itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from testgen.synthesis.reader import calls, free_names, is_closed, read, split
from testgen.synthesis.terms import (
    Atom,
    Float,
    Int,
    ListOf,
    Map,
    Raw,
    Str,
    Term,
    Tuple,
    to_source,
    weight,
)

_text = st.text(max_size=20)
_names = st.from_regex(r"[a-z_][a-zA-Z0-9_]{0,8}[?!]?", fullmatch=True) | _text.filter(bool)
_leaves = st.one_of(
    st.integers().map(Int),
    st.floats(allow_nan=False, allow_infinity=False).map(Float),
    _text.map(Str),
    _names.map(Atom),
    st.sampled_from(["nil", "true", "false"]).map(Atom),
)


def _branches(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    items = st.lists(inner, max_size=4).map(tuple)
    pairs = st.lists(st.tuples(inner, inner), max_size=3).map(tuple)
    return st.one_of(items.map(ListOf), items.map(Tuple), pairs.map(Map))


terms = st.recursive(_leaves, _branches, max_leaves=12)


@given(terms)
def test_a_term_reads_back_from_its_source(term: Term) -> None:
    assert read(to_source(term)) == term


@given(terms)
def test_a_literal_stands_for_itself_and_weighs_something(term: Term) -> None:
    assert is_closed(term)
    assert weight(term) > 0


@given(st.lists(terms, max_size=4))
def test_arguments_of_a_call_are_found_again(arguments: list[Term]) -> None:
    source = f"Cart.add({', '.join(map(to_source, arguments))})"
    found = calls(source)[0]
    assert (found.module, found.function) == ("Cart", "add")
    assert found.args == tuple(arguments)


def test_keywords_at_the_end_of_a_call_are_one_argument() -> None:
    found = calls('Text.wrap("abc", width: 2, indent: "> ")')[0]
    assert to_source(found.args[1]) == '[width: 2, indent: "> "]'
    assert len(found.args) == 2


def test_large_numbers_are_grouped_and_small_ones_are_not() -> None:
    assert to_source(Int(1_000_000)) == "1_000_000"
    assert to_source(Int(-9_999)) == "-9999"
    assert read("1_000_000") == Int(1_000_000)


def test_numbers_in_other_bases_are_numbers() -> None:
    assert [read(source) for source in ("0xFF", "0b101", "-0o17")] == [Int(255), Int(5), Int(-15)]


def test_interpolation_and_pattern_tails_stay_as_they_are() -> None:
    assert isinstance(read('"a #{b}"'), Raw)
    assert isinstance(read("[head | tail]"), Raw)
    assert not is_closed(read("[head | tail]"))


def test_separators_inside_brackets_strings_sigils_and_functions_do_not_split() -> None:
    parts = ["[1, 2]", '"a, b"', "~w(a, b)", "fn a, b -> a + b end", "?,", "%{a: {1, 2}}"]
    assert split(", ".join(parts)) == parts


def test_what_does_not_balance_is_refused() -> None:
    assert split("(a, b") is None
    assert split('"a, b') is None
    assert split("a)") is None


def test_variables_are_told_from_atoms_calls_strings_and_bound_names() -> None:
    assert free_names("fn x -> x + y end") == {"y"}
    assert free_names(':ok, "name", %{key: 1}, String.upcase("a")') == set()
