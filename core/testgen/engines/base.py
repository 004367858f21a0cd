"""The Protocol that every engine fulfils."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from testgen.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a model is asked: to continue `head`, having read `prompt` or, without one, `context`."""

    context: str
    """The module under test, as source; for engines of models that were trained on other prompts than ours.
    """
    head: str
    """Text that the answer is forced to begin with, such as `Cart.add_item(`."""
    prompt: Prompt | None = None
    """The question in the form that our own models were trained on."""
    num_samples: int = 8
    max_tokens: int = 64
    temperature: float = 0.8
    """Of sampling; 0 gives the likeliest answer alone."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer: what follows the head."""

    text: str
    log_probability: float = 0.0
    count: int = 1
    """How many samples gave it."""


class Engine(Protocol):
    """Runs a language model on this machine."""

    @property
    def name(self) -> str:
        """Engine and model, for reports."""
        ...

    def complete(self, request: Request) -> Sequence[Completion]:
        """At most `num_samples` answers, the likeliest first. The same request gives the same answers."""
        ...
