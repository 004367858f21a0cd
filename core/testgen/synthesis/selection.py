"""The smallest set of tests that keeps every kill, simplest inputs first. Pure.

Greedy weighted set cover (Chvátal, 1979), then removal of what the others made redundant, then exchange of
a member for a cheaper one that does its part. A kill by timeout never justifies a test; it is not among the
kills given here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from testgen.synthesis.candidate import Oracle

_PER_TEST = 4.0
"""What any test costs its reader, before its inputs."""
_TRUST = {Oracle.DOCTEST: 0.6, Oracle.SPEC: 0.75, Oracle.LAW: 0.8, Oracle.OBSERVED: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A test that could be delivered."""

    id: int
    kills: frozenset[int]
    cost: float
    oracle: Oracle = Oracle.OBSERVED

    @property
    def price(self) -> float:
        """Cost weighed by how much its expected value can be trusted."""
        return (_PER_TEST + self.cost) * _TRUST[self.oracle]


def select(choices: Iterable[Choice], already_killed: frozenset[int] = frozenset()) -> list[Choice]:
    """Choices that together kill all that the given ones kill beyond `already_killed`; none is redundant.

    Deterministic: ties fall to the lower price, then to the lower id.
    """
    useful = [each for each in choices if each.kills - already_killed]
    wanted = frozenset().union(*(each.kills for each in useful)) - already_killed if useful else frozenset()
    chosen = _cover(useful, wanted)
    chosen = _without_redundant(chosen, wanted)
    chosen = _exchanged(chosen, useful, wanted)
    return sorted(chosen, key=lambda each: each.id)


def _cover(useful: Sequence[Choice], wanted: frozenset[int]) -> list[Choice]:
    open_mutants = set(wanted)
    left = sorted(useful, key=lambda each: (each.price, each.id))
    chosen: list[Choice] = []
    while open_mutants:
        best = max(
            left, key=lambda each: (len(each.kills & open_mutants) / each.price, -each.price, -each.id)
        )
        chosen.append(best)
        open_mutants -= best.kills
        left.remove(best)
    return chosen


def _without_redundant(chosen: Sequence[Choice], wanted: frozenset[int]) -> list[Choice]:
    counts = Counter(mutant for each in chosen for mutant in each.kills & wanted)
    kept = list(chosen)
    for each in sorted(chosen, key=lambda one: (-one.price, -one.id)):
        if all(counts[mutant] > 1 for mutant in each.kills & wanted):
            kept.remove(each)
            counts.subtract(each.kills & wanted)
    return kept


def _exchanged(chosen: Sequence[Choice], useful: Sequence[Choice], wanted: frozenset[int]) -> list[Choice]:
    """Each member in turn for the cheapest choice that kills what only it kills."""
    kept = list(chosen)
    for each in sorted(chosen, key=lambda one: -one.price):
        others = frozenset().union(*(other.kills for other in kept if other.id != each.id))
        alone = (each.kills & wanted) - others
        cheaper = [one for one in useful if one.price < each.price and alone <= one.kills]
        if cheaper:
            kept.remove(each)
            replacement = min(cheaper, key=lambda one: (one.price, one.id))
            if replacement not in kept:
                kept.append(replacement)
    return _without_redundant(kept, wanted)


def alone(kills: Mapping[str, frozenset[int]]) -> dict[str, frozenset[int]]:
    """Per test, the mutants that no other test kills."""
    counts = Counter(mutant for each in kills.values() for mutant in each)
    return {name: frozenset(m for m in each if counts[m] == 1) for name, each in kills.items()}
