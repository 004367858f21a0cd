"""What a search has found: every kill counts once, those of doctests are told from those of candidates."""

from __future__ import annotations

from testgen.synthesis.found import KILLED_BEFORE, Found


def test_a_kill_that_is_seen_again_counts_once() -> None:
    found = Found()
    found.add(7, [1, 2])
    found.add(7, [2])
    assert found.killers[7] == 2
    assert found.kills == {1: {7}, 2: {7}}


def test_kills_by_doctests_and_existing_tests_are_killed_otherwise() -> None:
    found = Found()
    found.killers.update([7, 8])
    found.killers.update({9: KILLED_BEFORE})
    found.add(7, [1])
    found.add(6, [1])
    assert found.killed_otherwise() == {7, 8, 9}


def test_a_mutant_that_keeps_many_candidates_from_ending_is_stuck() -> None:
    found = Found()
    found.note_timeouts(7, 1)
    assert not found.is_stuck(7)
    found.note_timeouts(7, 5)
    assert found.is_stuck(7)


def test_a_mutant_that_breaks_only_a_setup_speaks_for_another_candidate() -> None:
    found = Found()
    found.add(7, [1, 2], broken_by=[2])
    found.add(8, [2], broken_by=[2])
    assert found.kills_to_count() == {1: frozenset({7}), 2: frozenset({8})}
