"""`--engine muzak` through real Mix.

Muzak cannot come with this repository, so that most tests use a package of the same name whose task prints
what they need in Muzak's format; where TESTGEN_STOCK_MUZAK_DIR names a checkout of Muzak as published, it
runs too.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from testgen.exit_code import ExitCode
from tests.command_line import CommandLine
from tests.core.scoring.elixir_project import write_project

pytestmark = pytest.mark.usefixtures("nothing_left_running")

SHOP = """
defmodule Shop do
  def total(a, b), do: a + b + 10
  def free?(price), do: price <= 20
end
"""
SUITE = """
defmodule ShopTest do
  use ExUnit.Case
  test "totals", do: assert Shop.total(1, 2) == 13
end
"""
PACKAGE = """
defmodule Muzak.MixProject do
  use Mix.Project
  def project, do: [app: :muzak, version: "1.1.1"]
end
"""
# Prints the words it was called with, and a block for each fate that `.fates` names.
TASK = r"""
defmodule Mix.Tasks.Muzak do
  use Mix.Task

  def run(args) do
    Mix.Task.run("compile")
    fates = "fates.txt" |> File.read!() |> String.split()
    IO.puts("arguments: #{inspect(args)} DEBUG=#{System.get_env("DEBUG")}")
    IO.puts("Beginning mutation testing - #{length(fates)} mutations generated\n")

    for {fate, number} <- Enum.with_index(fates, 1) do
      IO.puts("Running mutation #{number} of #{length(fates)}")
      {line, before, replacement} = mutation(number)
      IO.puts("\nStarting mutation at lib/shop.ex:#{line}\n\n<<<<<<< ORIGINAL\n#{before}\n=======")
      IO.puts("#{replacement}\n>>>>>>> MUTATION\n\n\nMutating file")
      if fate == "hang", do: Process.sleep(:infinity)
      IO.puts(told(fate) <> "Original file compiled\nFiles unrequired")
    end
  end

  defp mutation(2), do: {3, "def free?(price), do: price <= 20", "def free?(price), do: price <= 104"}
  defp mutation(_), do: {2, "def total(a, b), do: a + b + 10", "def total(a, b), do: a + b + 94"}

  defp told("found"), do: ran("\n  1) test totals (ShopTest)\n     no\n\n1 test, 1 failure")
  defp told("survived"), do: ran(".\n1 test, 0 failures")
  defp told("invalid"), do: "Mutation failed to compile\n"
  defp told("untested"), do: "Mutating completed\nCompiling dependencies of mutated file failed\n"

  defp ran(told), do: "Mutating completed\nTests starting\n#{told}\nTests finished\n"
end
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    package = tmp_path / "muzak"
    (package / "lib").mkdir(parents=True)
    (package / "mix.exs").write_text(PACKAGE.lstrip("\n"))
    (package / "lib" / "muzak.ex").write_text(TASK.lstrip("\n"))
    return write_project(tmp_path / "shop", SHOP, SUITE, deps='{:muzak, path: "../muzak", only: :test}')


def fates(root: Path, *names: str) -> None:
    (root / "fates.txt").write_text(" ".join(names))


def muzak(testgen: CommandLine, root: Path, *options: str, path: str = "lib/shop.ex") -> tuple[int, str, str]:
    run = testgen("score", path, "--engine", "muzak", *options, cwd=root)
    return run.exit_code, run.stdout, run.stderr


