"""Mutants that wait for a verdict, and which verdicts stand when their VM was lost. Pure.

A VM that comes back poisoned takes the verdicts on its suspects with it: they run again in fresh VMs, half of
them at a time, so that the half without the culprit settles at once. The first verdict of a fresh VM stands,
since nothing ran before it. A mutant under which a VM ended runs again alone; it is to blame if that one
ends too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Why a VM is no good any more, and whose verdicts it takes with it."""

    reason: str
    suspects: frozenset[int] = frozenset()
    ended: bool = False
    """Whether it ended, rather than answered that it is poisoned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a group of mutants came to."""

    stand: frozenset[int]
    """Mutants whose verdicts can be believed."""
    blamed: int | None = None
    """The mutant that ends every VM it runs in."""


class Backlog:
    """Mutants in groups; each group runs in one VM."""

    def __init__(self, mutants: Iterable[int]) -> None:
        self._groups: deque[tuple[int, ...]] = deque()
        self._put_back(mutants)

    def __bool__(self) -> bool:
        return bool(self._groups)

    @property
    def left(self) -> list[int]:
        """All mutants without a verdict, the next one first."""
        return [mutant for group in self._groups for mutant in group]

    def take(self) -> tuple[int, ...]:
        """The next group, which is no longer in the backlog: `settle` puts back what has to run again."""
        return self._groups.popleft()

    def settle(
        self, group: Sequence[int], seen: Sequence[int], lost: Lost | None, *, was_fresh: bool
    ) -> Settled:
        """Takes note of how a group ended: `seen` are mutants with a verdict, in the order they ran.

        `was_fresh` says that nothing had run in the VM before.
        """
        if lost is None:
            return Settled(stand=frozenset(seen))
        if lost.ended or not seen:
            return self._settle_end(group, seen, lost, was_fresh=was_fresh)
        trusted = set(seen[:1]) if was_fresh else set()
        suspects = [mutant for mutant in group if mutant in lost.suspects - trusted]
        self._put_back(mutant for mutant in group if mutant not in seen and mutant not in suspects)
        self._put_first(suspects)
        return Settled(stand=frozenset(seen) - set(suspects))

    def _settle_end(
        self, group: Sequence[int], seen: Sequence[int], lost: Lost, *, was_fresh: bool
    ) -> Settled:
        stand = frozenset(seen) - lost.suspects
        unseen = [mutant for mutant in group if mutant not in seen]
        self._put_back(mutant for mutant in group if mutant in seen and mutant not in stand)
        if unseen == list(group) and len(group) == 1 and was_fresh:
            return Settled(stand=stand, blamed=group[0])
        self._put_back(unseen[1:])
        if unseen:
            self._groups.appendleft((unseen[0],))
        return Settled(stand=stand)

    def _put_back(self, mutants: Iterable[int]) -> None:
        group = tuple(mutants)
        if group:
            self._groups.append(group)

    def _put_first(self, suspects: Sequence[int]) -> None:
        middle = (len(suspects) + 1) // 2
        halves = (tuple(suspects[:middle]), tuple(suspects[middle:]))
        self._groups.extendleft(half for half in reversed(halves) if half)
