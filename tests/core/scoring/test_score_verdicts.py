"""Verdicts of the real agent where a mutant does more than make a test fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from testgen.exit_code import ExitCode
from tests.command_line import CommandLine
from tests.core.scoring.elixir_project import write_project

pytestmark = pytest.mark.usefixtures("nothing_left_running")

HALTS = """
defmodule Shop do
  def double(n) do
    if n < 0, do: System.halt(3)
    n * 2
  end
end
"""

HALTS_TEST = """
defmodule ShopTest do
  use ExUnit.Case
  test "doubles", do: assert Shop.double(4) == 8
end
"""

# A mutant of `limit/0` or of the comparison leaves a file that blocks every later visit: nothing in the VM
# can put that back.
LEAVES_A_FILE = """
defmodule Shop do
  def visit(guests) do
    cond do
      File.exists?(flag()) -> :closed
      guests > limit() -> close()
      true -> :open
    end
  end

  defp limit, do: 10
  defp flag, do: Path.join(System.tmp_dir!(), "shop_is_closed")

  defp close do
    File.touch!(flag())
    :open
  end
end
"""

LEAVES_A_FILE_TEST = """
defmodule ShopTest do
  use ExUnit.Case
  test "is open for a few guests", do: assert Shop.visit(3) == :open
  test "is open for as many as it takes", do: assert Shop.visit(10) == :open
end
"""

LOOKS_AT_ITSELF = """
  def who(n) when n > 0 do
    {:current_stacktrace, [_, {_, name, arity, _} | _]} = Process.info(self(), :current_stacktrace)
    {name, arity, n + 1}
  end

  def who(_), do: :nobody
"""

SUMS = """
defmodule Shop do
  def sum(a, b), do: a + b
