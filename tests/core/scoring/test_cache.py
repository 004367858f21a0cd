from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from testgen.mutation import Strategy
from testgen.project import Project
from testgen.scoring import cache
from testgen.scoring.config import ScoreConfig, TestSource
from testgen.scoring.preparation import Prepared
from testgen.scoring.suite import Suite
from testgen.toolchain import Toolchain
from tests.core.scoring.reports import full_report, mutant


@pytest.fixture
def entry() -> cache.CacheEntry:
    report = full_report()
    mutants = (mutant(1), mutant(2, strategy=Strategy.RECOMPILE, function=None))
    prepared = Prepared(
        mutants=mutants,
        left_out=report.results[4:6],
        tests=report.tests,
        covered_by={mutants[0].key: ("ShopTest.test adds",)},
        notes=("a note",),
    )
    return cache.CacheEntry(prepared=prepared, results={mutants[0].key: report.results[0]})


def test_an_entry_comes_back_as_it_was_stored(tmp_path: Path, entry: cache.CacheEntry) -> None:
    cache.store("k", entry, tmp_path)
    loaded = cache.load("k", tmp_path)
    assert loaded is not None
    assert loaded.prepared == entry.prepared
    [(key, result)] = loaded.results.items()
    assert replace(result, cached=False, covered_by=("ShopTest.test adds",)) == entry.results[key]
    assert result.cached


def test_an_entry_under_another_key_is_not_taken(tmp_path: Path, entry: cache.CacheEntry) -> None:
    cache.store("k", entry, tmp_path)
    (tmp_path / "k.json").rename(tmp_path / "other.json")
    assert cache.load("other", tmp_path) is None


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"key": "k", "mutants": [{}]}']
)
def test_a_damaged_entry_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "k.json").write_bytes(damage)
    assert cache.load("k", tmp_path) is None


def test_an_entry_cut_short_anywhere_is_as_good_as_none(tmp_path: Path, entry: cache.CacheEntry) -> None:
    cache.store("k", entry, tmp_path)
    whole = (tmp_path / "k.json").read_bytes()
    for length in range(0, len(whole), 97):
        (tmp_path / "k.json").write_bytes(whole[:length])
        assert cache.load("k", tmp_path) is None


def test_a_field_of_another_type_is_as_good_as_none(tmp_path: Path, entry: cache.CacheEntry) -> None:
    cache.store("k", entry, tmp_path)
    data = json.loads((tmp_path / "k.json").read_text())
    for name in data:
        (tmp_path / "k.json").write_text(json.dumps({**data, name: 5}))
        assert cache.load("k", tmp_path) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, entry: cache.CacheEntry) -> None:
    (tmp_path / "file").write_text("")
    cache.store("k", entry, tmp_path / "file" / "scores")


def test_nothing_half_written_is_left_behind(tmp_path: Path, entry: cache.CacheEntry) -> None:
    cache.store("k", entry, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["k.json"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "test").mkdir()
    (tmp_path / "mix.exs").write_text("defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n")
    (tmp_path / "lib" / "shop.ex").write_text("defmodule Shop do\nend\n")
    (tmp_path / "lib" / "helper.ex").write_text("defmodule Helper do\nend\n")
    (tmp_path / "test" / "shop_test.exs").write_text("defmodule ShopTest do\nend\n")
    return tmp_path


def key(shop: Path, **changes: object) -> str:
    project = Project.find(shop / "lib" / "shop.ex")
    toolchain = Toolchain(
        elixir=Path("/e"),
        elixir_version=str(changes.pop("elixir", "1.14.0")),
        elixir_root=Path("/"),
        erl=Path("/erl"),
        otp="25",
        erlang_root=Path("/"),
    )
    config = ScoreConfig(path=project.source, **changes)  # type: ignore[arg-type]
    return cache.cache_key(project, Suite(files=(project.test_path,)), config, toolchain)


def test_the_key_is_the_same_for_the_same_files(shop: Path) -> None:
    assert key(shop) == key(shop)


@pytest.mark.parametrize("file", ["lib/shop.ex", "lib/helper.ex", "test/shop_test.exs", "mix.exs"])
def test_the_key_changes_with_any_file_of_the_project(shop: Path, file: str) -> None:
    before = key(shop)
    (shop / file).write_text((shop / file).read_text() + "# changed\n")
    assert key(shop) != before


@pytest.mark.parametrize("file", [".testgen.toml", "priv/data.json", "test/support/case.ex", "mix.lock"])
def test_the_key_changes_with_a_file_that_appears(shop: Path, file: str) -> None:
    before = key(shop)
    (shop / file).parent.mkdir(parents=True, exist_ok=True)
    (shop / file).write_text("{}")
    assert key(shop) != before


def test_the_key_changes_when_a_file_moves(shop: Path) -> None:
    before = key(shop)
    (shop / "lib" / "helper.ex").rename(shop / "lib" / "helpers.ex")
    assert key(shop) != before


def test_the_key_does_not_change_with_builds_and_fetched_dependencies(shop: Path) -> None:
    before = key(shop)
    for folder in ("_build", "deps", ".git"):
        (shop / folder).mkdir()
        (shop / folder / "x").write_text("x")
    assert key(shop) == before


def test_the_key_changes_with_elixir_and_with_what_decides_verdicts(shop: Path) -> None:
    keys = {
        key(shop),
        key(shop, elixir="1.15.0"),
        key(shop, all_tests=True),
        key(shop, seed=1),
        key(shop, sources=(TestSource(name="a_test.exs", source="x"),)),
    }
    assert len(keys) == 5


def test_the_key_does_not_change_with_what_only_chooses_mutants(shop: Path) -> None:
    assert key(shop) == key(shop, sample=3) == key(shop, changed="HEAD") == key(shop, jobs=4)
