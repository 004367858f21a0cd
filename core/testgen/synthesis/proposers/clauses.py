"""Clause heads turned into inputs: at least one call that each clause's patterns and guard accept."""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.arguments import clause_choices
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject

_PER_CLAUSE = 14


class Clauses:
    """Proposes calls for each clause of each function, shapes from the patterns, values around the guards."""

    name = "clauses"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Clauses in the order written."""
        pool = tuple(sorted(knowledge.pool, key=lambda each: each.weight)[:8])
        for function in subject.functions:
            if subject.is_callback(function):
                continue
            for clause in function.clauses:
                choices = clause_choices(function, clause, subject, pool)
                for arguments in combine(choices, _PER_CLAUSE):
                    for arity in sorted({function.arity, *function.arities}, reverse=True):
                        yield called(
                            subject.module.name,
                            function.name,
                            arguments[:arity],
                            shown_as=subject.shown_as,
                            arity=function.arity,
                            origin=self.name,
                        )