end
"""


def slow_project(root: Path, num_functions: int, sleep_ms: int) -> Path:
    """Mutants that take so long, each, that a second VM is worth opening on any machine."""
    numbers = range(1, num_functions + 1)
    functions = "\n".join(f"  def f{number}(a, b), do: a + b * {number}" for number in numbers)
    asserts = "\n".join(f"    assert Shop.f{number}(2, 3) == {2 + 3 * number}" for number in numbers)
    suite = f'test "all" do\n    Process.sleep({sleep_ms})\n{asserts}\n  end'
    return write_project(
        root,
        f"defmodule Shop do\n{functions}\nend\n",
        f"defmodule ShopTest do\n  use ExUnit.Case\n  {suite}\nend\n",
    )


def score(testgen: CommandLine, root: Path, *options: str) -> dict[str, Any]:
    run = testgen("score", "lib/shop.ex", "--no-cache", "--json", "-", *options, cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def mutants(report: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = report["files"]["lib/shop.ex"]["mutants"]
    return found


def test_a_mutant_that_halts_the_vm_is_killed_by_that_and_the_others_get_their_verdicts(
    testgen: CommandLine, tmp_path: Path
) -> None:
    report = score(testgen, write_project(tmp_path, HALTS, HALTS_TEST))
    died = [one for one in mutants(report) if (one.get("statusReason") or "").startswith("VM died")]
    assert died
    assert all(one["status"] == "Killed" and one["location"]["start"]["line"] == 3 for one in died)
    assert report["config"]["vms"] > 1
    assert not [one for one in mutants(report) if one["status"] == "Pending"]
    assert [one["status"] for one in mutants(report) if one["replacement"] == "n + 2"] == ["Killed"]


def test_what_a_mutant_leaves_on_the_disk_does_not_kill_the_others(
    testgen: CommandLine, tmp_path: Path
) -> None:
    """Dropping `close()`'s return value survives in a fresh VM; in the spoilt one every mutant looks
    killed.
    """
    report = score(testgen, write_project(tmp_path, LEAVES_A_FILE, LEAVES_A_FILE_TEST))
    unreached = [one for one in mutants(report) if one["location"]["start"]["line"] >= 13]
    assert unreached
    assert {one["status"] for one in unreached} <= {"NoCoverage", "Survived", "Ignored", "Timeout"}
    higher = [one for one in mutants(report) if one["replacement"] == "11"]
    assert [one["status"] for one in higher] == ["Survived"]
    assert report["config"]["freshVmShare"] > 0
    assert any("a VM was replaced" in note for note in report["config"]["notes"])


def test_two_vms_share_the_work_where_it_is_worth_it(testgen: CommandLine, tmp_path: Path) -> None:
    report = score(testgen, slow_project(tmp_path, num_functions=16, sleep_ms=400), "--jobs", "2")
    assert report["config"]["vms"] == 2
    assert report["config"]["speedUp"] > 1.2
    assert {one["status"] for one in mutants(report)} == {"Killed"}
    assert len({one["id"] for one in mutants(report)}) == len(mutants(report)) > 32


def test_a_function_that_looks_at_its_own_name_is_recompiled_in_every_vm(
    testgen: CommandLine, tmp_path: Path
) -> None:
    """Switched, it is called otherwise: its test would fail without any mutant."""
    root = slow_project(tmp_path, num_functions=16, sleep_ms=400)
    module, suite = root / "lib/shop.ex", root / "test/shop_test.exs"
    module.write_text(
        module.read_text().replace("defmodule Shop do\n", f"defmodule Shop do\n{LOOKS_AT_ITSELF}")
    )
    test = '  test "who", do: assert Shop.who(5) == {:who, 1, 6}\n'
    suite.write_text(suite.read_text().replace("  use ExUnit.Case\n", f"  use ExUnit.Case\n{test}"))
    report = score(testgen, root, "--jobs", "2")
    assert report["config"]["vms"] == 2
    assert any("Shop.who/1 is recompiled for each mutant" in note for note in report["config"]["notes"])
    found = [one for one in mutants(report) if one["replacement"] in ("n - 1", "a - b * 3")]
    assert [(one["status"], one["static"]) for one in found] == [("Killed", True), ("Killed", False)]


def test_a_second_vm_is_not_opened_for_work_that_is_done_sooner(testgen: CommandLine, tmp_path: Path) -> None:
    report = score(testgen, slow_project(tmp_path, num_functions=2, sleep_ms=1), "--jobs", "2")
    assert report["config"]["vms"] == 1


def test_a_test_that_passes_only_after_another_takes_no_part(testgen: CommandLine, tmp_path: Path) -> None:
    suite = """
    defmodule ShopTest do
      use ExUnit.Case, seed: 0
      test "a: puts something where the next test looks" do
        Process.put(:x, 1)
        Application.put_env(:shop, :left, Shop.sum(1, 1))
      end
      test "b: sums", do: assert Shop.sum(2, 3) == 5
      test "c: finds it", do: assert Application.get_env(:shop, :left) == 2
    end
    """
    run = testgen(
        "score", "lib/shop.ex", "--no-cache", "--json", "-", cwd=write_project(tmp_path, SUMS, suite)
    )
    assert run.exit_code == ExitCode.OK, run.output
    notes = json.loads(run.stdout)["config"]["notes"]
    assert any("ShopTest test c: finds it takes no part" in note for note in notes)


def test_every_covering_test_is_named_with_all_tests(testgen: CommandLine, tmp_path: Path) -> None:
    suite = """
    defmodule ShopTest do
      use ExUnit.Case
      test "one", do: assert Shop.sum(2, 3) == 5
      test "two", do: assert Shop.sum(2, 2) == 4
    end
    """
    root = write_project(tmp_path, SUMS, suite)
    killed = [len(one["killedBy"]) for one in mutants(score(testgen, root)) if one["status"] == "Killed"]
    every = score(testgen, root, "--all-tests")
    assert set(killed) == {1}
    assert [one["killedBy"] for one in mutants(every) if one["replacement"] == "a - b"] == [
        ["ShopTest test one", "ShopTest test two"]
    ]


def test_a_test_that_looks_at_the_active_mutant_is_not_believed(testgen: CommandLine, tmp_path: Path) -> None:
    suite = """
    defmodule ShopTest do
      use ExUnit.Case
      test "always finds out" do
        assert Shop.sum(2, 3) == 5
        assert Testgen.Mutation.Switch.active() in [0, :recording]
      end
    end
    """
    run = testgen("score", "lib/shop.ex", "--no-cache", cwd=write_project(tmp_path, SUMS, suite))
    assert run.exit_code == ExitCode.UNTRUSTED_VERDICT, run.output
    assert "always finds out" in run.stderr
    assert "Next:" in run.stderr
