from __future__ import annotations

import pytest

from testgen.mutation import Mutant, MutantResult, Outcome, Position, Score, Strategy
from tests.core.scoring.reports import SOURCE, full_report, mutant, report

WIRE = {
    "id": 7,
    "key": "comparison.lt_lte@14:8#0",
    "operator": "comparison.lt_lte",
    "group": "comparison",
    "module": "MyApp.Cart",
    "function": "total/1",
    "start": [14, 8],
    "end": [14, 13],
    "original": "a < b",
    "replacement": "a <= b",
    "strategy": "recompile",
}


def test_a_mutant_is_read_from_the_agents_map() -> None:
    read = Mutant.from_wire(WIRE)
    assert (read.id, read.function, read.strategy) == (7, "total/1", Strategy.RECOMPILE)
    assert (read.start, read.end) == (Position(14, 8), Position(14, 13))


def test_the_score_counts_timeouts_as_detected_and_the_strict_score_does_not() -> None:
    outcomes = [Outcome.KILLED, Outcome.TIMEOUT, Outcome.SURVIVED, Outcome.NO_COVERAGE]
    assert report(*outcomes).score == 0.5
    assert report(*outcomes).strict_score == 0.25


@pytest.mark.parametrize("outcome", [Outcome.INVALID, Outcome.IGNORED, Outcome.PENDING])
def test_mutants_that_say_nothing_about_the_tests_are_left_out_of_both_scores(outcome: Outcome) -> None:
    scored = report(Outcome.KILLED, Outcome.SURVIVED, outcome)
    assert (scored.score, scored.strict_score) == (0.5, 0.5)


def test_there_is_no_score_where_no_mutant_counts() -> None:
    empty = Score.of([MutantResult(mutant=mutant(1), outcome=Outcome.INVALID)])
    assert empty.value is None
    assert empty.strict is None


def test_every_outcome_of_the_protocol_has_its_name() -> None:
    assert [Outcome(word) for word in ("killed", "survived", "timeout", "invalid", "no_coverage")]


def test_survivors_come_in_source_order_with_the_uncovered_among_them() -> None:
    assert [result.mutant.id for result in full_report().survivors] == [2, 3]


def test_a_mutation_is_applied_at_its_place() -> None:
    assert mutant(1).apply(SOURCE) == SOURCE.replace("a + b", "a - b")


def test_a_mutation_over_several_lines_replaces_all_of_them() -> None:
    dropped = mutant(1, start=Position(4, 19), end=Position(6, 6), replacement=", do: nil")
    assert "def free?(price), do: nil\nend\n" in dropped.apply(SOURCE)


def test_columns_count_codepoints() -> None:
    source = 'x = "héé😀" <> name\n'
    renamed = mutant(1, start=Position(1, 15), end=Position(1, 19), replacement="other")
    assert renamed.apply(source) == 'x = "héé😀" <> other\n'


def test_the_diff_shows_only_the_changed_lines() -> None:
    assert mutant(1).diff(SOURCE) == ["-  def total(a, b), do: a + b", "+  def total(a, b), do: a - b"]


def test_the_diff_keeps_lines_that_look_like_a_diff_header() -> None:
    source = "x =\n-- y\n"
    changed = mutant(1, start=Position(2, 4), end=Position(2, 5), replacement="z")
    assert changed.diff(source) == ["--- y", "+-- z"]


def test_the_diff_of_a_file_with_carriage_returns_has_none() -> None:
    assert not any("\r" in line for line in mutant(1).diff(SOURCE.replace("\n", "\r\n")))


@pytest.mark.parametrize(
    ("first", "last", "touched"), [(1, 1, False), (1, 2, True), (2, 2, True), (2, 9, True), (3, 9, False)]
)
def test_a_mutant_touches_the_lines_it_spans(first: int, last: int, touched: bool) -> None:
    assert mutant(1).touches(first, last) is touched


def test_a_mutant_that_ends_at_the_start_of_a_line_does_not_touch_it() -> None:
    assert not mutant(1, start=Position(2, 1), end=Position(3, 1)).touches(3, 3)


def test_the_share_of_fresh_vms_is_of_the_mutants_that_ran() -> None:
    done = report(Outcome.KILLED, Outcome.SURVIVED, Outcome.IGNORED)
    assert done.fresh_vm_share == 0
