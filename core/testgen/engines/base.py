"""The Protocol that every engine fulfils."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a model is asked: to continue `head`, having read `context`."""

    context: str
    """The module under test, as source."""
    head: str
    """Text that the answer is forced to begin with, such as `Cart.add_item(`."""
    num_samples: int = 8
    max_tokens: int = 64
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer: what follows the head."""

    text: str
    log_probability: float = 0.0


class Engine(Protocol):
    """Runs a language model on this machine."""

    @property
    def name(self) -> str:
        """Engine and model, for reports."""
        ...

    def complete(self, request: Request) -> Sequence[Completion]:
        """At most `num_samples` answers, the likeliest first. The same request gives the same answers."""
        ...
