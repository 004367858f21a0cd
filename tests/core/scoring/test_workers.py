"""The scheduling of mutants over VMs, with scripted VMs: what a real VM does is tested in `tests/e2e`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from testgen.errors import AgentDied, AgentError, BaselineFailed
from testgen.mutation import Mutant, MutantResult, Outcome, Strategy
from testgen.scoring.vm import BatchEnd, OnResult
from testgen.scoring.workers import MutantRun
from tests.core.scoring.reports import mutant

MUTANTS = {name: mutant(number, key=name) for number, name in enumerate("abcdef", 1)}


class ScriptedVm:
    """A VM that kills every mutant, except that `dies` end it and `poisons` leave it poisoned."""

    def __init__(
        self,
        log: list[list[str]],
        *,
        dies: Sequence[str] = (),
        poisons: Mapping[str, Sequence[str]] | None = None,
        error: Exception | None = None,
    ) -> None:
        self.fresh = True
        self.closed = threading.Event()
        self._log = log
        self._dies = dies
        self._poisons = poisons or {}
        self._error = error or AgentDied("The VM ended", reason="exited")

    def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
        self.fresh = False
        self._log.append(list(keys))
        for key in keys:
            if key in self._dies:
                raise self._error
            on_result(MutantResult(mutant=MUTANTS[key], outcome=Outcome.KILLED))
            if key in self._poisons:
                return BatchEnd(
                    poisoned=True, reason=f"{key} left a mess", suspects=frozenset(self._poisons[key])
                )
        return BatchEnd()

    def close(self) -> None:
        self.closed.set()


class SpoiltBy(ScriptedVm):
    """A VM that one mutant poisons, which comes out only at the end of a batch: all of it is suspect."""

    def __init__(self, culprit: str, log: list[list[str]], mutants: Mapping[str, Mutant] = MUTANTS) -> None:
        super().__init__(log)
        self._culprit = culprit
        self._mutants = mutants

    def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
        self.fresh = False
        self._log.append(list(keys))
        for key in keys:
            on_result(MutantResult(mutant=self._mutants[key], outcome=Outcome.KILLED))
        spoilt = self._culprit in keys
        return BatchEnd(poisoned=spoilt, suspects=frozenset(keys if spoilt else ()))


def run(names: str, make: Callable[[], ScriptedVm], **options: int) -> tuple[MutantRun, list[ScriptedVm]]:
    vms: list[ScriptedVm] = []

    def open_vm() -> ScriptedVm:
        vms.append(make())
        return vms[-1]

    ran = MutantRun([MUTANTS[name] for name in names], open_vm(), open_vm, **options)  # type: ignore[arg-type]
    ran.finish()
    return ran, vms


def test_one_vm_runs_everything_in_one_batch() -> None:
    log: list[list[str]] = []
    ran, vms = run("abc", lambda: ScriptedVm(log))
    assert log == [["a", "b", "c"]]
    assert len(vms) == 1
    assert set(ran.results) == {"a", "b", "c"}
    assert not any(result.fresh_vm for result in ran.results.values())


def test_recompiled_mutants_run_after_all_switched_ones() -> None:
    log: list[list[str]] = []
    mutants = [replace(MUTANTS["a"], strategy=Strategy.RECOMPILE), MUTANTS["b"], MUTANTS["c"]]
    MutantRun(mutants, ScriptedVm(log), lambda: ScriptedVm(log)).finish()
    assert log == [["b", "c", "a"]]


def test_a_poisoned_vm_is_replaced_and_its_suspects_run_again() -> None:
    log: list[list[str]] = []
    ran, vms = run("abcd", lambda: ScriptedVm(log, poisons={"b": ["b"]}))
    assert log == [["a", "b", "c", "d"], ["b"], ["c", "d"]]
    assert vms[0].closed.is_set()
    assert {key for key, result in ran.results.items() if result.fresh_vm} == {"b"}
    assert ran.poisonings == ["b left a mess", "b left a mess"]


def test_the_first_verdict_of_a_fresh_vm_stands_even_if_it_poisons_it() -> None:
    log: list[list[str]] = []
    ran, _ = run("ab", lambda: ScriptedVm(log, poisons={"a": ["a"], "b": ["b"]}))
    assert log == [["a", "b"], ["b"]]
    assert set(ran.results) == {"a", "b"}


def test_suspects_are_halved_until_the_culprit_is_alone() -> None:
    log: list[list[str]] = []
    ran, _ = run("abcdef", lambda: SpoiltBy("d", log))
    assert log == [list("abcdef"), list("bcd"), list("ef"), ["c"], ["d"]]
    assert set(ran.results) == set("abcdef")
    assert {key for key, result in ran.results.items() if result.fresh_vm} == set("bcdef")


def test_one_culprit_among_many_costs_few_vms() -> None:
    many = {f"m{number}": mutant(number, key=f"m{number}") for number in range(100)}
    log: list[list[str]] = []
    vms: list[SpoiltBy] = []

    def open_vm() -> SpoiltBy:
        vms.append(SpoiltBy("m70", log, many))
        return vms[-1]

    ran = MutantRun(list(many.values()), open_vm(), open_vm)
    ran.finish()
    assert set(ran.results) == set(many)
    assert len(vms) <= 2 * 8


def test_a_vm_whose_suite_fails_once_is_opened_again() -> None:
    moods = iter([None, BaselineFailed("moody"), None])

    def make() -> ScriptedVm:
        if mood := next(moods):
            raise mood
        return ScriptedVm([], dies="a")

    ran, _ = run("a", make)
    assert set(ran.results) == {"a"}


def test_a_mutant_whose_vm_dies_twice_counts_as_killed_by_that() -> None:
    log: list[list[str]] = []
    ran, _ = run("abcd", lambda: ScriptedVm(log, dies="b"))
    assert log == [["a", "b", "c", "d"], ["b"], ["c", "d"]]
    assert ran.results["b"].outcome is Outcome.KILLED
    assert (ran.results["b"].message or "").startswith("VM died")
    assert ran.results["c"].outcome is Outcome.KILLED


def test_a_mutant_whose_vm_died_once_gets_its_verdict_from_a_fresh_one() -> None:
    log: list[list[str]] = []
    deadly = iter(["b", "", ""])
    ran, _ = run("abc", lambda: ScriptedVm(log, dies=next(deadly)))
    assert ran.results["b"].message is None
    assert ran.results["b"].fresh_vm


def test_a_vm_that_stopped_answering_twice_is_a_timeout() -> None:
    silence = AgentDied("no answer", reason="silent")
    ran, _ = run("a", lambda: ScriptedVm([], dies="a", error=silence))
    assert ran.results["a"].outcome is Outcome.TIMEOUT


def test_every_mutant_that_kills_its_vm_is_still_settled() -> None:
    ran, vms = run("abcdef", lambda: ScriptedVm([], dies="abcdef"))
    assert set(ran.results) == set("abcdef")
    assert all(vm.closed.is_set() for vm in vms)


def test_more_vms_are_opened_only_while_they_pay() -> None:
    class Slow(ScriptedVm):
        def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
            time.sleep(0.2 * len(keys))
            return super().run(keys, on_result)

    ran, vms = run("abcdef", lambda: Slow([]), jobs=2, open_s=0)
    assert len(vms) == 2
    assert set(ran.results) == set("abcdef")
    _, vms = run("abcdef", lambda: Slow([]), jobs=2, open_s=1000)
    assert len(vms) == 1


def test_an_error_of_one_vm_ends_the_run_and_all_vms() -> None:
    vm = ScriptedVm([], dies="a", error=AgentError("no_build", "no build is loaded"))
    with pytest.raises(AgentError, match="no build"):
        MutantRun([MUTANTS["a"]], vm, lambda: vm).finish()
    assert vm.closed.is_set()


def test_an_interrupt_ends_the_vms_and_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(ScriptedVm):
        def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
            on_result(MutantResult(mutant=MUTANTS[keys[0]], outcome=Outcome.SURVIVED))
            self.closed.wait(10)
            raise AgentDied("closed", reason="killed")

    vm = Stuck([])
    told: list[Mutant] = []
    ran = MutantRun(
        list(MUTANTS.values()), vm, lambda: vm, on_result=lambda result: told.append(result.mutant)
    )
    interrupts = iter([False, True])

    def worth_another(*_: object) -> bool:
        if next(interrupts):
            raise KeyboardInterrupt
        return False

    monkeypatch.setattr(ran, "_worth_another", worth_another)
    ran._jobs = 2
    with pytest.raises(KeyboardInterrupt):
        ran.finish()
    assert vm.closed.is_set()
    assert set(ran.results) == {"a"}
    assert told == [MUTANTS["a"]]
