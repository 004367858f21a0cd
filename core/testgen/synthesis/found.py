"""What a search has found so far: which candidate kills which mutant, and what mutants cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

KILLED_BEFORE = 1_000
"""What the count of a mutant's killers is raised by when existing tests kill it: never run again."""
_TIMEOUTS_ENOUGH = 2


@dataclass
class Found:
    """What the search has found so far, over all modules of a file."""

    kills: dict[int, set[int]] = field(default_factory=dict)
    """Candidate to the mutants it kills."""
    killers: Counter[int] = field(default_factory=Counter)
    """Mutant to how many candidates or tests kill it."""
    ran: int = 0
    tried: Counter[int] = field(default_factory=Counter)
    """Mutant to how many inputs of the guided search passed it and told nothing."""

    broken: dict[int, set[int]] = field(default_factory=dict)
    """Candidate to those mutants that break what comes before its call."""
    timeouts: Counter[int] = field(default_factory=Counter)
    """Mutant to how many candidates it kept from ending."""

    def note_timeouts(self, mutant: int, count: int) -> None:
        """Notes candidates that a mutant keeps from ending."""
        self.timeouts[mutant] += count

    def is_stuck(self, mutant: int) -> bool:
        """Whether a mutant keeps so many candidates from ending that running it more only costs time."""
        return self.timeouts[mutant] >= _TIMEOUTS_ENOUGH

    def only_stuck(self, mutant: int) -> bool:
        """Whether a mutant only ever kept calls from ending, and was never told apart by what one gave."""
        return self.is_stuck(mutant) and not self.killers[mutant]

    def add(self, mutant: int, killed_by: Iterable[int], broken_by: Iterable[int] = ()) -> None:
        """Notes which candidates kill a mutant, and of which of them the setup fails."""
        for candidate in broken_by:
            self.broken.setdefault(candidate, set()).add(mutant)
        for candidate in killed_by:
            known = self.kills.setdefault(candidate, set())
            if mutant not in known:
                known.add(mutant)
                self.killers[mutant] += 1

    def kills_to_count(self) -> dict[int, frozenset[int]]:
        """Candidate to the mutants that speak for it: those that only break its setup do not where the call
        of another candidate tells them.
        """
        told = {m for one, kills in self.kills.items() for m in kills - self.broken.get(one, set())}
        return {
            one: frozenset(kills - (self.broken.get(one, set()) & told)) for one, kills in self.kills.items()
        }

    def killed_otherwise(self) -> frozenset[int]:
        """Mutants that doctests or existing tests kill, beside any candidate."""
        counts = Counter(mutant for each in self.kills.values() for mutant in each)
        return frozenset(mutant for mutant, number in self.killers.items() if number > counts[mutant])
