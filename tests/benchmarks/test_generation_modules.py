"""The modules that generation is measured on: drawn by a rule, kept in a list, split by repository."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.generation import choose, modules
from benchmarks.generation.modules import Half

_SUITE = "defmodule App.ShelfTest do\n  use ExUnit.Case\n  alias App.Shelf\nend\n"


def source(*, functions: int = 2, lines: int = 40, extra: str = "") -> str:
    written = [
        "defmodule App.Shelf do",
        *(f"  def f{number}(x), do: x" for number in range(functions)),
        extra,
    ]
    return "\n".join([*written, *["  # filler"] * (lines - len(written) - 1), "end"]) + "\n"


def project(
    folder: Path, text: str, *, path: str = "lib/app/shelf.ex", suite: str = "test/app/shelf_test.exs"
) -> Path:
    for name, content in ((path, text), (suite, _SUITE)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def test_the_list_is_large_enough_and_no_repository_is_in_both_halves() -> None:
    listed = modules.read()
    halves = {half: {each.repository for each in listed if each.half is half} for half in Half}
    assert len(listed) >= 44
    assert len(halves[Half.TUNING] | halves[Half.KEPT_BACK]) >= 14
    assert not halves[Half.TUNING] & halves[Half.KEPT_BACK]
    assert len({each.slug for each in listed}) == len(listed)


def test_either_half_has_modules_with_state_and_without_specs() -> None:
    for half in Half:
        own = [each for each in modules.read() if each.half is half]
        assert any(each.stateful for each in own)
        assert any(not each.has_specs for each in own)


def test_the_list_reads_back_what_was_written(tmp_path: Path) -> None:
    modules.write(modules.read(), tmp_path / "list.tsv")
    assert modules.read(tmp_path / "list.tsv") == modules.read()


def test_a_file_with_public_functions_and_a_suite_of_its_own_is_a_candidate(tmp_path: Path) -> None:
    found = choose.candidates(project(tmp_path, source()))
    assert [each.source.name for each in found] == ["shelf.ex"]
    assert not found[0].stateful


@pytest.mark.parametrize(
    ("text", "path", "suite"),
    [
        (source(lines=20), "lib/app/shelf.ex", "test/app/shelf_test.exs"),
        (source(lines=300), "lib/app/shelf.ex", "test/app/shelf_test.exs"),
        (source(functions=1), "lib/app/shelf.ex", "test/app/shelf_test.exs"),
        (
            source(extra="  defmacro a(x), do: x\n  defmacro b(x), do: x"),
            "lib/app/shelf.ex",
            "test/shelf_test.exs",
        ),
        (source(), "lib/mix/tasks/shelf.ex", "test/app/shelf_test.exs"),
        (source(), "lib/app/shelf.ex", "test/app/cupboard_test.exs"),
    ],
    ids=["short", "long", "one function", "macros", "a task", "no suite"],
)
def test_a_file_that_the_rule_leaves_out_is_none(tmp_path: Path, text: str, path: str, suite: str) -> None:
    assert choose.candidates(project(tmp_path, text, path=path, suite=suite)) == []


def test_the_suite_with_the_nearest_path_is_the_module_s_own(tmp_path: Path) -> None:
    project(tmp_path, source(), suite="test/other/shelf_test.exs")
    project(tmp_path, source(), suite="test/app/shelf_test.exs")
    assert str(choose.candidates(tmp_path)[0].suite).endswith("test/app/shelf_test.exs")


def test_a_stateful_candidate_comes_first_whatever_the_seed(tmp_path: Path) -> None:
    for number in range(4):
        name = f"lib/app/shelf{number}.ex"
        state = "  def read, do: :ets.lookup(:shelf, 1)" if number == 2 else ""
        project(tmp_path, source(extra=state), path=name, suite=f"test/app/shelf{number}_test.exs")
    for seed in range(5):
        order = choose.drawn(choose.candidates(tmp_path), random.Random(seed))
        assert order[0].source.name == "shelf2.ex"
        assert len(order) == 4


def test_a_folder_that_is_not_named_ends_the_run_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(modules.VARIABLE, raising=False)
    with pytest.raises(SystemExit, match=modules.VARIABLE):
        modules.checkouts()
