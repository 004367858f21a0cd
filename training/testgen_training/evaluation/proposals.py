"""What proposed calls are worth before any filter: do they parse, have they the right arity, are they
distinct?

Unconstrained samples, judged by the parser: nothing is run here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from testgen.engines import Completion, Engine, Request
from testgen.prompt import Definition, Prompt, Task
from testgen.reading import syntax
from testgen_training.corpus.records import CallRecord, ModuleRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A function whose arguments are proposed, and the arguments that people wrote for it."""

    module: ModuleRecord
    definition: Definition
    shown_as: str
    written: frozenset[str]
    """Arguments as they stand in tests, joined by `, `."""

    @property
    def head(self) -> str:
        """The forced beginning."""
        return f"{self.shown_as}.{self.definition.name}("


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The proposals for one function."""

    num_samples: int
    num_parsing: int
    num_right_arity: int
    num_distinct: int
    """Of all samples, however often each came."""
    num_good: int
    """Distinct ones that parse and have the right arity."""
    has_written: bool
    """Whether one is what somebody wrote."""


def asked_of(calls: Iterable[CallRecord], modules: dict[str, ModuleRecord]) -> list[Asked]:
    """One entry per function that the calls go to, in their order."""
    written: dict[tuple[str, str, int], list[CallRecord]] = {}
    for call in calls:
        written.setdefault((call.module_id, call.function, call.arity), []).append(call)
    found = []
    for (module_id, function, arity), records in written.items():
        module = modules[module_id]
        definition = next(
            (each for each in module.module.definitions if (each.name, each.arity) == (function, arity)), None
        )
        if definition is not None:
            found.append(
                Asked(
                    module=module,
                    definition=definition,
                    shown_as=records[0].shown_as or module.module.name.rpartition(".")[2],
                    written=frozenset(", ".join(each.args) for each in records),
                )
            )
    return found


def request_for(asked: Asked, notions: str, num_samples: int, temperature: float, seed: int) -> Request:
    """What the engine is asked."""
    prompt = Prompt(
        task=Task.CALL, module=asked.module.module, focal=(asked.definition.signature,), notions=notions
    )
    return Request(
        context="",
        head=asked.head,
        prompt=prompt,
        num_samples=num_samples,
        max_tokens=64,
        temperature=temperature,
        seed=seed,
    )


def judge(asked: Asked, samples: Sequence[Completion], num_samples: int) -> Judged:
    """Judges distinct samples; an engine gives each once, with how often it came as `count`."""
    parsing = [
        (each, arguments)
        for each in samples
        if (arguments := arguments_of(asked.head, each.text)) is not None
    ]
    right = [(each, arguments) for each, arguments in parsing if asked.definition.takes(len(arguments))]
    return Judged(
        num_samples=num_samples,
        num_parsing=sum(each.count for each, _ in parsing),
        num_right_arity=sum(each.count for each, _ in right),
        num_distinct=len(samples),
        num_good=len(right),
        has_written=any(", ".join(arguments) in asked.written for _, arguments in right),
    )


def arguments_of(head: str, text: str) -> list[str] | None:
    """The arguments of a forced call that was completed; None where the whole is not exactly one call."""
    root = syntax.parse((head + text).encode("utf-8"))
    statements = [each for each in root.named_children if each.type != "comment"]
    if root.has_error or len(statements) != 1 or statements[0].type != "call":
        return None
    called = syntax.target(statements[0])
    if called is None or f"{syntax.text(called)}(" != head:
        return None
    return [syntax.text(each) for each in syntax.arguments(statements[0])]


def propose(
    engine: Engine,
    asked: Sequence[Asked],
    notions: Sequence[str],
    *,
    num_samples: int,
    temperature: float,
    seed: int,
) -> list[Judged]:
    """Asks for every function and judges."""
    found = []
    for number, (each, lines) in enumerate(zip(asked, notions, strict=True)):
        request = request_for(each, lines, num_samples, temperature, seed + number)
        found.append(judge(each, engine.complete(request), num_samples))
    return found


def summary(judged: Sequence[Judged]) -> dict[str, float]:
    """Shares over all functions."""
    samples = sum(each.num_samples for each in judged) or 1
    return {
        "functions": len(judged),
        "samples": samples,
        "parse": round(sum(each.num_parsing for each in judged) / samples, 4),
        "right_arity": round(sum(each.num_right_arity for each in judged) / samples, 4),
        "distinct": round(sum(each.num_distinct for each in judged) / samples, 4),
        "all_three": round(sum(each.num_good for each in judged) / samples, 4),
        "written_among_samples": round(sum(each.has_written for each in judged) / max(1, len(judged)), 4),
    }
