"""The workbench on real VMs, with a module whose mutants change the VM for good: no verdict comes from what
is left of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from testgen.mutation import Mutant
from testgen.progress import SilentProgress
from testgen.project import Project
from testgen.settings import Settings
from testgen.synthesis import workbench
from testgen.synthesis.candidate import called
from testgen.synthesis.crew import Crew
from testgen.synthesis.pipeline import started
from testgen.synthesis.terms import Int
from testgen.synthesis.workbench import UNSETTLED, Workbench

pytestmark = pytest.mark.usefixtures("cache")

MARKS = """\
defmodule Marks do
  @moduledoc "Makes atoms, which stay until the VM ends."

  def mark(n), do: if(n > 1, do: String.to_atom("made_mark_" <> Integer.to_string(n)), else: :nothing)

  def marked?(n) when n > 0 do
    is_atom(String.to_existing_atom("made_mark_" <> Integer.to_string(n)))
  rescue
    ArgumentError -> false
  end
end
"""
TESTS = """\
defmodule MarksTest do
  use ExUnit.Case
  test "marks nothing", do: assert Marks.mark(1) == :nothing
  test "nothing is marked", do: refute Marks.marked?(1)
end
"""
CANDIDATES = {
    number: called("Marks", name, (Int(1),), shown_as="Marks", origin="specs")
    for number, name in enumerate(("mark", "marked?"), start=1)
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    source = tmp_path / "marks.ex"
    source.write_text(MARKS)
    project = Project.find(source)
    with started(project, Settings.load(project.top), SilentProgress()) as bench:
        yield bench


def _one(mutants: tuple[Mutant, ...], original: str, replacement: str) -> Mutant:
    return next(each for each in mutants if (each.original, each.replacement) == (original, replacement))


def _prepared(bench: Workbench) -> tuple[tuple[Mutant, ...], Mutant, Mutant]:
    """All mutants; one that makes the atom; and one that no call with 1 can tell from the original."""
    bench.open()
    mutants = bench.build_mutants("marks.ex", ()).mutants
    return mutants, _one(mutants, "n > 1", "n >= 1"), _one(mutants, "n > 0", "n >= 0")


def test_kills_seen_in_a_poisoned_vm_are_asked_for_again(bench: Workbench) -> None:
    _, marking, alike = _prepared(bench)
    list(bench.observe("Marks", CANDIDATES, aliases=()))
    kills = {kill.mutant: kill for kill in bench.kill_matrix([1, 2], [marking.id, alike.id])}
    assert kills[marking.id].killed_by == (1,)
    assert kills[alike.id].killed_by == ()
    assert "marked?(1)" in bench.restarts[0]


def test_verdicts_of_a_poisoned_vm_are_asked_for_again(bench: Workbench) -> None:
    mutants, marking, alike = _prepared(bench)
    bench.load_tests(sources=[("marks_test.exs", TESTS)])
    assert {run.status for run in bench.baseline().values()} == {"passed"}
    verdicts = {mutant: status for mutant, status, _ in bench.run_mutants([m.id for m in mutants])}
    assert set(verdicts) == {mutant.id for mutant in mutants}
    assert verdicts[marking.id] == "killed"
    assert verdicts[alike.id] == "survived"
    assert bench.restarts


def test_mutants_without_a_verdict_say_so(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbench, "_VMS_FOR_MUTANTS", 1)
    _, marking, alike = _prepared(bench)
    bench.load_tests(sources=[("marks_test.exs", TESTS)])
    bench.baseline()
    verdicts = {mutant: status for mutant, status, _ in bench.run_mutants([marking.id, alike.id])}
    assert verdicts == {marking.id: UNSETTLED, alike.id: UNSETTLED}


def test_a_crew_shares_the_candidates_out_and_puts_the_kills_together(bench: Workbench) -> None:
    mutants, marking, _ = _prepared(bench)
    with bench.another() as other:
        other.prepare("marks.ex", ())
        crew = Crew([bench, other])
        seen = list(crew.observe("Marks", CANDIDATES, aliases=()))
        assert {each.candidate: each.value for each in seen} == {1: ":nothing", 2: "false"}
        raised = _one(mutants, "0", "1")
        found = crew.kill_matrix([1, 2], [marking.id, raised.id])
        kills = {kill.mutant: set(kill.killed_by) for kill in found}
        assert kills == {marking.id: {1}, raised.id: {2}}
