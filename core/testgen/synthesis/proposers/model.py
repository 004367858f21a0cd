"""A language model's calls: the head of a call is forced, the model writes the arguments, running tells
their worth.

Off unless an engine is given. An answer is used up to the parenthesis that closes the call; one that refers
to variables, or that cannot be delimited, is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testgen.engines import Engine, Request
from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.reader import calls, is_closed
from testgen.synthesis.subject import Knowledge, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Proposes what an engine completes."""

    engine: Engine
    source: str
    """The module under test."""
    num_samples: int = 8
    seed: int = 0
    name: str = "model"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Samples for each function in turn."""
        for function in subject.functions:
            if function.kind == "def" and not subject.is_callback(function):
                yield from self._calls(function, subject)

    def _calls(self, function: Function, subject: Subject) -> Iterator[Candidate]:
        head = f"{subject.shown_as}.{function.name}("
        request = Request(context=self.source, head=head, num_samples=self.num_samples, seed=self.seed)
        for completion in self.engine.complete(request):
            site = next(iter(calls(head + completion.text)), None)
            if site is None or site.function != function.name or len(site.args) not in function.arities:
                continue
            if all(map(is_closed, site.args)):
                yield called(
                    subject.module.name,
                    function.name,
                    site.args,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=self.name,
                )
