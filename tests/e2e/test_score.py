"""`testgen score` on fixture projects: verdicts, reports, exit statuses, cache, samples, several VMs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from testgen.exit_code import ExitCode
from tests.command_line import CommandLine, Finished, run_process
from tests.e2e.refusals import assert_refused, untouched
from tests.project_copies import ProjectCopies

pytestmark = pytest.mark.usefixtures("nothing_left_running")


def _report(run: Finished) -> dict[str, Any]:
    """The report of a run with `--json -`."""
    assert run.exit_code == ExitCode.OK, run.output
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def _mutants(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [mutant for file in report["files"].values() for mutant in file["mutants"]]


def _verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {mutant["id"]: mutant["status"] for mutant in _mutants(report)}


def test_a_decent_suite_scores_well_and_changes_nothing(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    with untouched(root):
        report = _report(testgen("score", "lib/shop/cart.ex", "--json", "-", cwd=root))
    assert report["config"]["score"] > 0.85
    assert list(report["files"]) == ["lib/shop/cart.ex"]
    tests = {test["id"] for file in report["testFiles"].values() for test in file["tests"]}
    killed = [mutant for mutant in _mutants(report) if mutant["status"] == "Killed"]
    assert killed
    assert all(mutant["killedBy"] and set(mutant["killedBy"]) <= tests for mutant in killed)


def test_the_text_of_every_mutant_is_where_the_report_says(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    report = _report(testgen("score", "lib/shop/cart.ex", "--json", "-", cwd=root))
    source = (root / "lib/shop/cart.ex").read_text()
    assert report["files"]["lib/shop/cart.ex"]["source"] == source
    comparison = [
        mutant for mutant in _mutants(report) if mutant["replacement"].endswith("> @free_shipping_from")
    ]
    assert comparison
    line = source.splitlines()[comparison[0]["location"]["start"]["line"] - 1]
    assert "subtotal >= @free_shipping_from" in line


def test_a_weak_suite_scores_badly_and_survivors_are_shown(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    run = testgen("score", "lib/plain/discount.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert "lib/plain/discount.ex:7" in run.stdout
    assert "+  def price" in run.stdout or "+ " in run.stdout


@pytest.mark.parametrize(("least", "exit_code"), [("5", ExitCode.OK), ("90", ExitCode.BELOW_MIN_SCORE)])
def test_a_score_below_the_one_asked_for_has_a_status_of_its_own(
    least: str, exit_code: ExitCode, testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    run = testgen("score", "lib/plain/discount.ex", "--min-score", least, cwd=root)
    assert run.exit_code == exit_code, run.output


def test_html_is_one_page_with_the_report_in_it(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    with untouched(root, without=("report.html",)):
        run = testgen("score", "lib/shop/cart.ex", "--html", "report.html", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    page = (root / "report.html").read_text()
    assert "<mutation-test-report-app" in page
    assert "defmodule Shop.Cart do" in page
    assert 'src="http' not in page


def test_a_second_run_takes_its_verdicts_from_the_cache(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    first = _report(testgen("score", "lib/plain/pages.ex", "--json", "-", cwd=root))
    second = _report(testgen("score", "lib/plain/pages.ex", "--json", "-", cwd=root))
    assert first["config"]["fromCache"] == 0
    assert second["config"]["fromCache"] > 0
    assert _verdicts(first) == _verdicts(second)

    suite = root / "test/plain/pages_test.exs"
    suite.write_text(suite.read_text().replace("assert Pages.count([]) == 1", "Pages.count([])"))
    changed = _report(testgen("score", "lib/plain/pages.ex", "--json", "-", cwd=root))
    assert changed["config"]["fromCache"] == 0
    assert changed["config"]["score"] <= first["config"]["score"]


def test_two_vms_find_what_one_finds(testgen: CommandLine, projects: ProjectCopies) -> None:
    """A suite so slow that a second VM is worth its start."""
    root = projects.built("plain")
    suite = root / "test/plain/rental_test.exs"
    slow = "  setup do\n    Process.sleep(200)\n  end\n"
    suite.write_text(suite.read_text().replace("  alias Plain.Rental\n", f"  alias Plain.Rental\n\n{slow}"))
    options = ("score", "lib/plain/rental.ex", "--no-cache", "--json", "-")
    alone = _report(testgen(*options, cwd=root))
    together = _report(testgen(*options, "--jobs", "2", cwd=root))
    assert together["config"]["vms"] <= 2  # another is opened only where it can save time
    assert _verdicts(alone) == _verdicts(together)


def test_a_sample_is_a_part_with_the_same_verdicts(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    whole = _verdicts(_report(testgen("score", "lib/plain/rental.ex", "--json", "-", cwd=root)))
    report = _report(testgen("score", "lib/plain/rental.ex", "--sample", "12", "--json", "-", cwd=root))
    sampled = {key: status for key, status in _verdicts(report).items() if status != "Ignored"}
    assert len(sampled) == 12
    assert sampled.items() <= whole.items()


def test_only_changed_lines_are_mutated(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    (root / ".gitignore").write_text("_build\n")
    for args in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
        assert run_process([*git, *args], cwd=root).exit_code == 0
    source = root / "lib/plain/discount.ex"
    source.write_text(source.read_text().replace("orders > 50", "orders > 60"))

    report = _report(testgen("score", "lib/plain/discount.ex", "--changed", "HEAD", "--json", "-", cwd=root))
    lines = {
        mutant["location"]["start"]["line"] for mutant in _mutants(report) if mutant["status"] != "Ignored"
    }
    changed = source.read_text().splitlines().index("      years >= 5 or orders > 60 -> :gold") + 1
    assert lines == {changed}


def test_an_unknown_commit_is_named(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("plain")
    run_process(["git", "init", "-q"], cwd=root)
    run = testgen("score", "lib/plain/discount.ex", "--changed", "no-such-commit", cwd=root)
    assert_refused(run, ExitCode.USAGE)
    assert "no-such-commit" in run.stderr


def test_mutants_that_hang_time_out_and_cost_little(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("hostile")
    begin = time.monotonic()
    report = _report(testgen("score", "lib/hostile/hang_when_mutated.ex", "--json", "-", cwd=root))
    assert time.monotonic() - begin < 60
    assert "Timeout" in _verdicts(report).values()


def test_mutants_that_fill_the_memory_are_ended(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("hostile")
    report = _report(testgen("score", "lib/hostile/memory_bomb_when_mutated.ex", "--json", "-", cwd=root))
    assert set(_verdicts(report).values()) & {"Killed", "Timeout"}
    assert report["config"]["score"] > 0.7


def test_what_a_mutant_leaves_behind_does_not_kill_the_next(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    """`background/0` may sleep shorter or longer without any test noticing: only a leak would kill that."""
    root = projects.built("hostile")
    report = _report(
        testgen("score", "lib/hostile/leaks_processes.ex", "--no-cache", "--json", "-", cwd=root)
    )
    source = (root / "lib/hostile/leaks_processes.ex").read_text().splitlines()
    spin = next(number for number, line in enumerate(source, 1) if "spin(turns + 1)" in line)
    unseen = [m["status"] for m in _mutants(report) if m["location"]["start"]["line"] >= spin - 1]
    assert unseen
    assert set(unseen) <= {"Survived", "NoCoverage", "Ignored"}


def test_an_operator_of_the_projects_own_is_used(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("custom_operator")
    report = _report(testgen("score", "lib/invoice.ex", "--json", "-", cwd=root))
    own = {m["replacement"]: m["status"] for m in _mutants(report) if m["mutatorName"] == "invoice.rounding"}
    assert own["Rounding.half_even(cents * rate, 1000)"] == "Killed"
    assert own["Rounding.half_up(cents, parts)"] == "Survived"


def test_an_application_of_an_umbrella(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("umbrella")
    with untouched(root):
        from_top = _report(testgen("score", "apps/checkout/lib/checkout/order.ex", "--json", "-", cwd=root))
        inside = _report(testgen("score", "lib/checkout/order.ex", "--json", "-", cwd=root / "apps/checkout"))
    assert from_top["config"]["score"] > 0.8
    assert _verdicts(from_top) == _verdicts(inside)


def test_a_path_dependency_outside_the_project(testgen: CommandLine, projects: ProjectCopies) -> None:
    both = projects.built("path_dependency", mix_root="app")
    with untouched(both):
        report = _report(testgen("score", "lib/freight/load.ex", "--json", "-", cwd=both / "app"))
    assert report["config"]["score"] > 0.5


def test_a_project_that_was_never_compiled_stays_so(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.fresh("cart")
    with untouched(root):
        report = _report(testgen("score", "lib/shop/cart.ex", "--json", "-", cwd=root))
    assert report["config"]["score"] > 0.85


def test_several_modules_of_a_file_are_all_mutated(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("odd")
    report = _report(testgen("score", "lib/odd/several_modules.ex", "--json", "-", cwd=root))
    lines = {mutant["location"]["start"]["line"] for mutant in _mutants(report)}
    source = (root / "lib/odd/several_modules.ex").read_text().splitlines()
    for code in ("radius * radius", "x + by", "side * side"):
        assert next(number for number, line in enumerate(source, 1) if code in line) in lines


def test_a_module_without_a_suite_is_told_how_to_get_one(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    run = testgen("score", "lib/plain/parcel.ex", cwd=root)
    assert run.exit_code not in (ExitCode.OK, ExitCode.AGENT_FAILED), run.output
    assert "testgen generate lib/plain/parcel.ex" in run.stderr


def test_a_project_with_several_files_scores_with_tests_named(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("plain")
    both = ("test/plain/tax_test.exs", "test/plain/shop_test.exs")
    one = _report(testgen("score", "lib/plain/tax.ex", both[1], "--json", "-", cwd=root))
    two = _report(testgen("score", "lib/plain/tax.ex", *both, "--json", "-", cwd=root))
    assert set(two["testFiles"]) == set(both)
    assert one["config"]["score"] < two["config"]["score"]


@pytest.mark.parametrize("name", ["parking", "visits", "cache", "feature", "room"])
def test_stateful_modules_are_scored_steadily(
    name: str, testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("processes")
    options = ("score", f"lib/processes/{name}.ex", "--no-cache", "--json", "-")
    first, second = (_verdicts(_report(testgen(*options, cwd=root))) for _ in range(2))
    assert first == second


def test_the_file_of_a_report_may_be_anywhere(
    testgen: CommandLine, projects: ProjectCopies, tmp_path: Path
) -> None:
    root = projects.built("cart")
    target = tmp_path / "elsewhere.json"
    with untouched(root):
        run = testgen("score", "lib/shop/cart.ex", "--json", str(target), cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert json.loads(target.read_text())["files"]
    assert "%" in run.stdout
