"""Inputs that the guided search found: what reaches new places, and what tells a mutant apart.

The search itself is the agent's (`Testgen.Exploration`); here its seeds are chosen, and its finds become
candidates like all others: observed, run on mutants, and selected or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from testgen.mutation import Mutant
from testgen.synthesis.candidate import Candidate, Oracle, Status
from testgen.synthesis.exploring import FoundInput
from testgen.synthesis.findings import raised_on_purpose
from testgen.synthesis.reader import calls
from testgen.synthesis.subject import Knowledge, Subject

_REACHERS = 6
"""Seeds for each survivor."""
_PER_FUNCTION = 10
_AT_MOST = 240


class Guidance:
    """Proposes what the guided search found."""

    name = "guidance"

    def __init__(self, found: Sequence[FoundInput]) -> None:
        self._found = found

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """In the order found; each as the seed it was made of, with other values."""
        for each in self._found:
            yield _candidate(each, knowledge.by_id[each.seed], subject)


def _candidate(found: FoundInput, seed: Candidate, subject: Subject) -> Candidate:
    name = seed.function.rpartition("/")[0]
    site = next((site for site in calls(found.call) if site.function == name), None)
    whole = site is not None and found.call.startswith((f"{subject.shown_as}.{name}(", f"{name}("))
    return replace(
        seed,
        setup=found.setup,
        call=found.call,
        args=site.args if site is not None and whole else (),
        origin=Guidance.name,
        oracle=Oracle.OBSERVED,
        expected=None,
    )


def seeds(subject: Subject, knowledge: Knowledge, survivors: Sequence[Mutant]) -> list[tuple[int, str]]:
    """Candidates to vary, with their functions: the simplest that reach each survivor, some of each function.

    What gave a value comes before what raised: a change of nonsense is nonsense more often than not.
    """
    usable = {
        n
        for n, observation in knowledge.observations.items()
        if observation.status.is_assertable and not knowledge.by_id[n].needs_folder
    }
    picked: dict[int, None] = {}
    for mutant in survivors:
        reachers = [n for n in knowledge.reached_by.get(mutant.id, ()) if n in usable]
        picked |= dict.fromkeys(_spread(reachers, knowledge, _REACHERS))
    for function in subject.functions:
        own = [n for n in usable if knowledge.by_id[n].function == function.signature]
        picked |= dict.fromkeys(_spread(own, knowledge, _PER_FUNCTION))
    return [(number, knowledge.by_id[number].function) for number in list(picked)[:_AT_MOST]]


def _spread(numbers: Sequence[int], knowledge: Knowledge, count: int) -> list[int]:
    """The simplest of each path through the code first, then a seeded choice of the others."""
    observed = knowledge.observations
    simple = sorted(numbers, key=lambda n: (observed[n].status is not Status.OK, knowledge.by_id[n].cost, n))
    paths: dict[frozenset[int], int] = {}
    for number in simple:
        paths.setdefault(observed[number].covers, number)
    first = list(paths.values())[:count]
    rest = [n for n in simple if n not in first]
    return [*first, *knowledge.rng.sample(rest, min(len(rest), max(0, count - len(first))))]


def may_be_pinned(subject: Subject) -> list[str]:
    """Exceptions that a test may assert: those raised on purpose, and refusals of heads with a guard."""
    guarded = any(clause.guard for function in subject.functions for clause in function.clauses)
    return sorted(raised_on_purpose(subject) | ({"FunctionClauseError"} if guarded else set()))


def literals(subject: Subject) -> list[str]:
    """Sources of the values written in the module."""
    everything = (*subject.module.functions, *subject.module.private_functions)
    inside = [literal.source for function in everything for literal in function.literals]
    written = [*inside, *(literal.source for literal in subject.module.literals)]
    return list(dict.fromkeys((*written, *_switches(subject, written))))[:300]


def _switches(subject: Subject, written: Sequence[str]) -> list[str]:
    """Atoms as they stand on a command line, where the module reads one."""
    if not any(module == "OptionParser" for module, _ in subject.all_calls):
        return []
    return [f'"--{source[1:].replace("_", "-")}"' for source in written if re.fullmatch(r":[a-z_]+", source)]
