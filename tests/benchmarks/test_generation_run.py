"""One module of one checked-out repository, measured from end to end by the real thing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.generation import figures, steps
from benchmarks.generation.modules import Half, Module
from benchmarks.generation.places import Workspace
from tests.project_copies import PROJECTS


def git(folder: Path, *args: str) -> str:
    argv = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.org", *args]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def module(tmp_path: Path, elixir: Path) -> Module:
    """The sample cart as a repository named owner/shop, checked out at its one commit."""
    checkout = tmp_path / "repositories" / "owner+shop"
    shutil.copytree(PROJECTS / "cart", checkout, ignore=shutil.ignore_patterns("_build"))
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    git(checkout, "commit", "-q", "-m", "all")
    return Module(
        half=Half.TUNING,
        repository="owner/shop",
        commit=git(checkout, "rev-parse", "HEAD"),
        source="lib/shop/cart.ex",
        suite="test/shop/cart_test.exs",
        lines=70,
        has_specs=True,
        stateful=False,
    )


def test_a_module_is_generated_for_scored_and_judged_again(module: Module, tmp_path: Path) -> None:
    space = Workspace(tmp_path / "workspace")
    space.prepare([module], tmp_path / "repositories")
    done: dict[str, dict[str, object] | None] = {}
    with space.copy(module) as place:
        assert not (place.bench.project / module.suite).exists()
        for step in ("cold", "score", "own", "valid", "fresh"):
            done[step] = steps.STEPS[step](place, done)
    found = figures.measured(module, done)
    assert found is not None
    assert found.mutants > 40
    assert found.strict > 0.8
    assert found.own_killed is not None
    assert found.own_killed > 30
    assert found.whole is True
    assert found.first_test_s is not None
    assert found.first_test_s <= found.cold_s
    assert found.peak_mb > 50
    assert found.verdicts_equal == found.verdicts == 6
    assert (tmp_path / "repositories" / "owner+shop" / module.suite).exists()


def test_a_checkout_at_another_commit_than_the_listed_one_is_refused(module: Module, tmp_path: Path) -> None:
    git(tmp_path / "repositories" / "owner+shop", "commit", "-q", "--allow-empty", "-m", "newer")
    with pytest.raises(SystemExit, match="owner/shop is at"):
        Workspace(tmp_path / "workspace").prepare([module], tmp_path / "repositories")
