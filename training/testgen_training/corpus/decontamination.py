"""Keeps evaluation sets out of training: what shares 13-grams of words with them is dropped.

As for GPT-3 (Brown et al. 2020, arXiv:2005.14165, appendix C) an n-gram that many repositories have says
nothing: it is the licence, `use ExUnit.Case` and their like, and is not counted. Deviation: a whole file is
dropped where more than a share of its n-grams is shared, rather than a window around each; a test where a
single one is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from testgen_training.corpus.dedup import words

_N = 13


def grams(text: str) -> set[int]:
    """Hashes of all runs of 13 words. Stable within one process only."""
    found = words(text)
    return {hash(tuple(found[start : start + _N])) for start in range(len(found) - _N + 1)}


@dataclass(slots=True)
class Contamination:
    """The n-grams of the evaluation sets."""

    grams: set[int] = field(default_factory=set)

    def add(self, text: str) -> None:
        """Takes in a text of an evaluation set."""
        self.grams |= grams(text)

    def forget(self, widespread: Iterable[int]) -> None:
        """Takes out n-grams that say nothing."""
        self.grams.difference_update(widespread)

    def share(self, text: str) -> float:
        """Share of a text's n-grams that an evaluation set has too; 0 for a text of fewer than 13 words."""
        own = grams(text)
        return len(own & self.grams) / len(own) if own else 0.0
