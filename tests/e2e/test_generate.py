"""`testgen generate` on fixture projects, from the command line to the suite that the user finds.

One copy of a project serves all its modules: what is checked per suite (formatted, five seeds, no warning) is
checked for all of them in one call of Mix. All of `plain` and `processes` takes minutes and is marked so.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from testgen.exit_code import ExitCode
from tests.command_line import CommandLine, run_process
from tests.e2e.delivered import assert_deliverable, names_of_tests, removed_lines
from tests.e2e.refusals import untouched
from tests.project_copies import PROJECTS, ProjectCopies

pytestmark = pytest.mark.usefixtures("nothing_left_running")

SAMPLE = ("headline", "frame", "address", "account")
"""Modules of `plain` for the default run: strings, binaries, structs, errors."""

STATEFUL = ("basket", "feature")


def _modules(project: str) -> list[str]:
    """Names of the modules under `lib` that have something to test."""
    folder = PROJECTS / project / "lib" / project
    return sorted(path.stem for path in folder.glob("*.ex") if path.stem not in {"application", "units"})


def _generate_anew(project: str, names: list[str], testgen: CommandLine, projects: ProjectCopies) -> Path:
    """Generates suites for modules whose own were taken away; gives the project's root."""
    root = projects.built(project)
    suites = [root / "test" / project / f"{name}_test.exs" for name in names]
    for suite in suites:
        suite.unlink(missing_ok=True)
    for name, suite in zip(names, suites, strict=True):
        with untouched(root, without=(str(suite.relative_to(root)),)):
            run = testgen("generate", f"lib/{project}/{name}.ex", cwd=root)
        assert run.exit_code == ExitCode.OK, run.output
        assert suite.is_file(), run.output
    assert_deliverable(root, *suites)
    return root


def test_suites_for_plain_modules_are_deliverable(testgen: CommandLine, projects: ProjectCopies) -> None:
    _generate_anew("plain", list(SAMPLE), testgen, projects)


def test_suites_for_stateful_modules_are_deliverable(testgen: CommandLine, projects: ProjectCopies) -> None:
    _generate_anew("processes", list(STATEFUL), testgen, projects)


