"""Input that cannot work: a clear message with the next step, an exit status of its own, nothing changed.

Every case runs through both commands, which share how they open a project.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from testgen.exit_code import ExitCode
from testgen.project import Project
from tests.command_line import CommandLine
from tests.e2e.refusals import assert_refused, untouched
from tests.project_copies import PROJECTS, ProjectCopies

COMMANDS = ("generate", "score")
pytestmark = pytest.mark.usefixtures("nothing_left_running")


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A path that a command must refuse."""

    prepare: Callable[[ProjectCopies], tuple[Path, str]]
    """Makes the project; gives the working directory and the path for the command."""
    exit_code: ExitCode
    phrases: tuple[str, ...]
    """What the message says, each once."""


def _within(project: str, path: str) -> Callable[[ProjectCopies], tuple[Path, str]]:
    return lambda projects: (projects.built(project), path)


def _dropped_in(file: str) -> Callable[[ProjectCopies], tuple[Path, str]]:
    """A file of `files` as `lib/FILE` of a project that is fine otherwise."""

    def prepare(projects: ProjectCopies) -> tuple[Path, str]:
        root = projects.built("cart")
        shutil.copy(PROJECTS / "files" / file, root / "lib" / file)
        return root, f"lib/{file}"

    return prepare


def _alone(file: str) -> Callable[[ProjectCopies], tuple[Path, str]]:
    """A file of `files` outside any project."""
    return lambda projects: (projects.fresh("files"), file)


def _neighbour_broken(projects: ProjectCopies) -> tuple[Path, str]:
    root, _ = _dropped_in("does_not_compile.ex")(projects)
    return root, "lib/shop/cart.ex"


def _broken_mix_file(projects: ProjectCopies) -> tuple[Path, str]:
    root = projects.built("cart")
    (root / "mix.exs").write_text(
        "defmodule Shop.MixProject do\n  use Mix.Project\n  def project, do: [app: \nend\n"
    )
    return root, "lib/shop/cart.ex"


def _broken_settings(projects: ProjectCopies) -> tuple[Path, str]:
    root = projects.built("cart")
    (root / ".testgen.toml").write_text("[mutation]\noperator = []\n")
    return root, "lib/shop/cart.ex"


def _misspelt(projects: ProjectCopies) -> tuple[Path, str]:
    return projects.built("cart"), "lib/shop/crat.ex"


