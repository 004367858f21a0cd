from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.mutation import Mutant, MutantResult, Outcome
from testgen.scoring.sampling import estimate, stratified_sample, wilson_interval
from tests.core.scoring.reports import mutant

LABELS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["f/1", "g/2", None])), min_size=1, max_size=60
)


def mutants_of(labels: list[tuple[str, str | None]]) -> list[Mutant]:
    return [
        mutant(number, key=f"k{number}", group=group, function=function)
        for number, (group, function) in enumerate(labels)
    ]


@given(LABELS, st.integers(1, 80), st.integers(0, 5))
def test_a_sample_has_the_size_asked_for_and_no_mutant_twice(
    labels: list[tuple[str, str | None]], size: int, seed: int
) -> None:
    sample = stratified_sample(mutants_of(labels), size, seed)
    assert len({chosen.key for chosen in sample}) == len(sample) == min(size, len(labels))


@given(LABELS, st.integers(1, 80), st.integers(0, 5))
def test_each_stratum_gets_its_share_rounded_down_or_up(
    labels: list[tuple[str, str | None]], size: int, seed: int
) -> None:
    mutants = mutants_of(labels)
    size = min(size, len(mutants))
    chosen = Counter((one.group, one.function) for one in stratified_sample(mutants, size, seed))
    for stratum, number in Counter((one.group, one.function) for one in mutants).items():
        share = number * size / len(mutants)
        assert share - 1 < chosen[stratum] < share + 1


def test_the_same_seed_gives_the_same_sample_and_another_seed_another() -> None:
    mutants = mutants_of([("a", "f/1")] * 50)
    assert stratified_sample(mutants, 10, 3) == stratified_sample(mutants, 10, 3)
    assert stratified_sample(mutants, 10, 3) != stratified_sample(mutants, 10, 4)


def test_every_mutant_can_be_drawn() -> None:
    mutants = mutants_of([("a", "f/1")] * 5 + [("b", "g/2")])
    drawn = {one.key for seed in range(60) for one in stratified_sample(mutants, 2, seed)}
    assert len(drawn) == 6


def test_a_sample_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        stratified_sample(mutants_of([("a", "f/1")]), 0, 0)


def test_the_interval_agrees_with_wilsons_published_example() -> None:
    low, high = wilson_interval(0.5, 10, 10**9)  # (0.2366, 0.7634) in Brown, Cai and DasGupta 2001's formula
    assert low == pytest.approx(0.2366, abs=1e-4)
    assert high == pytest.approx(0.7634, abs=1e-4)


def test_the_interval_closes_once_all_mutants_were_seen() -> None:
    assert wilson_interval(0.7, 40, 40) == (0.7, 0.7)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 500))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(killed: int, size: int, more: int) -> None:
    share = min(killed, size) / size
    low, high = wilson_interval(share, size, size + more)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


def test_the_estimate_counts_only_scored_mutants() -> None:
    outcomes = [Outcome.KILLED, Outcome.SURVIVED, Outcome.INVALID, Outcome.IGNORED]
    results = [MutantResult(mutant=mutant(n), outcome=outcome) for n, outcome in enumerate(outcomes)]
    found = estimate(results, 100, seed=1)
    assert found is not None
    assert (found.size, found.population) == (2, 100)
    assert found.low < 0.5 < found.high


def test_there_is_no_estimate_without_a_scored_mutant() -> None:
    assert estimate([], 100, seed=1) is None