def test_what_the_code_is_given_by_its_caller_the_test_brings(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = _generate_anew("plain", ["line_counts", "notifier"], testgen, projects)
    files = (root / "test/plain/line_counts_test.exs").read_text()
    assert "@tag :tmp_dir" in files
    assert "File.write!(path, " in files
    modules = (root / "test/plain/notifier_test.exs").read_text()
    assert "defmodule Failing do" in modules
    assert "assert_receive {:deliver, " in modules


def test_a_process_is_filled_started_by_name_and_asked_no_more_than_needed(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = _generate_anew("processes", ["recently_used"], testgen, projects)
    suite = (root / "test/processes/recently_used_test.exs").read_text()
    assert "start_supervised!({RecentlyUsed, name: :recently_used})" in suite
    assert suite.count("RecentlyUsed.put(") >= 4
    assert "catch_exit" not in suite


@pytest.mark.longest
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("project", ["plain", "processes"])
def test_suites_for_all_modules_are_deliverable(
    project: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    _generate_anew(project, _modules(project), testgen, projects)


@pytest.mark.parametrize(
    "name",
    [
        "hang_when_mutated",
        pytest.param("memory_bomb_when_mutated", marks=pytest.mark.longest),
        "leaks_processes",
        "unsteady",
    ],
)
def test_suites_for_hostile_modules_are_deliverable(
    name: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    _generate_anew("hostile", [name], testgen, projects)


def test_a_dangerous_module_is_tested_without_danger(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = _generate_anew("hostile", ["dangerous"], testgen, projects)
    suite = (root / "test/hostile/dangerous_test.exs").read_text()
    assert "entry(" in suite
    for call in ("shut_down(", "wipe(", "run("):
        assert call not in suite


def test_several_modules_of_a_file_are_all_tested(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = _generate_anew("odd", ["several_modules"], testgen, projects)
    suite = (root / "test/odd/several_modules_test.exs").read_text()
    for function in ("Circle.area(", "Square.area(", "Corner.right("):
        assert function in suite


@pytest.mark.parametrize("name", ["crlf", "operators"])
def test_odd_files_get_a_suite_like_any_other(
    name: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    _generate_anew("odd", [name], testgen, projects)


def test_additions_change_no_line_that_is_there(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    suite = root / "test/plain/discount_test.exs"
    before = suite.read_text()
    with untouched(root, without=("test/plain/discount_test.exs",)):
        run = testgen("generate", "lib/plain/discount.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    after = suite.read_text()
    names = names_of_tests(after)
    assert removed_lines(before, after) == []
    assert len(names) > len(names_of_tests(before))
    assert len(set(names)) == len(names)
    assert_deliverable(root, suite)


def test_a_second_run_adds_nothing_to_what_the_first_one_wrote(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    suite = root / "test/plain/discount_test.exs"
    testgen("generate", "lib/plain/discount.ex", cwd=root)
    with untouched(root):
        run = testgen("generate", "lib/plain/discount.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, suite)


def test_diff_shows_what_would_be_written_and_writes_nothing(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    with untouched(root):
        run = testgen("generate", "lib/plain/discount.ex", "--diff", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert run.stdout.startswith("--- "), run.output

    (root / "changes.patch").write_text(run.stdout)
    applied = run_process(["git", "apply", "changes.patch"], cwd=root)
    assert applied.exit_code == 0, applied.output
    assert_deliverable(root, root / "test/plain/discount_test.exs")


def test_stdout_holds_the_suite_and_nothing_else(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    with untouched(root):
        run = testgen("generate", "lib/plain/parcel.ex", "--stdout", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    suite = root / "test/plain/parcel_test.exs"
    suite.write_text(run.stdout)
    assert_deliverable(root, suite)


NAMESAKE = """
defmodule Shop.Module do
  def concat(parts), do: Enum.map_join(parts, ".", &String.capitalize/1)
end
"""


def test_a_module_named_as_one_of_the_language_is_no_module_of_the_language(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    (root / "lib/shop/module.ex").write_text(NAMESAKE)
    run = testgen("generate", "lib/shop/module.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    suite = root / "test/shop/module_test.exs"
    assert "assert Module.concat(" in suite.read_text()
    assert_deliverable(root, suite)


def test_output_names_another_file(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    with untouched(root, without=("test/shop/more_test.exs",)):
        run = testgen("generate", "lib/shop/cart.ex", "--output", "test/shop/more_test.exs", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, root / "test/shop/more_test.exs")


def test_two_vms_give_a_suite_that_is_as_good(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    suite = root / "test/shop/cart_test.exs"
    suite.unlink()
    alone = testgen("generate", "lib/shop/cart.ex", "--json", "--stdout", cwd=root)
    with untouched(root, without=("test/shop/cart_test.exs",)):
        run = testgen("generate", "lib/shop/cart.ex", "--jobs", "2", "--json", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    told, told_alone = json.loads(run.stdout), json.loads(alone.stdout)
    assert told["text"] == suite.read_text()
    assert told["mutants"]["total"] == told_alone["mutants"]["total"]
    # Which inputs are drawn follows from how the work was shared out: a mutant or two may go either way.
    assert told["mutants"]["killed"] >= told_alone["mutants"]["killed"] - 2
    assert_deliverable(root, suite)


def test_append_adds_to_a_suite_that_exists(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    suite = root / "test/plain/discount_test.exs"
    before = suite.read_text()
    with untouched(root, without=("test/plain/discount_test.exs",)):
        run = testgen("generate", "lib/plain/discount.ex", "--append", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert "added to test/plain/discount_test.exs" in run.stderr
    assert removed_lines(before, suite.read_text()) == []
    assert len(names_of_tests(suite.read_text())) > len(names_of_tests(before))
    assert_deliverable(root, suite)


def test_append_without_a_suite_is_refused_before_anything_is_run(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    (root / "test/shop/cart_test.exs").unlink()
    with untouched(root):
        run = testgen("generate", "lib/shop/cart.ex", "--append", cwd=root)
    assert run.exit_code == ExitCode.USAGE, run.output
    assert "test/shop/cart_test.exs does not exist, so there is nothing to append to" in run.stderr
    assert "Leave out `--append`" in run.stderr
    assert "starting Elixir" not in run.stderr


def test_only_the_functions_asked_for_are_called(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    run = testgen("generate", "lib/plain/parcel.ex", "--function", "stack/1", "--stdout", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert "stack(" in run.stdout
    assert "postage(" not in run.stdout


def test_a_function_that_is_not_there_is_named(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    with untouched(root):
        run = testgen("generate", "lib/plain/parcel.ex", "--function", "stak/1", cwd=root)
    assert run.exit_code == ExitCode.USAGE, run.output
    assert "stak/1" in run.stderr


def test_json_reports_tests_oracles_and_survivors(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    (root / "test/shop/cart_test.exs").unlink()
    run = testgen("generate", "lib/shop/cart.ex", "--json", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    report = json.loads(run.stdout)
    assert report["tests"], report
    assert {test["oracle"] for test in report["tests"]} <= {"doctest", "spec", "law", "observed"}


def test_piped_progress_is_plain_lines(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    run = testgen("generate", "lib/shop/cart.ex", "--diff", cwd=root)
    assert "\x1b" not in run.stdout + run.stderr
    assert "\r" not in run.stderr
    assert "mutants" in run.stderr


def test_an_application_of_an_umbrella(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("umbrella")
    suite = Path("apps/checkout/test/checkout/order_test.exs")
    (root / suite).unlink()
    with untouched(root, without=(str(suite),)):
        run = testgen("generate", "apps/checkout/lib/checkout/order.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root / "apps/checkout", root / suite)


def test_a_path_dependency_outside_the_project(testgen: CommandLine, projects: ProjectCopies) -> None:
    both = projects.built("path_dependency", mix_root="app")
    root = both / "app"
    suite = root / "test/freight/load_test.exs"
    suite.unlink()
    with untouched(both, without=("app/test/freight/load_test.exs",)):
        run = testgen("generate", "lib/freight/load.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, suite)


def test_a_dependency_fetched_by_git(testgen: CommandLine, projects: ProjectCopies, tmp_path: Path) -> None:
    root = _with_fetched_dependency(projects.fresh("path_dependency"))
    suite = root / "test/freight/load_test.exs"
    suite.unlink()
    with untouched(root, without=("test/freight/load_test.exs",)):
        run = testgen("generate", "lib/freight/load.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, suite)


def _with_fetched_dependency(both: Path) -> Path:
    """The application with `weights` as a git dependency in `deps`, locked, fetched and compiled."""
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(both / "weights")]
    for args in (["init", "-q"], ["add", "."], ["commit", "-qm", "weights"]):
        assert run_process([*git, *args], cwd=both).exit_code == 0
    root = both / "app"
    mix = root / "mix.exs"
    mix.write_text(mix.read_text().replace('path: "../weights"', f'git: "file://{both}/weights"'))
    for task in (["deps.get"], ["test"]):
        done = run_process(["mix", *task], cwd=root)
        assert done.exit_code == 0, done.output
    shutil.rmtree(both / "weights")
    return root


def test_a_project_that_was_never_compiled(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.fresh("cart")
    (root / "test/shop/cart_test.exs").unlink()
    run = testgen("generate", "lib/shop/cart.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert not (root / "_build").exists()
    assert_deliverable(root, root / "test/shop/cart_test.exs")


def test_a_project_without_a_test_folder(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    shutil.rmtree(root / "test")
    run = testgen("generate", "lib/shop/cart.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert (root / "test/shop/cart_test.exs").is_file()
    assert_deliverable(root, root / "test/shop/cart_test.exs")


def test_an_application_that_cannot_start_is_no_obstacle(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("application_does_not_start")
    (root / "test/backend_test.exs").unlink()
    run = testgen("generate", "lib/backend.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, root / "test/backend_test.exs")


@pytest.mark.parametrize("name", ["alone", "spawns_when_loaded", "prints_when_loaded"])
def test_a_single_file_outside_a_project(name: str, testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.fresh("files")
    suite = root / f"{name}_test.exs"
    with untouched(root, without=(suite.name,)):
        run = testgen("generate", f"{name}.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    formatted = run_process(["mix", "format", "--check-formatted", suite.name], cwd=root)
    assert formatted.exit_code == 0, formatted.output
    assert testgen("score", f"{name}.ex", "--min-score", "1", cwd=root).exit_code == ExitCode.OK
    if name != "spawns_when_loaded":  # outside a sandbox, what it leaves running would hold this test up
        script = ["elixir", "-r", f"{name}.ex", "-e", "ExUnit.start()", "-r", suite.name]
        tests = run_process(script, cwd=root)
        assert tests.exit_code == 0, tests.output
        assert "0 failures" in tests.stdout, tests.output


def _module_of(lines: int) -> str:
    """Source of a module of about so many lines: many small functions over numbers and lists."""
    functions = []
    for number in range(lines // 8):
        functions.append(
            f"""
  @doc "Part {number} of the tariff."
  @spec tariff_{number}(integer()) :: integer()
  def tariff_{number}(amount) when amount > {number}, do: amount * {number % 7 + 2} - {number}

  def tariff_{number}(amount) do
    if rem(amount, {number % 5 + 2}) == 0, do: amount + {number}, else: -amount
  end
"""
        )
    return f'defmodule Shop.Tariffs do\n  @moduledoc "A long list of tariffs."\n{"".join(functions)}end\n'


@pytest.mark.longest
@pytest.mark.timeout(900)
def test_a_file_of_five_thousand_lines(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    (root / "lib/shop/tariffs.ex").write_text(_module_of(5_000))
    run = testgen("generate", "lib/shop/tariffs.ex", "--budget", "120", cwd=root, timeout_s=600)
    assert run.exit_code == ExitCode.OK, run.output
    suite = root / "test/shop/tariffs_test.exs"
    assert len(names_of_tests(suite.read_text())) >= 50
    run_process(["mix", "format"], cwd=root)
    assert_deliverable(root, suite)
