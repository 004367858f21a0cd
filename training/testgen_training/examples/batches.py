"""Batches of examples of like length, as arrays, and the loader that makes them window by window.

Padding is what a batch loses: within a window examples are sorted by length and cut into batches of about
the same number of tokens, padding counted; the batches then come in a shuffled order. The loader's whole
state is two numbers, so that a resumed run sees what an uninterrupted one would have seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testgen_training.corpus.records import Record
from testgen_training.examples.corpus_view import CorpusView
from testgen_training.examples.example import Example, Workshop
from testgen_training.examples.mixture import Draws
from testgen_training.objectives import OBJECTIVES

IGNORED = -100
"""Label of a place that does not count in the loss."""

# R: distinct sources of the batch. B: its examples. S: source tokens. T: target tokens.


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to a rectangle."""

    source_RS: NDArray[np.int64]  # noqa: N815
    mask_RS: NDArray[np.int64]  # noqa: N815
    row_B: NDArray[np.int64]  # noqa: N815
    """The source of each example: those that share one are encoded once."""
    decoder_BT: NDArray[np.int64]  # noqa: N815
    """The target shifted by one; the pad id, 0, starts it."""
    labels_BT: NDArray[np.int64]  # noqa: N815
    """`IGNORED` where text is forced or padding."""
    examples: tuple[Example, ...]

    @property
    def num_tokens(self) -> int:
        """Of both sides, without padding; a source that several examples share counts once."""
        targets = sum(len(each.forced_ids) + len(each.answer_ids) for each in self.examples)
        return int(self.mask_RS.sum()) + targets

    @property
    def num_padded_tokens(self) -> int:
        """Of both sides, with padding."""
        return int(self.source_RS.size + self.decoder_BT.size)


def collate(examples: Sequence[Example]) -> Batch:
    """Pads examples to the longest of them."""
    sources = list(dict.fromkeys(each.source_ids for each in examples))
    row_of = {source: row for row, source in enumerate(sources)}
    source_RS = np.zeros((len(sources), max(map(len, sources))), dtype=np.int64)  # noqa: N806
    mask_RS = np.zeros_like(source_RS)  # noqa: N806
    for row, ids in enumerate(sources):
        source_RS[row, : len(ids)] = ids
        mask_RS[row, : len(ids)] = 1
    decoder_BT = np.zeros((len(examples), max(map(_target_size, examples))), dtype=np.int64)  # noqa: N806
    labels_BT = np.full_like(decoder_BT, IGNORED)  # noqa: N806
    for row, each in enumerate(examples):
        target = (*each.forced_ids, *each.answer_ids)
        decoder_BT[row, 1 : len(target)] = target[:-1]
        labels_BT[row, len(each.forced_ids) : len(target)] = each.answer_ids
    row_B = np.array([row_of[each.source_ids] for each in examples], dtype=np.int64)  # noqa: N806
    return Batch(source_RS, mask_RS, row_B, decoder_BT, labels_BT, tuple(examples))


def _target_size(example: Example) -> int:
    return len(example.forced_ids) + len(example.answer_ids)


def bucketed(
    examples: Sequence[Example], max_tokens: int, rng: random.Random | None = None
) -> list[list[Example]]:
    """Groups of like length whose padded size is at most `max_tokens`, in shuffled order where `rng` is
    given.

    An example that is larger by itself is a group of its own.
    """
    groups: list[list[Example]] = [[]]
    for each in sorted(examples, key=lambda one: (len(one.source_ids), one.source_ids, _target_size(one))):
        if groups[-1] and _padded_size([*groups[-1], each]) > max_tokens:
            groups.append([])
        groups[-1].append(each)
    filled = [group for group in groups if group]
    if rng is not None:
        rng.shuffle(filled)
    return filled


def _padded_size(group: list[Example]) -> int:
    sources = {each.source_ids for each in group}
    return len(sources) * max(map(len, sources)) + len(group) * max(map(_target_size, group))


def examples_of(draws: Draws, view: CorpusView, workshop: Workshop, window: int) -> Iterator[Example]:
    """The examples of a window; a record that gives none is passed over."""
    for draw, rng in draws.of_window(window):
        for number in draw.group:
            record: Record = view.record(draw.kind, number)
            example = OBJECTIVES[draw.objective].example(record, workshop, rng)
            if example is not None:
                yield example


@dataclass(slots=True)
class Loader:
    """Batches without end."""

    view: CorpusView
    draws: Draws
    workshop: Workshop
    max_tokens: int
    """Of a batch, padding counted."""
    seed: int
    window: int = 0
    """Window that the next batch comes from."""
    at: int = 0
    """Batches of that window that were given already."""

    def __iter__(self) -> Iterator[Batch]:
        """Goes on from `window` and `at`, and keeps them."""
        while True:
            examples = list(examples_of(self.draws, self.view, self.workshop, self.window))
            groups = bucketed(examples, self.max_tokens, random.Random(f"{self.seed}:{self.window}"))
            while self.at < len(groups):
                self.at += 1
                yield collate(groups[self.at - 1])
            self.window, self.at = self.window + 1, 0

    def state(self) -> dict[str, int]:
        """Where the next batch is."""
        return {"window": self.window, "at": self.at}
