"""Runs mutants over one or more VMs until each has a verdict that can be trusted.

The active mutant is global to a VM, so that mutants run side by side only in VMs of their own. A VM that
comes back poisoned (something in it changed for good) is thrown away, and its suspects run again, half of
them in one fresh VM and half in another, until the culprit is alone. A VM that dies takes one mutant with
it, which gets a second chance alone in a fresh VM. The first mutant that runs in a fresh VM always has a
final verdict, so that the work ends.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from testgen.errors import AgentDied, BaselineFailed
from testgen.mutation import Mutant, MutantResult, Outcome, Strategy
from testgen.scoring.vm import BatchEnd, OnResult

_BATCHES_PER_JOB = 4
_POLL_S = 0.05
_DEATHS_THAT_KILL = 2


class Vm(Protocol):
    """What this module needs of a VM; `testgen.scoring.vm.ScoringVm` is the real one."""

    fresh: bool

    def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
        """Runs mutants in order. Raises AgentDied."""

    def close(self) -> None:
        """Ends the VM; a `run` that is under way in another thread then raises AgentDied."""


@dataclass(frozen=True, slots=True)
class _Batch:
    keys: tuple[str, ...]
    fresh: bool
    """Must begin in a VM in which nothing ran before."""


class MutantRun:
    """The run of some mutants, over at most `jobs` VMs; `results` fills as verdicts become final."""

    def __init__(
        self,
        mutants: Sequence[Mutant],
        first: Vm,
        open_vm: Callable[[], Vm],
        *,
        jobs: int = 1,
        open_s: float = 1.0,
        on_result: OnResult = lambda _: None,
    ) -> None:
        """`open_s` is what another VM costs, in seconds: one is opened only where it can save more than that.

        `on_result` hears of verdicts as they come, and once more of those that another VM had to give again.
        """
        self.results: dict[str, MutantResult] = {}
        self._mutants = {mutant.key: mutant for mutant in mutants}
        self._pending = deque(_switched_first(mutants))
        self._fresh: deque[tuple[str, ...]] = deque()
        self._deaths: Counter[str] = Counter()
        self._again: set[str] = set()
        self._idle: list[Vm] = [first]
        self._vms: set[Vm] = {first}
        self._open_vm = open_vm
        self._jobs = jobs
        self._open_s = open_s
        self._on_result = on_result
        self._lock = threading.Lock()
        self._num_told = 0
        self._stopped = False
        self._failure: BaseException | None = None
        self.poisonings: list[str] = []
        """Why VMs had to be thrown away, one sentence each."""
        self.unverified: set[str] = set()
        """Keys of the verdicts that an interrupt kept from being checked against a poisoned VM."""
        self.busy_s = 0.0
        """Seconds that all VMs together spent on mutants."""

    def finish(self) -> None:
        """Runs everything; on KeyboardInterrupt ends all VMs. Raises what kept a VM from being opened."""
        begun = time.monotonic()
        workers = [self._start_worker()]
        try:
            while alive := [worker for worker in workers if worker.is_alive()]:
                alive[0].join(_POLL_S)
                if len(workers) < self._jobs and self._worth_another(time.monotonic() - begun, workers):
                    workers.append(self._start_worker())
        except BaseException:
            self._stop()
            raise
        finally:
            for worker in workers:
                worker.join()
        if self._failure is not None:
            raise self._failure

    def _start_worker(self) -> threading.Thread:
        worker = threading.Thread(target=self._work, name="mutants", daemon=True)
        worker.start()
        return worker

    def _worth_another(self, elapsed_s: float, workers: Sequence[threading.Thread]) -> bool:
        """Whether the mutants not yet taken would keep a new VM busy for longer than it takes to open it."""
        busy = sum(worker.is_alive() for worker in workers)
        with self._lock:
            told = self._num_told
            waiting = len(self._pending) + sum(map(len, self._fresh))
        if not waiting or not busy:
            return False
        each_s = elapsed_s * busy / max(told, 1)
        return waiting * each_s / (busy + 1) > self._open_s

    def _stop(self) -> None:
        with self._lock:
            self._stopped = True
            vms = list(self._vms)
        for vm in vms:
            vm.close()

    def _work(self) -> None:
        vm: Vm | None = None
        try:
            while batch := self._take():
                vm = self._run_batch(batch, self._vm_for(batch, vm))
        except BaseException as error:
            if not self._stopped:
                self._failure = error
                self._stop()
        finally:
            if vm is not None:
                self._idle.append(vm)

    def _take(self) -> _Batch | None:
        """The next batch; suspects first, since they keep a VM from being useful for anything else."""
        with self._lock:
            if self._stopped:
                return None
            if self._fresh:
                return _Batch(self._fresh.popleft(), fresh=True)
            size = len(self._pending)
            if self._jobs > 1:
                size = math.ceil(size / (self._jobs * _BATCHES_PER_JOB))
            return _Batch(tuple(self._pending.popleft() for _ in range(size)), fresh=False) if size else None

    def _vm_for(self, batch: _Batch, vm: Vm | None) -> Vm:
        if vm is None and self._idle:
            vm = self._idle.pop()
        if vm is not None and batch.fresh and not vm.fresh:
            self._discard(vm)
            vm = None
        if vm is None:
            vm = self._open_anew()
            with self._lock:
                self._vms.add(vm)
                stopped = self._stopped
            if stopped:
                vm.close()
        return vm

    def _open_anew(self) -> Vm:
        """A new VM; a suite that passed in the first one and fails now gets a second chance."""
        try:
            return self._open_vm()
        except (AgentDied, BaselineFailed):
            if self._stopped:
                raise
            return self._open_vm()

    def _discard(self, vm: Vm) -> None:
        with self._lock:
            self._vms.discard(vm)
        vm.close()

    def _run_batch(self, batch: _Batch, vm: Vm) -> Vm | None:
        """Runs one batch and settles what can be; the VM, or None if it is of no more use."""
        was_fresh = vm.fresh
        seen: dict[str, MutantResult] = {}

        def remember(result: MutantResult) -> None:
            seen[result.mutant.key] = result
            with self._lock:
                self._num_told += 1
            self._on_result(result)

        begun = time.monotonic()
        try:
            end = vm.run(batch.keys, remember)
        except AgentDied as death:
            self._discard(vm)
            if self._stopped:
                self.unverified.update(seen)
                self._keep(seen.values())
            else:
                self._settle_death(batch, seen, death)
            return None
        finally:
            with self._lock:
                self.busy_s += time.monotonic() - begun
        self._settle(batch, seen, end, was_fresh=was_fresh)
        if not end.poisoned:
            return vm
        self._discard(vm)
        return None

    def _settle(
        self, batch: _Batch, seen: dict[str, MutantResult], end: BatchEnd, *, was_fresh: bool
    ) -> None:
        """Takes the verdicts that stand, and puts back the mutants that have none yet."""
        suspects = end.suspects if end.poisoned else frozenset()
        if was_fresh and seen:
            suspects -= {next(iter(seen))}
        if end.poisoned:
            self.poisonings.append(end.reason or "something in the VM changed for good")
        self._keep(result for key, result in seen.items() if key not in suspects)
        again = tuple(key for key in batch.keys if key in suspects)
        missed = [key for key in batch.keys if key not in seen and key not in suspects]
        with self._lock:
            self._again.update(again)
            self._fresh.extend(_halves(again))
            self._pending.extendleft(reversed(missed))

    def _settle_death(self, batch: _Batch, seen: dict[str, MutantResult], death: AgentDied) -> None:
        """The mutant under which the VM died runs again alone; after a second death it counts as killed."""
        self._keep(seen.values())
        victim, *rest = [key for key in batch.keys if key not in seen] or [batch.keys[-1]]
        self._deaths[victim] += 1
        if self._deaths[victim] >= _DEATHS_THAT_KILL:
            self._keep([_died(self._mutants[victim], death)])
        with self._lock:
            self._again.add(victim)
            if victim not in self.results:
                self._fresh.append((victim,))
            self._pending.extendleft(reversed(rest))

    def _keep(self, results: Iterable[MutantResult]) -> None:
        for result in results:
            key = result.mutant.key
            with self._lock:
                kept = replace(result, fresh_vm=key in self._again)
                self.results[key] = kept
            if kept.fresh_vm:
                self._on_result(kept)


def _switched_first(mutants: Sequence[Mutant]) -> list[str]:
    """The keys, those of recompiled mutants last: each change between the forms of a build costs a load."""
    ordered = sorted(mutants, key=lambda mutant: mutant.strategy is Strategy.RECOMPILE)
    return [mutant.key for mutant in ordered]


def _halves(keys: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Suspects in two parts, each for a VM of its own: the one without the culprit settles at once."""
    middle = (len(keys) + 1) // 2
    return [part for part in (keys[:middle], keys[middle:]) if part]


def _died(mutant: Mutant, death: AgentDied) -> MutantResult:
    """The verdict on a mutant under which two VMs ended."""
    if death.reason in ("silent", "wall_clock"):
        return MutantResult(mutant=mutant, outcome=Outcome.TIMEOUT, message="the VM no longer answered")
    return MutantResult(mutant=mutant, outcome=Outcome.KILLED, message=f"VM died: {death.message}")