def test_what_does_not_compile_is_left_out_of_the_score(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found", "survived", "invalid", "invalid")
    code, out, err = muzak(testgen, shop)
    assert code == ExitCode.OK, err
    assert "4 mutants: 1 killed, 1 survived, 2 invalid" in out
    assert "score 50.0%" in out
    assert "lib/shop.ex:3" in out
    assert "+ def free?(price), do: price <= 104" in out


def test_the_report_is_stryker_json_too(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found", "survived")
    code, out, err = muzak(testgen, shop, "--json", "-")
    assert code == ExitCode.OK, err
    report = json.loads(out)
    assert report["config"]["engine"] == "muzak"
    killed, survived = report["files"]["lib/shop.ex"]["mutants"]
    assert (killed["status"], survived["status"]) == ("Killed", "Survived")
    assert killed["location"]["start"] == {"line": 2, "column": 3}
    assert "test totals" in killed["statusReason"]


def test_a_verdict_without_a_single_test_run_is_refused(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "untested", "invalid")
    code, out, err = muzak(testgen, shop)
    assert code == ExitCode.UNTRUSTED_VERDICT
    assert "ran no test" in err
    assert "100%" in err
    assert "Run without --engine muzak" in err
    assert out == ""


def test_a_run_that_tests_nothing_is_ended_early(testgen: CommandLine, shop: Path) -> None:
    fates(shop, *["untested"] * 5, "hang")
    assert muzak(testgen, shop)[0] == ExitCode.UNTRUSTED_VERDICT


def test_a_suite_that_fails_is_told_before_muzak_runs(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found")
    suite = shop / "test" / "shop_test.exs"
    suite.write_text(suite.read_text().replace("13", "14"))
    code, _, err = muzak(testgen, shop)
    assert code == ExitCode.BASELINE_FAILED
    assert "test totals" in err


def test_the_users_build_is_not_touched(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found")
    assert muzak(testgen, shop)[0] == ExitCode.OK
    assert not (shop / "_build").exists()


def test_options_become_muzaks_own(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found")
    (shop / ".muzak.exs").write_text("%{default: [], ci: [min_coverage: 80.0]}")
    task = shop.parent / "muzak" / "lib" / "muzak.ex"
    task.write_text(
        task.read_text().replace('IO.puts("Beginning', 'raise(inspect(args))\n    IO.puts("Beginning')
    )
    _, _, err = muzak(testgen, shop, "--sample", "7", "--seed", "3", "--profile", "ci", path="lib/shop.ex:2")
    assert '["--mutations", "7", "--seed", "3", "--profile", "ci", "--only", "lib/shop.ex:2"]' in err
    _, _, err = muzak(testgen, shop, path=".")
    assert '["--seed", "0"]' in err


def test_the_profiles_min_coverage_is_the_least_score(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found", "survived")
    (shop / ".muzak.exs").write_text("%{default: [], ci: [min_coverage: 80.0]}")
    assert muzak(testgen, shop)[0] == ExitCode.OK
    assert muzak(testgen, shop, "--profile", "ci")[0] == ExitCode.BELOW_MIN_SCORE
    assert muzak(testgen, shop, "--profile", "ci", "--min-score", "40")[0] == ExitCode.OK
    code, _, err = muzak(testgen, shop, "--profile", "nightly")
    assert code == ExitCode.PROJECT_INVALID
    assert "nightly" in err


def test_a_muzak_that_breaks_off_is_not_believed(testgen: CommandLine, shop: Path) -> None:
    fates(shop, "found", "unknown")
    code, _, err = muzak(testgen, shop)
    assert code == ExitCode.UNTRUSTED_VERDICT
    assert "broke off" in err


def test_a_project_without_muzak_is_told_how_to_get_it(testgen: CommandLine, tmp_path: Path) -> None:
    code, _, err = muzak(testgen, write_project(tmp_path, SHOP, SUITE))
    assert code == ExitCode.PROJECT_INVALID
    assert "{:muzak," in err


@pytest.mark.parametrize("option", [("--changed", "HEAD"), ("--jobs", "2"), ("--all-tests",)])
def test_choices_that_muzak_lacks_are_refused(
    testgen: CommandLine, shop: Path, option: tuple[str, ...]
) -> None:
    code, _, err = muzak(testgen, shop, *option)
    assert code == ExitCode.USAGE
    assert option[0] in err


def test_muzaks_stock_release_is_refused_on_elixir_1_14_and_newer(testgen: CommandLine, shop: Path) -> None:
    checkout = os.environ.get("TESTGEN_STOCK_MUZAK_DIR")
    if not checkout:
        pytest.skip("TESTGEN_STOCK_MUZAK_DIR does not name a checkout of Muzak as published")
    package = shop.parent / "muzak"
    shutil.rmtree(package)
    shutil.copytree(checkout, package, ignore=shutil.ignore_patterns(".git", "_build", "deps"))
    mix = package / "mix.exs"
    kept = [line for line in mix.read_text().splitlines() if not line.strip().startswith("deps: [{")]
    mix.write_text("\n".join(kept))  # its own development dependencies come from Hex
    code, _, err = muzak(testgen, shop)
    assert code == ExitCode.UNTRUSTED_VERDICT, err
    assert "ran no test" in err
