"""How well a model does on a fixed set of examples: nats per byte of the answer, by task.

Beside it the same with the sources shuffled: the difference is how much the source is used. While it is near
nothing, the decoder is a language model of answers and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from testgen_training.examples.batches import bucketed, collate
from testgen_training.examples.example import Example
from testgen_training.fitting.forward import logits, losses

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """Losses in nats per byte."""

    overall: float
    by_task: dict[str, float]
    shuffled_by_task: dict[str, float]

    def as_metrics(self) -> dict[str, float]:
        """Flat, for a log."""
        found = {"validation/overall": self.overall}
        for task, value in self.by_task.items():
            found[f"validation/{task}"] = value
            found[f"validation/{task}/shuffled"] = self.shuffled_by_task[task]
        return {name: round(value, 4) for name, value in found.items()}


def validate(model: T5ForConditionalGeneration, examples: Sequence[Example], batch_tokens: int) -> Validation:
    """Losses over all examples; `overall` is the mean of the tasks' losses, each task counted the same."""
    was_training = model.training
    model.train(False)
    true = by_task(model, examples, batch_tokens)
    shuffled = by_task(model, examples, batch_tokens, shuffled=True)
    model.train(was_training)
    return Validation(overall=sum(true.values()) / len(true), by_task=true, shuffled_by_task=shuffled)


@torch.no_grad()
def by_task(
    model: T5ForConditionalGeneration,
    examples: Sequence[Example],
    batch_tokens: int,
    *,
    shuffled: bool = False,
) -> dict[str, float]:
    """Nats per byte by task. Shuffling happens among the examples of one task, in batches of like length."""
    found: dict[str, float] = {}
    for task in sorted({each.task.value for each in examples}):
        own = [each for each in examples if each.task.value == task]
        nats, num_bytes = 0.0, 0
        for group in bucketed(own, batch_tokens):
            batch = collate(group)
            nats += float(losses(logits(model, batch, shuffled=shuffled), batch).sum())
            num_bytes += sum(each.num_answer_bytes for each in group)
        found[task] = nats / max(1, num_bytes)
    return found
