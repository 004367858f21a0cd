"""What a proposer is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from testgen.synthesis.candidate import Candidate
from testgen.synthesis.subject import Knowledge, Subject


class Proposer(Protocol):
    """Turns one source of knowledge about a module into calls worth trying."""

    @property
    def name(self) -> str:
        """How reports call it."""
        ...

    def propose(self, subject: Subject, knowledge: Knowledge, /) -> Iterator[Candidate]:
        """Candidates, the most promising first. Deterministic for the same knowledge and seed."""
        ...
