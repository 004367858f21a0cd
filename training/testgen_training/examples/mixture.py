"""Which objective, and which record for it, comes next: fixed by a seed and a position, so that training
resumes exactly.

The stream is cut into windows of the same make-up. How many examples of each objective and test type a
window holds is settled once; which records they are follows from how many were drawn before, each record
once before any comes again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from testgen_training.errors import ConfigInvalid, CorpusUnusable
from testgen_training.examples.corpus_view import CorpusView, Group
from testgen_training.objectives import OBJECTIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """How much of what."""

    objectives: Mapping[str, float] = field(
        default_factory=lambda: {
            "span": 0.22,
            "fill": 0.08,
            "identifier": 0.05,
            "assertion": 0.10,
            "name": 0.10,
            "test": 0.15,
            "code": 0.05,
            "call": 0.25,
        }
    )
    """Weight of each objective by its task's name; they need not sum to 1. A group of calls counts once."""
    test_types: Mapping[str, float] = field(
        default_factory=lambda: {"exunit": 0.60, "streamdata": 0.25, "liveview": 0.15}
    )
    """Shares of the test types among examples made from tests."""
    max_oversampling: float = 4.0
    """How many times its natural share a test type may take; the rest goes to the others."""

    def __post_init__(self) -> None:
        known = {objective.task.value for objective in OBJECTIVES}
        for name, weight in self.objectives.items():
            if name not in known:
                raise ConfigInvalid(
                    f"There is no objective {name!r}.", f"There are: {', '.join(sorted(known))}."
                )
            if weight < 0:
                raise ConfigInvalid(f"The weight of {name} is {weight}; it must not be negative.")
        if not sum(self.objectives.values()):
            raise ConfigInvalid("All weights of the mixture are 0.", "Give one objective a weight.")


@dataclass(frozen=True, slots=True)
class Draw:
    """Records for one objective."""

    objective: int
    """Its place in `OBJECTIVES`."""
    kind: str
    group: Group


class Draws:
    """The stream of draws, window by window."""

    def __init__(self, view: CorpusView, mixture: Mixture, *, window: int, seed: int) -> None:
        """Settles the make-up of a window. Raises CorpusUnusable where an objective has no records."""
        self._view, self._seed = view, seed
        self.counts = _counts(view, mixture, window)
        self._permutation = lru_cache(maxsize=64)(self._shuffled)

    def of_window(self, number: int) -> Iterator[tuple[Draw, random.Random]]:
        """The draws of a window with the random numbers of each; the same for the same seed and number."""
        for (place, test_type), count in self.counts.items():
            pool = self._view.pools[OBJECTIVES[place].records][test_type]
            for drawn in range(number * count, (number + 1) * count):
                epoch, at = divmod(drawn, len(pool))
                group = pool[self._permutation(place, test_type, epoch)[at]]
                rng = random.Random(f"{self._seed}:{place}:{test_type}:{drawn}")
                yield Draw(place, OBJECTIVES[place].records, group), rng

    def _shuffled(self, place: int, test_type: str, epoch: int) -> NDArray[np.int64]:
        pool = self._view.pools[OBJECTIVES[place].records][test_type]
        seed = random.Random(f"{self._seed}:{place}:{test_type}:{epoch}").getrandbits(63)
        return np.random.default_rng(seed).permutation(len(pool))


def _counts(view: CorpusView, mixture: Mixture, window: int) -> dict[tuple[int, str], int]:
    """Examples per window by objective and test type; every one that has a weight gets at least one."""
    total = sum(mixture.objectives.values())
    counts: dict[tuple[int, str], int] = {}
    for place, objective in enumerate(OBJECTIVES):
        weight = mixture.objectives.get(objective.task.value, 0) / total
        pools = {name: pool for name, pool in view.pools[objective.records].items() if len(pool)}
        if not weight:
            continue
        if not pools:
            raise CorpusUnusable(
                f"The split {view.split} has no {objective.records} for objective {objective.task.value}.",
                "Give that objective the weight 0, or make a larger corpus.",
            )
        shares = _shares({name: len(pool) for name, pool in pools.items()}, mixture)
        for test_type, share in shares.items():
            counts[place, test_type] = max(1, round(weight * share * window))
    return counts


def _shares(sizes: Mapping[str, int], mixture: Mixture) -> dict[str, float]:
    """Shares of the pools, none above its natural share times `max_oversampling`."""
    total = sum(sizes.values())
    wanted = {name: mixture.test_types.get(name, 0.0) or 1.0 * (name == "") for name in sizes}
    capped = {
        name: min(wanted[name], mixture.max_oversampling * size / total) for name, size in sizes.items()
    }
    largest = max(sizes, key=lambda name: sizes[name])
    capped[largest] += 1 - sum(capped.values())
    return {name: share for name, share in capped.items() if share > 0}
