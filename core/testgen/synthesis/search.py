"""The search: rounds of proposing, observing and running mutants, until nothing survives or time is up.

Each round asks proposers with what is known so far; candidates are observed in batches, simplest first, and
those that make a test run against the mutants they reach. A mutant that enough candidates kill is left out
of later batches: it can be selected for already.
"""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from testgen.errors import AgentDied, AgentError
from testgen.mutation import Mutant, Strategy
from testgen.progress import Progress
from testgen.synthesis.answers import Kill
from testgen.synthesis.candidate import Candidate, Oracle, Status
from testgen.synthesis.cases import Chosen
from testgen.synthesis.crew import Crew
from testgen.synthesis.exploring import Explored, Exploring
from testgen.synthesis.found import KILLED_BEFORE, Found
from testgen.synthesis.proposers import FIRST_ROUND, LATER_ROUNDS, Proposer
from testgen.synthesis.proposers.guidance import Guidance, literals, may_be_pinned, seeds
from testgen.synthesis.proposers.plausible import Plausible
from testgen.synthesis.proposers.simplification import Simplification
from testgen.synthesis.selection import Choice, select
from testgen.synthesis.stop import Stop
from testgen.synthesis.stub import prelude
from testgen.synthesis.subject import Knowledge, Subject, variable_for
from testgen.synthesis.watch import Watch
from testgen.synthesis.workbench import Workbench, is_cancelled, why_lost
from testgen.synthesis.worth import oracle, penalty

