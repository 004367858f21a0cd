"""An engine with answers given beforehand, for tests of what uses an engine and for running without a
model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from testgen.engines.base import Completion, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeEngine:
    """Answers each head with the texts listed for it, and nothing else."""

    answers: Mapping[str, Sequence[str]]
    name: str = "fake"
    requests: list[Request] = field(default_factory=list, compare=False)
    """What it was asked, in order."""

    def complete(self, request: Request) -> Sequence[Completion]:
        """The listed texts, the first `num_samples` of them."""
        self.requests.append(request)
        texts = self.answers.get(request.head, ())[: request.num_samples]
        return [Completion(text=text, log_probability=-float(rank)) for rank, text in enumerate(texts)]
