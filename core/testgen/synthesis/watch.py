"""Tells an onlooker what a generation finds, while it finds it: for editors that show it as it happens."""

from __future__ import annotations

from testgen.mutation import Mutant
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.report import DeliveredTest


class Watch:
    """An onlooker that looks away; override what is wanted. Called from the thread of the generation."""

    def killed(self, mutant: Mutant, candidate: Candidate) -> None:
        """A mutant was killed for the first time, by this candidate."""

    def accepted(self, test: DeliveredTest) -> None:
        """A test passed every verification and is in the finished text."""
