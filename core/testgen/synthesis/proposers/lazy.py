"""Results that are computed only when asked for: streams are taken from, functions are called.

A test of `lines |> entries()` that gets a stream back says nothing yet; `|> Enum.take(5)` makes it speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.subject import Knowledge, Subject

_TAKEN = 5
_PER_FUNCTION = 30


class Lazy:
    """Proposes `call |> Enum.take(5)` for calls that gave a stream, and calls of functions that they gave."""

    name = "lazy results"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Simplest calls first."""
        for function in subject.functions:
            found = [
                (candidate, observation)
                for number, candidate in knowledge.by_id.items()
                if candidate.function == function.signature
                and candidate.origin != self.name
                and _is_lazy(observation := knowledge.observations[number])
            ]
            for candidate, observation in sorted(found, key=lambda pair: pair[0].cost)[:_PER_FUNCTION]:
                yield from _asked(candidate, observation)


def _is_lazy(observation: Observation) -> bool:
    asserted = observation.assertion[0] if observation.assertion else ""
    return observation.status is Status.OK and (
        asserted.startswith("assert is_function(") or "%Stream{" in asserted
    )


def _asked(candidate: Candidate, observation: Observation) -> Iterator[Candidate]:
    first = observation.assertion[0]
    taken = f"{candidate.call} |> Enum.take({_TAKEN})"
    if "%Stream{" in first or not first.rstrip().endswith((", 0)", ", 1)")):
        yield _derived(candidate, taken)
    if first.rstrip().endswith(", 0)"):
        yield _derived(candidate, f"({candidate.call}).()")
    for value in ("3", '"hello"', "[3, 1, 2]", ":a") if first.rstrip().endswith(", 1)") else ():
        yield _derived(candidate, f"({candidate.call}).({value})")


def _derived(candidate: Candidate, call: str) -> Candidate:
    return replace(candidate, call=call, args=(), origin=Lazy.name, penalty=candidate.penalty + 0.5)
