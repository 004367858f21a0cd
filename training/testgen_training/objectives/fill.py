"""Fill-in-the-middle: a stretch is taken out, to be written from both sides.

The transformation of Bavarian et al. 2022 (arXiv:2207.14255) for an encoder-decoder: both sides go to the
encoder, the middle is the target. Deviation: its length is uniform up to a third of the stretch, counted in
tokens.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import PREFIX, SUFFIX, Task
from testgen_training.corpus.records import FileRecord
from testgen_training.examples.example import Example, Workshop
from testgen_training.objectives.window import window_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """The objective."""

    task: Task = Task.FILL
    records: str = "files"

    def example(self, record: FileRecord, workshop: Workshop, rng: random.Random) -> Example | None:
        """Takes a middle out of a stretch of the file."""
        limits = workshop.limits
        ids = window_ids(record.text, workshop.tokenizer, limits.source_tokens - 4, rng)
        if len(ids) < 32:
            return None
        longest = min(limits.target_tokens - 4, len(ids) // 3)
        length = rng.randint(4, max(4, longest))
        start = rng.randint(0, len(ids) - length)
        code = workshop.tokenizer.encode
        source = [
            *code(self.task.token),
            *code(PREFIX),
            *ids[:start],
            *code(SUFFIX),
            *ids[start + length :],
        ]
        middle = ids[start : start + length]
        num_bytes = len(workshop.tokenizer.decode_bytes(middle))
        return workshop.of_ids(self.task, record.repository, source, middle, num_answer_bytes=num_bytes)
