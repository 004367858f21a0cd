from __future__ import annotations

from pathlib import Path

import pytest

from testgen.errors import NothingTestable
from testgen.project import Project
from testgen.scoring.config import ScoreConfig
from testgen.scoring.selection import Selection, select
from tests.core.scoring.reports import comparison, mutant

MUTANTS = [mutant(1), mutant(2), comparison(3), comparison(4)]


def selected(tmp_path: Path, **options: object) -> Selection:
    source = tmp_path / "shop.ex"
    source.write_text("")
    config = ScoreConfig(path=source, **options)  # type: ignore[arg-type]
    return select(MUTANTS, config, Project.find(source))


def test_all_mutants_are_chosen_unless_asked_otherwise(tmp_path: Path) -> None:
    found = selected(tmp_path)
    assert (list(found.chosen), found.population, found.left_aside) == (MUTANTS, 4, {})


def test_mutants_of_other_functions_are_left_aside_with_the_reason(tmp_path: Path) -> None:
    found = selected(tmp_path, functions=("free?/1",))
    assert list(found.chosen) == MUTANTS[2:]
    assert found.left_aside == dict.fromkeys([one.key for one in MUTANTS[:2]], "in another function")


def test_a_sample_stands_for_what_the_other_choices_left(tmp_path: Path) -> None:
    found = selected(tmp_path, functions=("free?/1",), sample=1)
    assert (len(found.chosen), found.population) == (1, 2)
    assert sorted(found.left_aside.values()) == [
        "in another function",
        "in another function",
        "not in the sample",
    ]


def test_a_function_without_mutants_is_told_with_those_that_have_some(tmp_path: Path) -> None:
    with pytest.raises(NothingTestable, match="fre/1") as caught:
        selected(tmp_path, functions=("fre/1",))
    assert "free?/1, total/2" in caught.value.next_step


@pytest.mark.parametrize("option", ["jobs", "sample", "baseline_orders"])
def test_a_run_of_nothing_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=option):
        ScoreConfig(path=Path("a.ex"), **{option: 0})  # type: ignore[arg-type]
