"""The selection keeps every kill with few tests, none redundant, and prefers trusted and simple ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from testgen.synthesis.candidate import Oracle
from testgen.synthesis.selection import Choice, alone, select

_kills = st.frozensets(st.integers(0, 15), max_size=6)


@st.composite
def _choices(draw: st.DrawFn) -> list[Choice]:
    rows = draw(st.lists(st.tuples(_kills, st.floats(1, 30), st.sampled_from(Oracle)), max_size=14))
    return [Choice(id=i, kills=k, cost=c, oracle=o) for i, (k, c, o) in enumerate(rows)]


@given(_choices(), _kills)
def test_every_kill_is_kept(choices: list[Choice], before: frozenset[int]) -> None:
    everything = frozenset().union(*(each.kills for each in choices))
    chosen = frozenset().union(*(each.kills for each in select(choices, before)))
    assert everything - before <= chosen


@given(_choices(), _kills)
def test_no_chosen_test_is_redundant(choices: list[Choice], before: frozenset[int]) -> None:
    chosen = select(choices, before)
    for each in chosen:
        others = frozenset().union(before, *(other.kills for other in chosen if other.id != each.id))
        assert each.kills - others


@given(_choices(), st.randoms())
def test_the_order_of_the_choices_does_not_matter(choices: list[Choice], random: object) -> None:
    shuffled = list(choices)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert select(shuffled) == select(choices)


def test_of_equal_kills_the_simpler_test_is_chosen() -> None:
    long = Choice(id=1, kills=frozenset({1, 2}), cost=9.0)
    short = Choice(id=2, kills=frozenset({1, 2}), cost=2.0)
    assert select([long, short]) == [short]


def test_of_equal_kills_and_cost_a_doctest_is_chosen_over_an_observation() -> None:
    observed = Choice(id=1, kills=frozenset({1}), cost=2.0, oracle=Oracle.OBSERVED)
    doctest = Choice(id=2, kills=frozenset({1}), cost=2.0, oracle=Oracle.DOCTEST)
    assert select([observed, doctest]) == [doctest]


def test_a_member_is_exchanged_for_a_cheaper_one_that_does_its_part() -> None:
    wide = Choice(id=1, kills=frozenset({1, 2, 3}), cost=10.0)
    pair = Choice(id=2, kills=frozenset({1, 2}), cost=1.0)
    rest = Choice(id=3, kills=frozenset({3}), cost=1.0)
    assert {each.id for each in select([wide, pair, rest])} == {2, 3}


def test_what_existing_tests_kill_justifies_no_test() -> None:
    assert select([Choice(id=1, kills=frozenset({1, 2}), cost=1.0)], frozenset({1, 2})) == []


def test_a_test_kills_alone_what_no_other_kills() -> None:
    kills = {"a": frozenset({1, 2}), "b": frozenset({2, 3}), "c": frozenset()}
    assert alone(kills) == {"a": frozenset({1}), "b": frozenset({3}), "c": frozenset()}
