"""The private build under real Mix: what the user has compiled is not compiled again, nor written to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from testgen.agent import Agent
from testgen.project import Project
from tests.project_copies import ProjectCopies, snapshot

MIX_EXS = """
defmodule Shop.MixProject do
  use Mix.Project

  def project, do: [app: :shop, version: "0.1.0", deps: [{:pocket, git: "REPOSITORY"}]]
  def application, do: [extra_applications: [:logger]]
end
"""
DEPENDENCY = """
defmodule Pocket.MixProject do
  use Mix.Project
  def project, do: [app: :pocket, version: "0.1.0"]
end
"""
POCKET = "defmodule Pocket do\n  def coins(text), do: :coin_lexer.string(text)\nend\n"
LEXER = "Definitions.\nRules.\n[0-9]+ : {token, TokenChars}.\n[\\s]+ : skip_token.\nErlang code.\n"


def run(argv: list[str], folder: Path) -> None:
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    environment = {**os.environ, **dict.fromkeys(names, "nobody"), "MIX_ENV": "test"}
    done = subprocess.run(
        argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def shop(cache: Path, tmp_path: Path) -> Path:
    """A project with a fetched dependency, which has a lexer that is generated beside its source."""
    repository = tmp_path / "repositories/pocket"
    write(repository / "mix.exs", DEPENDENCY)
    write(
        repository / "lib/pocket.ex",
        POCKET,
    )
    write(repository / "src/coin_lexer.xrl", LEXER)
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        run(["git", *argv], repository)
    folder = tmp_path / "shop"
    write(folder / "mix.exs", MIX_EXS.replace("REPOSITORY", str(repository)))
    write(folder / "lib/shop.ex", "defmodule Shop do\n  def pay(text), do: Pocket.coins(text)\nend\n")
    run(["mix", "deps.get"], folder)
    return folder


def opened(source: Path) -> dict[str, Any]:
    with Agent.start(Project.find(source)) as agent:
        return agent.open_project()


def private_builds(cache: Path) -> set[Path]:
    """Those of every project of this name: other tests of the session have one, too."""
    return set(cache.glob("builds/shop-*/*/build"))


def test_a_compiled_project_is_opened_without_compiling_and_without_a_trace(shop: Path, cache: Path) -> None:
    run(["mix", "compile"], shop)
    before, builds = snapshot(shop), private_builds(cache)
    manifest = (shop / "_build/test/lib/shop/.mix/compile.elixir").stat().st_mtime_ns
    reply = opened(shop / "lib/shop.ex")
    assert reply["modules"] == 1
    assert snapshot(shop) == before
    (build,) = private_builds(cache) - builds
    copied = (build / "lib/shop/.mix/compile.elixir").stat().st_mtime_ns
    assert copied == manifest, "the copy was compiled again"
    assert (build / "lib/pocket").is_symlink()


def test_a_change_of_the_users_is_compiled_into_the_copy_only(shop: Path) -> None:
    run(["mix", "compile"], shop)
    write(shop / "lib/shop/more.ex", "defmodule Shop.More do\n  def more, do: Pocket\nend\n")
    before = snapshot(shop)
    assert opened(shop / "lib/shop.ex")["modules"] == 2
    assert snapshot(shop) == before


def test_dependencies_that_were_never_compiled_are_compiled_privately(shop: Path) -> None:
    before = snapshot(shop)
    reply = opened(shop / "lib/shop.ex")
    assert reply["modules"] == 1
    assert snapshot(shop) == before
    assert opened(shop / "lib/shop.ex")["modules"] == 1


def test_a_grammar_of_the_projects_own_is_compiled_without_a_trace(shop: Path) -> None:
    write(shop / "src/shop_lexer.xrl", LEXER)
    before = snapshot(shop)
    assert opened(shop / "lib/shop.ex")["modules"] >= 1
    assert opened(shop / "lib/shop.ex")["modules"] >= 1
    assert snapshot(shop) == before


@pytest.mark.parametrize("app", ["catalog", "checkout"])
def test_an_application_of_an_umbrella_is_opened_without_a_trace(
    cache: Path, projects: ProjectCopies, app: str
) -> None:
    umbrella = projects.built("umbrella")
    before = snapshot(umbrella)
    source = next((umbrella / "apps" / app / "lib").rglob("*.ex"))
    assert opened(source)["app"] == app
    assert snapshot(umbrella) == before


def test_a_path_dependency_beside_the_project_is_found(cache: Path, projects: ProjectCopies) -> None:
    folder = projects.built("path_dependency", mix_root="app")
    before = snapshot(folder)
    source = next((folder / "app/lib").rglob("*.ex"))
    assert opened(source)["modules"] >= 1
    assert snapshot(folder) == before
