"""Tests the project has already: the calls they make, as seeds to vary. Their expectations stay theirs."""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.reader import calls, is_closed
from testgen.synthesis.subject import Knowledge, Subject


class ExistingTests:
    """Proposes the calls of existing tests whose arguments stand for themselves."""

    name = "existing tests"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Each call of a function under test, once."""
        by_name = {f.name: f for f in subject.functions if f.kind == "def"}
        names = {subject.module.name, subject.shown_as}
        done = set()
        for site in calls(subject.existing_tests):
            function = by_name.get(site.function)
            if function is None or site.module not in names or len(site.args) not in function.arities:
                continue
            if all(map(is_closed, site.args)) and (site.function, site.args) not in done:
                done.add((site.function, site.args))
                yield called(
                    subject.module.name,
                    function.name,
                    site.args,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=self.name,
                )
