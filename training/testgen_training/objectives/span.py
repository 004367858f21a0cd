"""Masked span prediction: 15% of the tokens, in spans of one to five, are to be written from what is around
them.

As in T5 (Raffel et al. 2020, arXiv:1910.10683) and CodeT5 (Wang et al. 2021, arXiv:2109.00859): each span is
one sentinel in the source; the target lists the sentinels with what they stand for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import NUM_SENTINELS, SENTINELS, Task
from testgen_training.corpus.records import FileRecord
from testgen_training.examples.example import Example, Workshop
from testgen_training.objectives.window import window_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The objective; its start values are CodeT5's."""

    share: float = 0.15
    """Of the tokens that are masked."""
    longest: int = 5
    """Tokens of the longest span; lengths are uniform from 1."""
    task: Task = Task.SPAN
    records: str = "files"

    def example(self, record: FileRecord, workshop: Workshop, rng: random.Random) -> Example | None:
        """Masks spans of a stretch of the file; the stretch is as long as its target allows."""
        limits = workshop.limits
        by_target = int((limits.target_tokens - 4) / (self.share * (1 + 2 / (1 + self.longest))))
        ids = window_ids(record.text, workshop.tokenizer, min(limits.source_tokens - 2, by_target), rng)
        if len(ids) < 16:
            return None
        sentinels = [workshop.tokenizer.id_of(token) for token in SENTINELS]
        source, target = mask(ids, choose(len(ids), self.share, self.longest, rng), sentinels)
        opening = workshop.tokenizer.encode(self.task.token)
        return workshop.of_ids(
            self.task,
            record.repository,
            [*opening, *source],
            target,
            num_answer_bytes=len(workshop.tokenizer.decode_bytes([t for t in target if t not in sentinels])),
        )


def choose(num_tokens: int, share: float, longest: int, rng: random.Random) -> list[tuple[int, int]]:
    """Spans (first, past the last), in order, that neither overlap nor touch."""
    wanted = max(1, round(num_tokens * share))
    lengths: list[int] = []
    while wanted > 0 and len(lengths) < NUM_SENTINELS:
        lengths.append(min(wanted, rng.randint(1, longest)))
        wanted -= lengths[-1]
    gaps = num_tokens - sum(lengths) - (len(lengths) - 1)
    while gaps < 0:
        gaps += lengths.pop() + 1
    cuts = sorted(rng.randint(0, gaps) for _ in lengths)
    spans, shift = [], 0
    for cut, length in zip(cuts, lengths, strict=True):
        spans.append((cut + shift, cut + shift + length))
        shift += length + 1
    return spans


def mask(ids: list[int], spans: list[tuple[int, int]], sentinels: list[int]) -> tuple[list[int], list[int]]:
    """Source with a sentinel for each span, and the target that restores it."""
    source: list[int] = []
    target: list[int] = []
    at = 0
    for sentinel, (start, end) in zip(sentinels, spans, strict=False):
        source += [*ids[at:start], sentinel]
        target += [sentinel, *ids[start:end]]
        at = end
    return [*source, *ids[at:]], target
