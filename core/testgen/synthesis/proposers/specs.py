"""Specs and types: small, varied values of each argument's type, one place varied at a time and then
together.
"""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.analysis import Function, Spec
from testgen.synthesis.arguments import by_spec
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject

_PER_FUNCTION = 48


class Specs:
    """Proposes calls whose arguments are values of the types that the spec names."""

    name = "specs"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """For each spec of each function, at every arity that default arguments allow."""
        for function in subject.functions:
            if subject.is_callback(function) or function.kind in ("defmacro", "defguard"):
                continue
            for spec in function.specs:
                yield from _calls(function, spec, subject, knowledge)


def _calls(function: Function, spec: Spec, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
    pool = tuple(sorted(knowledge.pool, key=lambda each: each.weight)[:12])
    choices = by_spec(function, spec, subject, pool)
    for arguments in combine(choices, _PER_FUNCTION):
        yield called(
            subject.module.name,
            function.name,
            arguments,
            shown_as=subject.shown_as,
            arity=function.arity,
            origin=Specs.name,
        )
