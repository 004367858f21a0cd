"""A language model's calls: the head of a call is forced, the model writes the arguments, running tells
their worth.

Off unless an engine is given. An answer is used up to the parenthesis that closes the call; one that refers
to variables, that cannot be delimited, or that has the wrong arity, is never run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from testgen.engines import Engine, Request
from testgen.notions import lines_for
from testgen.prompt import Prompt, Task
from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.reader import calls, is_closed
from testgen.synthesis.subject import Knowledge, Subject

if TYPE_CHECKING:
    from testgen.reading.code_modules import CodeModule


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Proposes what an engine completes."""

    engine: Engine
    source: str
    """The module under test."""
    num_samples: int = 16
    temperature: float = 0.8
    seed: int = 0
    name: str = "model"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Samples for each function in turn."""
        for function in subject.functions:
            if function.kind == "def" and function.arity > 0 and not subject.is_callback(function):
                yield from self._calls(function, subject)

    def _calls(self, function: Function, subject: Subject) -> Iterator[Candidate]:
        head = f"{subject.shown_as}.{function.name}("
        request = Request(
            context=self.source,
            head=head,
            prompt=prompt_for(self.source, subject.module.name, function.signature),
            num_samples=self.num_samples,
            temperature=self.temperature,
            seed=self.seed,
        )
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


def prompt_for(source: str, module: str, signature: str) -> Prompt | None:
    """What a model of ours is asked about a function; None where the source does not show its module, or the
    parser is not installed: an engine then has the source alone.
    """
    found = _modules(source).get(module)
    if found is None:
        return None
    return Prompt(
        task=Task.CALL,
        module=found.text,
        focal=(signature,),
        notions=lines_for((*found.uses, *found.behaviours)),
    )


@lru_cache(maxsize=8)
def _modules(source: str) -> Mapping[str, CodeModule]:
    try:
        from testgen.reading import syntax
        from testgen.reading.code_modules import modules_of
    except ImportError:
        return {}
    return {each.text.name: each for each in modules_of(syntax.parse(source.encode("utf-8")))}
