"""A sample of a written suite's mutants, judged again by the second scorer, which switches nothing."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.generation.places import Place
from benchmarks.verdicts.fresh_vm import FreshVm, MutantText, Verdict, mutants_of
from benchmarks.verdicts.subjects import Subject

_STATUSES = {
    Verdict.KILLED: "Killed",
    Verdict.TIMEOUT: "Timeout",
    Verdict.SURVIVED: "Survived",
    Verdict.INVALID: "CompileError",
}
SIZE = 6
SEED = 0
_AGAIN = 2
"""More runs where the two scorers differ, so that an unsteady suite can be told from a drift."""


def judged(place: Place, scored: dict[str, Any]) -> dict[str, Any]:
    """Verdicts of both scorers on the sampled mutants, and the fresh VM's on the unchanged module."""
    subject = _subject(place, place.generated_path())
    sample = sampled(
        [mutant for mutant in _mutants(subject, scored) if mutant.switched is not Verdict.INVALID],
        place.module.slug,
    )
    source = (place.bench.project / subject.source).read_text(encoding="utf-8")
    machine = FreshVm(place.bench.project)
    return {
        "unchanged": machine.judge(subject, source).value,
        "mutants": [
            {
                "key": mutant.key,
                "switched": mutant.switched.value,
                "fresh": _verdicts(machine, mutant, source),
            }
            for mutant in sample
        ],
    }


def judged_all(place: Place, suite: str, scored: dict[str, Any]) -> dict[str, Any] | None:
    """A report with the fresh VM's verdicts on a suite in place of those that it has.

    None where the suite does not pass on the unchanged module.
    """
    subject = _subject(place, suite)
    source = (place.bench.project / subject.source).read_text(encoding="utf-8")
    machine = FreshVm(place.bench.project)
    if machine.judge(subject, source) is not Verdict.SURVIVED:
        return None
    verdicts = {
        mutant.key: machine.judge(subject, mutant.apply(source))
        for mutant in _mutants(subject, scored)
        if mutant.switched is not Verdict.INVALID
    }
    mutants = [
        {**mutant, "status": _STATUSES[verdicts[mutant["id"]]], "killedBy": []}
        if mutant["id"] in verdicts
        else mutant
        for mutant in scored["mutants"]
    ]
    return {**scored, "mutants": mutants, "judgedBy": "mix test"}


def _subject(place: Place, suite: str) -> Subject:
    return Subject(
        project=place.module.app,
        source=place.module.source,
        suite=suite,
        stateful=place.module.stateful,
    )


def _mutants(subject: Subject, scored: dict[str, Any]) -> list[MutantText]:
    return mutants_of(subject, {"files": {subject.source: {"mutants": scored["mutants"]}}})


def sampled(mutants: list[MutantText], module: str) -> list[MutantText]:
    """As many as SIZE, by a seed of the module's own."""
    return random.Random(f"{SEED} {module}").sample(mutants, min(SIZE, len(mutants)))


def _verdicts(machine: FreshVm, mutant: MutantText, source: str) -> list[str]:
    text = mutant.apply(source)
    first = machine.judge(mutant.subject, text)
    again = 0 if first.kind == mutant.switched.kind else _AGAIN
    return [
        verdict.value for verdict in (first, *(machine.judge(mutant.subject, text) for _ in range(again)))
    ]
