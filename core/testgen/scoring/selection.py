"""Which of a file's mutants a run is about: some functions, the changed lines, a sample of what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testgen.errors import NothingTestable
from testgen.mutation import Mutant
from testgen.project import Project
from testgen.scoring.changed_lines import changed_since
from testgen.scoring.config import ScoreConfig
from testgen.scoring.sampling import stratified_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The mutants to run, those that the sample stands for, and why each of the others is left aside."""

    chosen: tuple[Mutant, ...]
    population: int
    """How many mutants the chosen ones stand for."""
    left_aside: Mapping[str, str]
    """Reason by the mutant's key."""


def select(mutants: Sequence[Mutant], config: ScoreConfig, project: Project) -> Selection:
    """The mutants that `config` asks for. Raises GitUnusable, and NothingTestable for an unknown function."""
    reasons: dict[str, str] = {}
    chosen = list(mutants)
    if config.functions:
        chosen = _keep(chosen, _of_functions(chosen, config.functions), "in another function", reasons)
    if config.changed is not None:
        changed = changed_since(project.source, config.changed)
        reason = f"on a line unchanged since {config.changed}"
        chosen = _keep(chosen, changed.select(chosen), reason, reasons)
    population = len(chosen)
    if config.sample is not None and chosen:
        sampled = stratified_sample(chosen, config.sample, config.seed)
        chosen = _keep(chosen, sampled, "not in the sample", reasons)
    return Selection(chosen=tuple(chosen), population=population, left_aside=reasons)


def _of_functions(mutants: Sequence[Mutant], functions: Sequence[str]) -> list[Mutant]:
    known = {mutant.function for mutant in mutants if mutant.function}
    if missing := [function for function in functions if function not in known]:
        raise NothingTestable(
            f"No mutant lies in {', '.join(missing)}.",
            f"Functions with mutants are {', '.join(sorted(known)) or 'none'}.",
        )
    return [mutant for mutant in mutants if mutant.function in functions]


def _keep(
    mutants: Sequence[Mutant], kept: Sequence[Mutant], reason: str, reasons: dict[str, str]
) -> list[Mutant]:
    """`kept`, in the order of `mutants`; the others' reason is noted."""
    keys = {mutant.key for mutant in kept}
    reasons.update((mutant.key, reason) for mutant in mutants if mutant.key not in keys)
    return [mutant for mutant in mutants if mutant.key in keys]
