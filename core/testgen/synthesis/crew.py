"""Several VMs searching side by side: each observes its share of the candidates, and runs mutants on those.

The active mutant is global to a VM, so that more than one at a time takes more than one VM. The first one
also does what needs no company: reading the file, loading tests, formatting.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from testgen.errors import AgentDied, AgentError
from testgen.synthesis.answers import Kill
from testgen.synthesis.candidate import Candidate, Observation
from testgen.synthesis.exploring import Explored, Exploring
from testgen.synthesis.workbench import Workbench


class Crew:
    """What a search needs of a workbench, spread over several."""

    def __init__(self, benches: Sequence[Workbench]) -> None:
        """`benches` have the project open and the same mutants built."""
        self._benches = list(benches)
        self._owner: dict[int, Workbench] = {}
        self._lost: set[Workbench] = set()

    def observe(
        self,
        module: str,
        candidates: Mapping[int, Candidate],
        *,
        aliases: Sequence[tuple[str, str]],
        prelude: str = "",
    ) -> Iterator[Observation]:
        """As `Workbench.observe`; observations come when all VMs are done."""
        shares: dict[Workbench, dict[int, Candidate]] = {bench: {} for bench in self._benches}
        for place, (number, candidate) in enumerate(candidates.items()):
            bench = self._benches[place % len(self._benches)]
            shares[bench][number] = candidate
            self._owner[number] = bench
        seen: list[Observation] = []

        def work(bench: Workbench) -> None:
            for each in bench.observe(module, shares[bench], aliases=aliases, prelude=prelude):
                seen.append(each)

        failure = self._together([bench for bench in self._benches if shares[bench]], work)
        yield from seen
        if failure is not None:
            raise failure

    def kill_matrix(self, candidates: Sequence[int], mutants: Sequence[int]) -> Iterator[Kill]:
        """As `Workbench.kill_matrix`; a mutant's killers of all VMs together."""
        shares: dict[Workbench, list[int]] = {}
        for number in candidates:
            shares.setdefault(self._owner.get(number, self._benches[0]), []).append(number)
        answers: dict[int, list[Kill]] = {}

        def work(bench: Workbench) -> None:
            for kill in bench.kill_matrix(shares[bench], mutants):
                answers.setdefault(kill.mutant, []).append(kill)

        failure = self._together(list(shares), work)
        complete = (mutant for mutant in mutants if len(answers.get(mutant, ())) == len(shares))
        for mutant in complete:
            kills = answers[mutant]
            yield Kill(
                mutant=mutant,
                killed_by=tuple(number for kill in kills for number in kill.killed_by),
                broken_by=tuple(number for kill in kills for number in kill.broken_by),
                timeout_by=tuple(number for kill in kills for number in kill.timeout_by),
            )
        if failure is not None:
            raise failure

    def explore(self, asked: Exploring) -> Explored:
        """As `Workbench.explore`, each VM from the candidates that it observed."""
        shares: dict[Workbench, list[tuple[int, str]]] = {}
        for seed in asked.seeds:
            shares.setdefault(self._owner.get(seed[0], self._benches[0]), []).append(seed)
        answers: list[Explored] = []

        def work(bench: Workbench) -> None:
            answers.append(bench.explore(replace(asked, seeds=tuple(shares[bench]))))

        failure = self._together(list(shares), work)
        if failure is not None and not answers:
            raise failure
        tried: Counter[int] = Counter()
        for answer in answers:
            tried.update(answer.tried)
        return Explored(
            inputs=tuple(each for answer in answers for each in answer.inputs),
            num_runs=sum(answer.num_runs for answer in answers),
            tried=tried,
        )

    def restart(self, reason: str) -> None:
        """Fresh VMs for those that were lost."""
        for bench in self._lost:
            bench.restart(reason)
        self._lost.clear()

    def cancel(self) -> None:
        """Ends what every VM is doing."""
        for bench in self._benches:
            bench.cancel()

    def _together(
        self, benches: Sequence[Workbench], work: Callable[[Workbench], None]
    ) -> AgentDied | AgentError | None:
        """Runs `work` on each at the same time; the first failure, if any."""
        failures: dict[Workbench, AgentDied | AgentError] = {}

        def guarded(bench: Workbench) -> None:
            try:
                work(bench)
            except (AgentDied, AgentError) as error:
                failures[bench] = error

        threads = [threading.Thread(target=guarded, args=(bench,), daemon=True) for bench in benches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._lost.update(b for b, e in failures.items() if isinstance(e, AgentDied) or e.kind == "internal")
        return next(iter(failures.values()), None)