CASES = {
    "does_not_parse": Case(
        prepare=_dropped_in("does_not_parse.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("lib/does_not_parse.ex:4", "missing terminator"),
    ),
    "does_not_parse_alone": Case(
        prepare=_alone("does_not_parse.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("does_not_parse.ex:4", "missing terminator"),
    ),
    "does_not_compile": Case(
        prepare=_dropped_in("does_not_compile.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("undefined function numbr/0",),
    ),
    "does_not_compile_alone": Case(
        prepare=_alone("does_not_compile.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("undefined function numbr/0",),
    ),
    "another_file_does_not_compile": Case(
        prepare=_neighbour_broken,
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("undefined function numbr/0", "lib/does_not_compile.ex:3"),
    ),
    "no_module": Case(
        prepare=_within("odd", "lib/odd/no_module.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("no module",),
    ),
    "no_module_alone": Case(
        prepare=_alone("no_module.ex"), exit_code=ExitCode.SOURCE_INVALID, phrases=("no module",)
    ),
    "empty_file": Case(prepare=_alone("empty.ex"), exit_code=ExitCode.SOURCE_INVALID, phrases=("no module",)),
    "not_utf8": Case(prepare=_dropped_in("latin1.ex"), exit_code=ExitCode.SOURCE_INVALID, phrases=("iconv",)),
    "not_utf8_alone": Case(
        prepare=_alone("latin1.ex"), exit_code=ExitCode.SOURCE_INVALID, phrases=("iconv",)
    ),
    "byte_order_mark": Case(
        prepare=_alone("bom.ex"), exit_code=ExitCode.SOURCE_INVALID, phrases=("byte order mark",)
    ),
    "halts_when_loaded": Case(
        prepare=_dropped_in("halts_when_loaded.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("halts_when_loaded.ex",),
    ),
    "halts_when_loaded_alone": Case(
        prepare=_alone("halts_when_loaded.ex"),
        exit_code=ExitCode.SOURCE_INVALID,
        phrases=("halts_when_loaded.ex",),
    ),
    "missing_dependency": Case(
        prepare=lambda projects: (projects.fresh("missing_dependency"), "lib/reader.ex"),
        exit_code=ExitCode.PROJECT_INVALID,
        phrases=("* no_such_parser",),
    ),
    "broken_mix_file": Case(
        prepare=_broken_mix_file, exit_code=ExitCode.PROJECT_INVALID, phrases=("mix.exs",)
    ),
    "broken_settings": Case(
        prepare=_broken_settings, exit_code=ExitCode.PROJECT_INVALID, phrases=("mutation.operator`",)
    ),
    "missing_file": Case(
        prepare=_misspelt, exit_code=ExitCode.USAGE, phrases=("lib/shop/crat.ex does not exist", "cart.ex?")
    ),
    "directory": Case(
        prepare=_within("cart", "lib"), exit_code=ExitCode.USAGE, phrases=("lib is a directory",)
    ),
    "not_elixir": Case(
        prepare=_within("cart", "README.md"),
        exit_code=ExitCode.USAGE,
        phrases=("README.md is not an Elixir",),
    ),
}

NOTHING_TO_TEST = {
    "only_macros": "macros",
    "only_protocol": "protocol",
    "only_behaviour": "behaviour",
    "nothing_testable": "public function",
}


def _give_suite(source: Path) -> None:
    """A suite where `score` looks for one, so that the source is what it stumbles over."""
    suite = Project.find(source).test_path
    suite.parent.mkdir(parents=True, exist_ok=True)
    if not suite.exists():
        suite.write_text(
            'defmodule AnySuiteTest do\n  use ExUnit.Case\n  test "any", do: assert(true)\nend\n'
        )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_a_reason(
    command: str, name: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    case = CASES[name]
    root, path = case.prepare(projects)
    if command == "score" and case.exit_code != ExitCode.USAGE:
        _give_suite(root / path)
    with untouched(root):
        run = testgen(command, path, cwd=root)
    assert_refused(run, case.exit_code, *case.phrases)


@pytest.mark.parametrize("name", NOTHING_TO_TEST)
def test_a_module_without_anything_to_test_is_named(
    name: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("odd")
    with untouched(root):
        run = testgen("generate", f"lib/odd/{name}.ex", cwd=root)
    assert_refused(run, ExitCode.NOTHING_TESTABLE)
    assert NOTHING_TO_TEST[name] in run.stderr


@pytest.mark.longest
@pytest.mark.parametrize("command", COMMANDS)
def test_a_module_that_loops_while_it_is_loaded_is_given_up(
    command: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    root, path = _alone("loops_when_loaded.ex")(projects)
    _give_suite(root / path)
    with untouched(root):
        run = testgen(command, path, cwd=root)
    assert_refused(run, ExitCode.SOURCE_INVALID, "loops_when_loaded.ex")


def test_a_test_file_with_a_syntax_error_is_named_and_kept(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    suite = root / "test/shop/cart_test.exs"
    suite.write_text(suite.read_text() + "end\n")
    with untouched(root):
        generated = testgen("generate", "lib/shop/cart.ex", cwd=root)
        scored = testgen("score", "lib/shop/cart.ex", cwd=root)
    for run in (generated, scored):
        assert_refused(run, ExitCode.BASELINE_FAILED)
        assert "test/shop/cart_test.exs" in run.stderr


def test_a_suite_that_fails_already_cannot_be_scored(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("already_failing")
    with untouched(root):
        run = testgen("score", "lib/wrong.ex", cwd=root)
    assert_refused(run, ExitCode.BASELINE_FAILED)
    assert "counts all vowels" in run.stderr


def test_a_failing_suite_elsewhere_does_not_matter(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("already_failing")
    assert testgen("score", "lib/right.ex", cwd=root).exit_code == ExitCode.OK


def test_a_missing_test_file_is_named(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    run = testgen("score", "lib/shop/cart.ex", "test/shop/crat_test.exs", cwd=root)
    assert_refused(run, ExitCode.USAGE, "test/shop/crat_test.exs")


def test_a_test_file_outside_the_project_is_named(
    testgen: CommandLine, projects: ProjectCopies, tmp_path: Path
) -> None:
    root = projects.built("cart")
    elsewhere = tmp_path / "cart_test.exs"
    shutil.copy(root / "test/shop/cart_test.exs", elsewhere)
    run = testgen("score", "lib/shop/cart.ex", elsewhere, cwd=root)
    assert_refused(run, ExitCode.USAGE)
    assert str(elsewhere) in run.stderr
    assert "outside the project" in run.stderr


def test_a_source_file_outside_the_working_directory_belongs_to_its_own_project(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    here, there = projects.built("already_failing"), projects.built("cart")
    with untouched(here, there):
        run = testgen("score", "../cart/lib/shop/cart.ex", cwd=here)
    assert run.exit_code == ExitCode.OK, run.output


@pytest.mark.parametrize("command", COMMANDS)
def test_without_elixir_the_message_says_how_to_get_it(
    command: str, testgen: CommandLine, projects: ProjectCopies, tmp_path: Path
) -> None:
    root = projects.built("cart")
    empty = tmp_path / "empty"
    empty.mkdir()
    run = testgen(command, "lib/shop/cart.ex", cwd=root, env={"PATH": str(empty)})
    assert_refused(run, ExitCode.TOOLCHAIN)
    assert "elixir" in run.stderr.lower()


@pytest.mark.parametrize("command", COMMANDS)
def test_an_elixir_that_is_too_old_is_told_apart(
    command: str, testgen: CommandLine, projects: ProjectCopies, tmp_path: Path, elixir: Path
) -> None:
    """An installation whose version is old: Elixir's own files, with another number where it keeps it."""
    root = projects.built("cart")
    run = testgen(command, "lib/shop/cart.ex", cwd=root, env=_old_elixir(elixir, tmp_path))
    assert_refused(run, ExitCode.TOOLCHAIN)
    assert "1.9.4" in run.stderr
    assert "1.14" in run.stderr


def _old_elixir(elixir: Path, folder: Path) -> dict[str, str]:
    """A copy of the installed Elixir that says that it is 1.9.4, first on the path."""
    home = elixir.resolve().parent.parent
    copy = folder / "elixir-1.9.4"
    (copy / "lib").mkdir(parents=True)
    shutil.copytree(home / "bin", copy / "bin")
    for library in (home / "lib").iterdir():
        (copy / "lib" / library.name).symlink_to(library)
    (copy / "lib/elixir").unlink()
    shutil.copytree(home / "lib/elixir", copy / "lib/elixir", symlinks=True)
    app = copy / "lib/elixir/ebin/elixir.app"
    version = next(line for line in app.read_text().splitlines() if "vsn" in line)
    app.write_text(app.read_text().replace(version, '  {vsn, "1.9.4"},'))
    return {"PATH": f"{copy / 'bin'}{os.pathsep}{os.environ['PATH']}"}
