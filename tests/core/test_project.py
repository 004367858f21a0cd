"""Finding the project of a file, by reading files only."""

from __future__ import annotations

from pathlib import Path

import pytest

from testgen.errors import PathUnusable
from testgen.exit_code import ExitCode
from testgen.project import Project, ProjectKind


@pytest.fixture(autouse=True)
def without_mix_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MIX_DEPS_PATH", "MIX_BUILD_PATH"):
        monkeypatch.delenv(name, raising=False)


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def mix(folder: Path, app: str, *, options: str = "", deps: str = "") -> Path:
    text = f"""
    defmodule {app.title()}.MixProject do
      use Mix.Project
      def project, do: [app: :{app}, version: "0.1.0", {options} deps: deps()]
      defp deps, do: [{deps}]
    end
    """
    return write(folder / "mix.exs", text)


def test_a_file_of_a_plain_project_knows_its_root_application_and_paths(tmp_path: Path) -> None:
    mix(tmp_path, "shop")
    write(tmp_path / ".formatter.exs")
    source = write(tmp_path / "lib/shop/cart.ex")
    project = Project.find(source)
    assert (project.kind, project.root, project.app) == (ProjectKind.MIX, tmp_path, "shop")
    assert (project.top, project.umbrella_root) == (tmp_path, None)
    assert project.deps_path == tmp_path / "deps"
    assert project.build_path == tmp_path / "_build/test"
    assert project.source_relative == Path("lib/shop/cart.ex")


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("lib/my_app/cart.ex", "test/my_app/cart_test.exs"),
        ("lib/my_app.ex", "test/my_app_test.exs"),
        ("lib/my_app_web/live/page_live.ex", "test/my_app_web/live/page_live_test.exs"),
        ("web/page.ex", "test/web/page_test.exs"),
        ("test/support/factory.ex", "test/test/support/factory_test.exs"),
    ],
)
def test_the_test_file_mirrors_the_source_file(tmp_path: Path, source: str, test: str) -> None:
    mix(tmp_path, "my_app")
    assert Project.find(write(tmp_path / source)).test_path == tmp_path / test


def test_an_application_of_an_umbrella_is_opened_by_itself_with_the_umbrellas_paths(tmp_path: Path) -> None:
    mix(tmp_path, "umbrella", options='apps_path: "apps",')
    paths = 'build_path: "../../_build", deps_path: "../../deps",'
    mix(tmp_path / "apps/stock", "stock", options=paths)
    project = Project.find(write(tmp_path / "apps/stock/lib/stock/item.ex"))
    assert (project.root, project.umbrella_root, project.top) == (tmp_path / "apps/stock", tmp_path, tmp_path)
    assert project.app == "stock"
    assert (project.deps_path, project.build_path) == (tmp_path / "deps", tmp_path / "_build/test")
    assert project.test_path == tmp_path / "apps/stock/test/stock/item_test.exs"


def test_a_project_that_merely_lies_under_another_is_not_its_application(tmp_path: Path) -> None:
    mix(tmp_path, "outer", options='apps_path: "apps",')
    mix(tmp_path / "examples/inner", "inner")
    project = Project.find(write(tmp_path / "examples/inner/lib/inner.ex"))
    assert (project.umbrella_root, project.top) == (None, tmp_path / "examples/inner")


def test_what_mix_exs_says_in_a_comment_does_not_count(tmp_path: Path) -> None:
    mix(tmp_path, "shop", deps='# {:other, path: "../other"}\n')
    mix(tmp_path.parent / "other", "other")
    assert Project.find(write(tmp_path / "lib/a.ex")).path_dependencies == ()


def test_path_dependencies_outside_are_found_through_one_another(tmp_path: Path) -> None:
    mix(tmp_path / "app", "app", deps='{:weights, path: "../weights"}, {:inner, path: "vendor/inner"}')
    mix(tmp_path / "app/vendor/inner", "inner")
    mix(tmp_path / "weights", "weights", deps='{:units, path: "../units"}')
    mix(tmp_path / "units", "units", deps='{:weights, path: "../weights"}')
    project = Project.find(write(tmp_path / "app/lib/app.ex"))
    assert set(project.path_dependencies) == {tmp_path / "weights", tmp_path / "units"}


def test_an_own_build_folder_and_the_environment_are_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mix(tmp_path, "shop", options='build_path: "out", deps_path: "vendor",')
    source = write(tmp_path / "lib/a.ex")
    project = Project.find(source)
    assert (project.build_path, project.deps_path) == (tmp_path / "out/test", tmp_path / "vendor")
    monkeypatch.setenv("MIX_BUILD_PATH", str(tmp_path / "elsewhere"))
    assert Project.find(source).build_path == tmp_path / "elsewhere"


def test_an_application_name_that_is_computed_is_left_to_mix(tmp_path: Path) -> None:
    write(tmp_path / "mix.exs", "defmodule P do\n def project, do: [app: @app]\nend")
    assert Project.find(write(tmp_path / "lib/a.ex")).app is None


def test_a_file_outside_any_project_is_its_own(tmp_path: Path) -> None:
    source = write(tmp_path / "roman.ex")
    project = Project.find(source)
    assert (project.kind, project.root, project.deps_path) == (ProjectKind.FILE, tmp_path, None)
    assert project.test_path == tmp_path / "roman_test.exs"


def test_a_link_to_a_folder_is_followed_but_a_file_keeps_its_name(tmp_path: Path) -> None:
    mix(tmp_path / "real", "shop")
    write(tmp_path / "real/lib/a.ex")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Project.find(tmp_path / "link/lib/a.ex").source == tmp_path / "real/lib/a.ex"


@pytest.mark.parametrize(
    ("name", "said", "step"),
    [
        ("lib/shop/crat.ex", "does not exist", "Did you mean"),
        ("lib/nowhere/x.ex", "does not exist", "Give the path"),
        ("lib", "is a directory", "Give one file"),
        (".", "is a directory", "for example"),
        ("README.md", "is not an Elixir source file", "Give the path"),
        ("a\0b.ex", "", "Give the path"),
    ],
)
def test_a_path_that_cannot_be_used_says_so_with_what_to_do(
    tmp_path: Path, name: str, said: str, step: str
) -> None:
    mix(tmp_path, "shop")
    write(tmp_path / "lib/shop/cart.ex")
    write(tmp_path / "README.md")
    with pytest.raises(PathUnusable) as caught:
        Project.find(tmp_path / name)
    assert said in caught.value.message
    assert step in caught.value.next_step
    assert caught.value.exit_code is ExitCode.USAGE
