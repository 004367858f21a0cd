"""Leaves out near copies: MinHash over 5-grams of code words, at a given Jaccard similarity, by rensa.

Two texts are compared after comments and layout are taken off. Candidates come from locality-sensitive
hashing and are then judged by their signatures, so that no text is dropped for sharing one band alone
(Broder 1997; Lee et al. 2021, arXiv:2107.06499).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rensa import RMinHash, RMinHashLSH

_Key = TypeVar("_Key")
_NUM_PERMUTATIONS = 128
_SHINGLE = 5
_WORD = re.compile(r"#[^\n{]*\n|[A-Za-z_0-9@]+[?!]?|[^\sA-Za-z_0-9@]")


def words(text: str) -> list[str]:
    """The words and signs of a source text, layout and most comments left out."""
    return [word for word in _WORD.findall(text) if word[0] != "#" or len(word) == 1]


def shingles(text: str) -> list[str]:
    """All runs of five words; the whole text where it is shorter."""
    found = words(text)
    if len(found) <= _SHINGLE:
        return [" ".join(found)]
    return list(map(" ".join, zip(*(found[start:] for start in range(_SHINGLE)), strict=False)))


def distinct(texts: Iterable[tuple[_Key, str]], *, threshold: float = 0.85, seed: int = 42) -> Iterator[_Key]:
    """Keys of the texts that are no near copy of an earlier one, in order."""
    index = RMinHashLSH(threshold=threshold, num_perm=_NUM_PERMUTATIONS, num_bands=_bands(threshold))
    kept: list[RMinHash] = []
    for key, text in texts:
        signature = RMinHash(num_perm=_NUM_PERMUTATIONS, seed=seed)
        signature.update(shingles(text))
        if any(kept[other].jaccard(signature) >= threshold for other in index.query(signature)):
            continue
        index.insert(len(kept), signature)
        kept.append(signature)
        yield key


def _bands(threshold: float) -> int:
    """The fewest bands that find a pair at the threshold with 99% probability."""
    for bands in (1, 2, 4, 8, 16, 32, 64):
        if 1 - (1 - threshold ** (_NUM_PERMUTATIONS // bands)) ** bands >= 0.99:
            return bands
    return _NUM_PERMUTATIONS
