"""Functions without a spec: values of the kind that guards, patterns and names suggest, else one of every
kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.arguments import guesses
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject

_PER_FUNCTION = 60


class Inference:
    """Proposes calls of functions that have no spec. What a wrong kind raises is no test."""

    name = "inference"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Each function at every arity that default arguments allow."""
        pool = tuple(sorted(knowledge.pool, key=lambda each: each.weight)[:6])
        for function in subject.functions:
            if function.specs or subject.is_callback(function):
                continue
            choices = guesses(function, subject, pool)
            for arity in sorted(set(function.arities), reverse=True):
                for arguments in combine(choices[:arity], _PER_FUNCTION):
                    yield called(
                        subject.module.name,
                        function.name,
                        arguments,
                        shown_as=subject.shown_as,
                        arity=function.arity,
                        origin=self.name,
                        penalty=0.2,
                    )
