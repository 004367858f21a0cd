"""The search: rounds of proposing, observing and running mutants, until nothing survives or time is up.

Each round asks proposers with what is known so far; candidates are observed in batches, simplest first, and
those that make a test run against the mutants they reach. A mutant that enough candidates kill is left out
of later batches: it can be selected for already.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from testgen.errors import AgentDied, AgentError
from testgen.mutation import Mutant, Strategy
from testgen.progress import Progress
from testgen.synthesis.candidate import Candidate, Observation, Oracle, Status
from testgen.synthesis.cases import Chosen
from testgen.synthesis.crew import Crew
from testgen.synthesis.interrupts import Stage
from testgen.synthesis.proposers import FIRST_ROUND, LATER_ROUNDS, Proposer
from testgen.synthesis.proposers.simplification import Simplification
from testgen.synthesis.selection import Choice, select
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.watch import Watch
from testgen.synthesis.workbench import Kill, Workbench, is_cancelled, why_lost
from testgen.synthesis.worth import oracle, penalty

_BATCH = 80
_FIRST_ROUND_AT_MOST = 700
_LATER_ROUND_AT_MOST = 320
_ROUNDS = 8
_SLOW_BATCH_S = 1.5
_PATIENT_S = 0.7
"""So long a search goes on for one more round after one that found nothing."""
_FRUITLESS_BATCHES = 3
"""In a row, after which a round ends."""
_ENOUGH_KILLERS = 4
KILLED_BEFORE = 1_000
"""What the count of a mutant's killers is raised by when existing tests kill it: never run again."""
_AGAINST_RECOMPILED = 16
"""Most candidates that run against mutants which have to be compiled one by one."""
_RECOMPILED_AT_ONCE = 8
_SPARE_VMS = 16
"""Most VMs that are spent on finding candidates and mutants that end one."""
_FROM_ONE_PROPOSER = 3_000
_ALIKE = 40
"""Most candidates with the same function, reach and result that run against mutants."""


