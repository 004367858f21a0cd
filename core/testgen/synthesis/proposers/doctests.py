"""`iex>` examples: each call as its author wrote it, with the value its author expects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from testgen.synthesis.analysis import Doctest, DoctestLine, Function
from testgen.synthesis.candidate import Candidate, Oracle
from testgen.synthesis.reader import calls
from testgen.synthesis.subject import Knowledge, Subject

_BINDS = re.compile(r"^[^=\"']*[^=!<>]=[^=~>]")


class Doctests:
    """Proposes every line of every example, the lines before it as its setup."""

    name = "doctests"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Lines with an expectation first, since they make tests that somebody meant."""
        for function in subject.functions:
            for doctest in function.doctests:
                yield from _lines(doctest, function, subject)
        for doctest in subject.module.doctests:
            yield from _lines(doctest, None, subject)


def _lines(doctest: Doctest, owner: Function | None, subject: Subject) -> Iterator[Candidate]:
    before: list[str] = []
    for line in doctest.lines:
        source = _shortened(line.expr, subject)
        target = owner or _called(source, subject)
        if target is not None and not _BINDS.match(source) and "\n" not in source:
            yield _candidate(source, tuple(before), target, line, subject)
        before.append(source)


def _candidate(
    source: str, setup: tuple[str, ...], function: Function, line: DoctestLine, subject: Subject
) -> Candidate:
    sites = [site for site in calls(source) if site.function == function.name]
    whole = sites and source.startswith((f"{subject.shown_as}.{function.name}(", f"{function.name}("))
    return Candidate(
        function=function.signature,
        module=subject.module.name,
        setup=setup,
        call=source,
        args=sites[0].args if whole and len(sites[0].args) in function.arities else (),
        origin="doctests",
        oracle=Oracle.DOCTEST if line.expected is not None or line.raises else Oracle.OBSERVED,
        expected=line.expected,
    )


def _shortened(source: str, subject: Subject) -> str:
    return re.sub(rf"(?<![\w.]){re.escape(subject.module.name)}(?=[.{{])", subject.shown_as, source)


def _called(source: str, subject: Subject) -> Function | None:
    for site in calls(source):
        for function in subject.functions:
            if site.function == function.name and len(site.args) in function.arities:
                return function
    return None