_BATCH = 80
_FIRST_ROUND_AT_MOST = 700
_LATER_ROUND_AT_MOST = 320
_ROUNDS = 8
_SLOW_BATCH_S = 1.5
_EXPLORE_S = 1.2
"""So long the guided search lasts in the first round; in the second twice as long, and so on."""
_EXPLORE_PATIENCE = 120
"""Generations that it goes on for after it found something last."""
_PATIENT_S = 0.7
"""So long a search goes on for one more round after one that found nothing."""
_FRUITLESS_BATCHES = 3
"""In a row, after which a round ends."""
_ENOUGH_KILLERS = 4
_AGAINST_RECOMPILED = 16
"""Most candidates that run against mutants which have to be compiled one by one."""
_RECOMPILED_AT_ONCE = 8
_SPARE_VMS = 16
"""Most VMs that are spent on finding candidates and mutants that end one."""
_SECOND_LOOK = 60
_OF_A_SORT = 6
"""Most candidates of one function and one way to end that get a second look."""
_FROM_ONE_PROPOSER = 3_000
_ALIKE = 40
"""Most candidates with the same function, reach and result that run against mutants."""


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
        without: Sequence[str] = (),
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
        self._without = frozenset(without)
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
            before = self._progress_made()
            proposers = (*self._extra, *FIRST_ROUND) if number == 0 else LATER_ROUNDS
            limit = _FIRST_ROUND_AT_MOST if number == 0 else _LATER_ROUND_AT_MOST
            tried = self._round(proposers, limit)
            tried += self._explore(_EXPLORE_S * (number + 1))
            self._run_recompiled()
            fruitless = fruitless + 1 if number and self._progress_made() == before else 0
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
        """Simpler inputs for what is selected, then more plausible ones for what is selected after that."""
        self._second_look()
        for polish in (Simplification, Plausible):
            self._alike.clear()
            picked = [choice.id for choice in select(self.choices(), self._found.killed_otherwise())]
            selected = [self.knowledge.by_id[number] for number in picked]
            if selected and not self._stop:
                self._round((polish(selected),), _LATER_ROUND_AT_MOST, again=True)

    def _second_look(self) -> None:
        """The calls that read best, run against all that they reach: much was killed enough before their
        turn, and refusals before the first success of their function could not be judged then.
        """
        for number, observation in self.knowledge.observations.items():
            if number not in self._penalties and observation.status is Status.RAISE:
                self._is_worth_running(number)
        best = self._best(_SECOND_LOOK)
        reached = {mutant for number in best for mutant in self.knowledge.observations[number].covers}
        wanted = [m for m in sorted(reached) if m in self._mutants and not self._found.is_stuck(m)]
        if best and wanted and not self._stop:
            self._uncancelled(partial(self._kill, best, wanted))

    def _best(self, limit: int) -> list[int]:
        """The cheapest candidates: of each function, and of each way to end, some."""
        by_id, groups = self.knowledge.by_id, Counter[tuple[str, Status]]()
        found = []
        for number in sorted(self._penalties, key=lambda one: by_id[one].cost + self._penalties[one]):
            group = (by_id[number].function, self.knowledge.observations[number].status)
            groups[group] += 1
            if groups[group] <= _OF_A_SORT:
                found.append(number)
        return found[:limit]

    def _open(self) -> list[Mutant]:
        return [
            mutant
            for number, mutant in self._mutants.items()
            if not self._found.killers[number] and not self._found.is_stuck(number)
        ]

    def _num_killed(self) -> int:
        return sum(bool(self._found.killers[number]) for number in self._mutants)

    def _progress_made(self) -> tuple[int, int, int]:
        """What a round may add to: mutants killed, mutants reached, functions that gave a value."""
        knowledge = self.knowledge
        return self._num_killed(), len(knowledge.reached_by), len(knowledge.works)

    def _round(self, proposers: Sequence[Proposer], limit: int, *, again: bool = False) -> int:
        """Observes and runs what proposers propose; with `again`, killed mutants too. How many were tried."""
        self.knowledge.survivors = tuple(self._open())
        asked = [proposer for proposer in proposers if proposer.name not in self._without]
        streams = [proposer.propose(self._subject, self.knowledge) for proposer in asked]
        fresh = list(itertools.islice(self._unseen(fair(streams)), limit))
        tried = fruitless = 0
        for start in range(0, len(fresh), _BATCH):
            if self._stop or not (again or self._open()) or fruitless >= _FRUITLESS_BATCHES:
                break
            before, begun = self._progress_made(), time.monotonic()
            batch = {next(self._numbers): each for each in fresh[start : start + _BATCH]}
            tried += len(batch)
            if not self._uncancelled(partial(self._batch, batch, again=again)):
                break
            slow = time.monotonic() - begun > _SLOW_BATCH_S
            fruitless = 0 if self._progress_made() != before else fruitless + 1 + slow
        return tried

    def _explore(self, budget_s: float) -> int:
        """Guided search for the survivors that can be switched on; how many of its finds were tried."""
        survivors = [mutant for mutant in self._open() if mutant.strategy is Strategy.SWITCH]
        chosen = seeds(self._subject, self.knowledge, survivors) if survivors else []
        if not chosen or self._stop or Guidance.name in self._without:
            return 0
        asked = Exploring(
            seeds=tuple(chosen),
            mutants=tuple(mutant.id for mutant in survivors),
            raises=tuple(may_be_pinned(self._subject)),
            literals=tuple(literals(self._subject)),
            aliases=self._subject.observed_aliases,
            variable=variable_for(self._subject.module.name),
            budget_s=min(budget_s, self._stop.left_s),
            patience=_EXPLORE_PATIENCE,
            seed=self.knowledge.rng.randrange(1_000_000),
        )
        explored: list[Explored] = []
        if not self._uncancelled(lambda: explored.append(self._explored(asked))):
            return 0
        self._found.ran += explored[0].num_runs
        self._found.tried.update(explored[0].tried)
        return self._round((Guidance(explored[0].inputs),), _LATER_ROUND_AT_MOST)

    def _explored(self, asked: Exploring) -> Explored:
        """What was found; nothing where the VM was lost over it, which is then replaced."""
        try:
            return self._bench.explore(asked)
        except (AgentDied, AgentError) as error:
            self._bench.restart(why_lost(error))
            self._spare_vms -= 1
            return Explored(inputs=(), num_runs=0, tried={})

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
        wanted = [
            m
            for m in sorted(reached)
            if m in self._mutants and self._found.killers[m] < enough and not self._found.is_stuck(m)
        ]
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
            subject.home_module, batch, aliases=subject.observed_aliases, prelude=self._prelude()
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
                    self._found.add(kill.mutant, kill.killed_by, kill.broken_by)
                    self._found.note_timeouts(kill.mutant, len(kill.timeout_by))
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
        required = f"require {self._subject.module.name}\n" if macros else ""
        return required + prelude(self._subject.stubs)

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
        kills = self._found.kills_to_count()
        return [
            Choice(
                id=number,
                kills=kills[number],
                cost=candidate.cost + self._penalties.get(number, 0.0),
                oracle=self._oracles.get(number, Oracle.OBSERVED),
            )
            for number, candidate in self.knowledge.by_id.items()
            if number in kills
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

    def alike(self, numbers: Iterable[int]) -> set[int]:
        """Candidates of the same function with the same lines before as one of those given."""
        by_id = self.knowledge.by_id
        sorts = {(by_id[each].function, by_id[each].setup) for each in numbers if each in by_id}
        return {number for number, each in by_id.items() if (each.function, each.setup) in sorts}


def fair(streams: Sequence[Iterator[Candidate]]) -> Iterator[Candidate]:
    """One of each proposer and function in turn: none takes all places of a round."""
    queues: dict[tuple[int, str], list[Candidate]] = {}
    for number, stream in enumerate(streams):
        for candidate in itertools.islice(stream, _FROM_ONE_PROPOSER):
            queues.setdefault((number, candidate.function), []).append(candidate)
    for row in itertools.zip_longest(*queues.values()):
        yield from (each for each in row if each is not None)