class Stop:
    """Whether the search should end early: asked for, or out of time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self.requested = False
        self.stage = Stage.PREPARING
        self.stage_lock = threading.Lock()

    def enter(self, stage: Stage) -> None:
        """The next stage begins; nothing of an earlier one is cancelled any more."""
        with self.stage_lock:
            self.stage = stage

    def within(self, seconds: float) -> None:
        """Sets the time that is left from now."""
        self._deadline = time.monotonic() + seconds

    def __bool__(self) -> bool:
        return self.requested or time.monotonic() > self._deadline


@dataclass
class Found:
    """What the search has found so far, over all modules of a file."""

    kills: dict[int, set[int]] = field(default_factory=dict)
    """Candidate to the mutants it kills."""
    killers: Counter[int] = field(default_factory=Counter)
    """Mutant to how many candidates or tests kill it."""
    ran: int = 0

    def add(self, mutant: int, killed_by: Iterable[int]) -> None:
        """Notes which candidates kill a mutant."""
        for candidate in killed_by:
            self.kills.setdefault(candidate, set()).add(mutant)
            self.killers[mutant] += 1


class Search:
    """The search for one module of a file."""

    def __init__(
        self,
        bench: Workbench | Crew,
        subject: Subject,
        mutants: Sequence[Mutant],
        found: Found,
        *,
        numbers: Iterator[int],
        seed: int,
        stop: Stop,
        progress: Progress,
        extra: Sequence[Proposer] = (),
        watch: Watch | None = None,
    ) -> None:
        self._bench = bench
        self._subject = subject
        self._mutants = {mutant.id: mutant for mutant in mutants}
        self._found = found
        self._numbers = numbers
        self._stop = stop
        self._progress = progress
        self._extra = tuple(extra)
        self._watch = watch or Watch()
        self.knowledge = Knowledge(rng=random.Random(seed))
        self._penalties: dict[int, float] = {}
        self._oracles: dict[int, Oracle] = {}
        self._alike: Counter[object] = Counter()
        self._recompiled: set[int] = set()
        self._spare_vms = _SPARE_VMS

    def run(self) -> None:
        """Rounds until all mutants are killed, a round finds nothing, or time is up; then simpler inputs."""
        begun, fruitless = time.monotonic(), 0
        for number in range(_ROUNDS):
            before = self._num_killed()
            proposers = (*self._extra, *FIRST_ROUND) if number == 0 else LATER_ROUNDS
            limit = _FIRST_ROUND_AT_MOST if number == 0 else _LATER_ROUND_AT_MOST
            tried = self._round(proposers, limit)
            self._run_recompiled()
            fruitless = fruitless + 1 if number and self._num_killed() == before else 0
            patience = 1 if time.monotonic() - begun > _PATIENT_S else 2
            if not self._open() or self._stop or not tried or fruitless >= patience:
                break
        self._simplify()

    def _run_recompiled(self) -> None:
        """Mutants that no switch can turn on run against the simplest few calls of each function."""
        wanted = [mutant.id for mutant in self._open() if mutant.strategy is Strategy.RECOMPILE]
        picked = [choice.id for choice in select(self.choices())]
        cheapest: dict[str, int] = {}
        for number in sorted(self._penalties, key=lambda one: self.knowledge.by_id[one].cost, reverse=True):
            cheapest[self.knowledge.by_id[number].function] = number
        numbers = [number for number in (*picked, *cheapest.values()) if number not in self._recompiled]
        fresh = list(dict.fromkeys(numbers))[:_AGAINST_RECOMPILED]
        self._recompiled.update(fresh)
        for start in range(0, len(wanted), _RECOMPILED_AT_ONCE):
            if fresh and not self._stop:
                part = wanted[start : start + _RECOMPILED_AT_ONCE]
                self._uncancelled(partial(self._kill, fresh, part))

    def _simplify(self) -> None:
        self._alike.clear()
        picked = [choice.id for choice in select(self.choices())]
        selected = [self.knowledge.by_id[number] for number in picked]
        if selected and not self._stop:
            self._round((Simplification(selected),), _LATER_ROUND_AT_MOST, again=True)

    def _open(self) -> list[Mutant]:
        return [mutant for number, mutant in self._mutants.items() if not self._found.killers[number]]

    def _num_killed(self) -> int:
        return len(self._mutants) - len(self._open())

    def _round(self, proposers: Sequence[Proposer], limit: int, *, again: bool = False) -> int:
        """Observes and runs what proposers propose; with `again`, killed mutants too. How many were tried."""
        self.knowledge.survivors = tuple(self._open())
        streams = [proposer.propose(self._subject, self.knowledge) for proposer in proposers]
        fresh = list(itertools.islice(self._unseen(fair(streams)), limit))
        tried = fruitless = 0
        for start in range(0, len(fresh), _BATCH):
            if self._stop or not (again or self._open()) or fruitless >= _FRUITLESS_BATCHES:
                break
            before, begun = self._num_killed(), time.monotonic()
            batch = {next(self._numbers): each for each in fresh[start : start + _BATCH]}
            tried += len(batch)
            if not self._uncancelled(partial(self._batch, batch, again=again)):
                break
            slow = time.monotonic() - begun > _SLOW_BATCH_S
            fruitless = 0 if self._num_killed() > before else fruitless + 1 + slow
        return tried

    def _unseen(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        proposed: set[str] = set()
        for each in candidates:
            if each.function in self._subject.harmful:
                continue
            if each.function in self._subject.reads_input and "with_io(" not in each.call:
                continue  # it would wait for the keyboard
            if each.source not in self.knowledge.seen and each.source not in proposed:
                proposed.add(each.source)
                yield each

    def _batch(self, batch: dict[int, Candidate], *, again: bool) -> None:
        self._observe(batch)
        usable = [number for number in batch if self._is_worth_running(number)]
        reached = {mutant for number in usable for mutant in self.knowledge.observations[number].covers}
        enough = KILLED_BEFORE if again else _ENOUGH_KILLERS
        wanted = [m for m in sorted(reached) if m in self._mutants and self._found.killers[m] < enough]
        if usable and wanted:
            self._kill(usable, wanted)

    def _observe(self, batch: dict[int, Candidate]) -> None:
        """Observes candidates; where one ends the VM, halves of what is left are tried until it is found."""
        waiting = [batch]
        while waiting and not self._stop:
            part = waiting.pop()
            try:
                self._observe_part(part)
            except (AgentDied, AgentError) as error:
                self._bench.restart(why_lost(error))
                left = [number for number in part if number not in self.knowledge.by_id]
                if len(left) > 1 and self._spare_vms > 0:
                    middle = len(left) // 2
                    waiting += [{n: part[n] for n in half} for half in (left[middle:], left[:middle])]
                self._spare_vms -= 1

    def _observe_part(self, batch: dict[int, Candidate]) -> None:
        subject = self._subject
        observations = self._bench.observe(
            subject.home_module, batch, aliases=subject.aliases, prelude=self._prelude()
        )
        for observation in observations:
            self.knowledge.remember(observation.candidate, batch[observation.candidate], observation)
            self._found.ran += 1
            self._tell()

    def _kill(self, candidates: Sequence[int], mutants: Sequence[int]) -> None:
        """Runs mutants; one that ends the VM is left out, and the others go on in a fresh one."""
        left = list(mutants)
        while left and not self._stop:
            try:
                for kill in self._bench.kill_matrix(candidates, left):
                    left.remove(kill.mutant)
                    self._tell_first_kill(kill)
                    self._found.add(kill.mutant, kill.killed_by)
                    self._tell()
                return
            except (AgentDied, AgentError) as error:
                self._bench.restart(why_lost(error))
                left.pop(0)
                self._spare_vms -= 1
                if self._spare_vms <= 0:
                    return

    def _prelude(self) -> str:
        macros = any(f.kind in ("defmacro", "defguard") for f in self._subject.functions)
        return f"require {self._subject.module.name}" if macros else ""

    def _is_worth_running(self, number: int) -> bool:
        candidate = self.knowledge.by_id.get(number)
        if candidate is None:
            return False
        observation = self.knowledge.observations[number]
        against = penalty(candidate, observation, self._subject, self.knowledge)
        function = self._subject.module.function(candidate.function)
        source = oracle(candidate, observation, function)
        if against is None or source is None:
            return False
        key = (
            candidate.function,
            observation.covers,
            observation.value,
            observation.status,
            observation.shape,
        )
        self._alike[key] += 1
        self._penalties[number] = against
        self._oracles[number] = source
        return self._alike[key] <= _ALIKE

    def _tell(self) -> None:
        self._progress.advance(
            self._found.ran, {"killed": self._num_killed(), "surviving": len(self._open())}
        )

    def _tell_first_kill(self, kill: Kill) -> None:
        killer = next((self.knowledge.by_id[each] for each in kill.killed_by), None)
        if killer is not None and not self._found.killers[kill.mutant]:
            self._watch.killed(self._mutants[kill.mutant], killer)

    def _uncancelled(self, step: Callable[[], None]) -> bool:
        try:
            step()
        except AgentError as error:
            if not is_cancelled(error):
                raise
            return False
        return True

    def choices(self) -> list[Choice]:
        """Candidates that killed something, as choices for the selection."""
        return [
            Choice(
                id=number,
                kills=frozenset(self._found.kills[number]),
                cost=candidate.cost + self._penalties.get(number, 0.0),
                oracle=self._oracles.get(number, Oracle.OBSERVED),
            )
            for number, candidate in self.knowledge.by_id.items()
            if number in self._found.kills
        ]

    def chosen(self, numbers: Iterable[int]) -> list[Chosen]:
        """Details of the selected candidates that are this search's."""
        return [
            Chosen(
                id=number,
                candidate=self.knowledge.by_id[number],
                observation=self.knowledge.observations[number],
                oracle=self._oracles.get(number, Oracle.OBSERVED),
                kills=frozenset(self._found.kills[number]),
            )
            for number in numbers
            if number in self.knowledge.by_id
        ]

    def endings(self, signature: str) -> list[tuple[Candidate, Observation]]:
        """Everything observed of a function, for saying why it was left alone."""
        return [
            (candidate, self.knowledge.observations[number])
            for number, candidate in self.knowledge.by_id.items()
            if candidate.function == signature
        ]


