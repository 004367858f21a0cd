"""What the figures count, and what they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.generation import figures, modules, rows, steps
from benchmarks.generation.figures import Measured
from benchmarks.generation.state import State

MODULE = modules.read()[0]


def mutant(key: str, status: str, killed_by: tuple[str, ...] = (), function: str = "add/2") -> dict[str, Any]:
    return {"id": key, "status": status, "killedBy": list(killed_by), "description": f"{function}: literals"}


def scored(*mutants: dict[str, Any], tests: dict[str, str] | None = None) -> dict[str, Any]:
    return {"report": {"tests": tests or {}, "mutants": list(mutants)}}


def delivered(name: str, oracle: str = "observed") -> dict[str, Any]:
    return {"name": name, "oracle": oracle}


def cold(
    *tests: dict[str, Any], killed: int = 0, left_alone: tuple[tuple[str, str], ...] = ()
) -> dict[str, Any]:
    report = {
        "tests": list(tests),
        "text": "defmodule T do end",
        "mutants": {"killed": killed},
        "left_alone": [{"function": function, "reason": reason} for function, reason in left_alone],
    }
    return {"exit": 0, "seconds": 4.0, "cpu_s": 2.0, "peak_mb": 100, "first_test_s": 3.0, "report": report}


def measured(**done: Any) -> Measured:
    found = figures.measured(MODULE, done)
    assert found is not None
    return found


def test_only_killed_counts_over_all_valid_mutants_covered_or_not() -> None:
    found = measured(
        cold=cold(delivered("a")),
        score=scored(
            mutant("1", "Killed", ("t",)),
            mutant("2", "Timeout"),
            mutant("3", "Survived"),
            mutant("4", "NoCoverage"),
            mutant("5", "CompileError"),
        ),
    )
    assert (found.killed, found.mutants, found.timeouts) == (1, 4, 1)
    assert found.strict == 0.25


def test_a_module_for_which_nothing_was_written_has_all_mutants_alive() -> None:
    found = measured(cold=cold(), score=None, own=scored(mutant("1", "Killed"), mutant("2", "Survived")))
    assert (found.killed, found.mutants, found.own_killed) == (0, 2, 1)


def test_the_repository_s_suite_is_counted_on_the_same_mutants() -> None:
    found = measured(
        cold=cold(delivered("a")),
        score=scored(mutant("1", "Killed", ("t",)), mutant("2", "CompileError")),
        own=scored(mutant("1", "Killed"), mutant("2", "Killed"), mutant("3", "Killed")),
    )
    assert found.own_killed == 1


def test_a_test_is_redundant_when_others_kill_all_that_it_kills_and_nobody_promised_it() -> None:
    found = measured(
        cold=cold(delivered("needed"), delivered("not needed"), delivered("promised", "doctest")),
        score=scored(
            mutant("1", "Killed", ("T test needed",)),
            mutant("2", "Killed", ("T test needed", "T test not needed")),
            tests={"T test needed": "test needed", "T test not needed": "test not needed"},
        ),
    )
    assert found.redundant == 1


def test_a_function_is_tested_when_one_of_its_own_mutants_is_killed_and_refusals_do_not_count() -> None:
    found = measured(
        cold=cold(
            delivered("a"), left_alone=(("Cart.drop/1", f"{figures.REFUSED}: no"), ("Cart.pay/1", "no idea"))
        ),
        score=scored(
            mutant("1", "Killed", ("t",)),
            mutant("2", "Survived", function="drop/1"),
            mutant("3", "Survived", function="pay/1"),
            mutant("4", "Survived", function="private/1"),
        ),
        warm={
            "warm": 1.0,
            "functions": [{"signature": name} for name in ("add/2", "drop/1", "pay/1", "new/0")],
        },
    )
    assert found.functions == 3
    assert [(each.function, each.refused) for each in found.untested] == [("drop/1", True), ("pay/1", False)]
    promise = next(each for each in rows.PROMISES if each.what.startswith("public functions"))
    assert promise.number([found]) == 0.5


def test_what_has_not_been_measured_has_no_figures() -> None:
    assert figures.measured(MODULE, {}) is None
    assert figures.measured(MODULE, {"cold": cold()}) is None


def test_a_promise_about_nothing_is_not_met() -> None:
    assert not any(row.met for row in rows.rows([]))


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 100))
def test_a_percentile_is_one_of_the_values_and_so_many_are_not_above_it(
    values: list[float], percent: float
) -> None:
    found = figures.percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values)


def test_values_that_are_missing_are_left_out_of_an_average() -> None:
    assert figures.median([None, 1.0, 3.0]) == 2.0
    assert figures.mean([None]) is None
    assert figures.percentile([None], 95) is None


def test_a_warning_counts_where_it_names_the_test_file() -> None:
    output = (
        'warning: variable "x" is unused\n  lib/a.ex:3: A.f/0\n\n'
        "warning: module attribute @y was set but never used\n  test/a_test.exs:7\n"
    )
    assert steps.warnings(output, "test/a_test.exs") == [
        "warning: module attribute @y was set but never used"
    ]
    assert steps.warnings("  1) test fails (ATest)\n     test/a_test.exs:4\n", "test/a_test.exs") == []


@pytest.mark.parametrize("broken", [{"failed": [{}]}, {"formatted": False}, {"warnings": ["warning: x"]}])
def test_a_suite_is_whole_when_green_formatted_and_without_a_warning(broken: dict[str, Any]) -> None:
    fine = {"failed": [], "formatted": True, "warnings": []}
    base = {"cold": cold(delivered("a")), "score": scored(mutant("1", "Killed"))}
    assert measured(**base, valid=fine).whole is True
    assert measured(**base, valid={**fine, **broken}).whole is False


def test_a_step_that_is_kept_is_there_for_the_next_run(tmp_path: Path) -> None:
    state = State(folder=tmp_path / "state")
    assert state.read(MODULE) == {}
    state.keep(MODULE, "cold", {"exit": 0})
    state.keep(MODULE, "score", None)
    state.keep(MODULE, "cold", {"exit": 5})
    assert State(folder=tmp_path / "state").read(MODULE) == {"cold": {"exit": 5}, "score": None}
    assert [path.suffix for path in state.folder.iterdir()] == [".json"]