def fair(streams: Sequence[Iterator[Candidate]]) -> Iterator[Candidate]:
    """One of each proposer and function in turn: none takes all places of a round."""
    queues: dict[tuple[int, str], list[Candidate]] = {}
    for number, stream in enumerate(streams):
        for candidate in itertools.islice(stream, _FROM_ONE_PROPOSER):
            queues.setdefault((number, candidate.function), []).append(candidate)
    for row in itertools.zip_longest(*queues.values()):
        yield from (each for each in row if each is not None)


def why_left_alone(endings: Sequence[tuple[Candidate, Observation]]) -> str:
    """In words, why no test could be made of any call that was tried."""
    if not endings:
        return "no arguments could be made for it"
    statuses = Counter(observation.status for _, observation in endings)
    status, _ = statuses.most_common(1)[0]
    example = next((c, o) for c, o in endings if o.status is status)
    call = " ".join(example[0].call.split())
    message = next(iter(example[1].message.splitlines()), "an error")
    return {
        Status.OK: "no call that was tried tells a mutant of it from the original",
        Status.RAISE: f"the calls that were tried raise, as {call} does: {message}",
        Status.UNSTABLE: f"its result differs from run to run, as that of {call} does",
        Status.TIMEOUT: f"calls do not come to an end, as {call}",
        Status.MEMORY: f"calls use too much memory, as {call} does",
        Status.REFUSED: f"it does what a generated test must not do: {message}",
        Status.INVALID: f"the calls that were tried do not compile, as {call}: {message}",
        Status.EXIT: f"calls end their process, as {call} does",
        Status.THROW: f"calls throw, as {call} does",
    }[status]
