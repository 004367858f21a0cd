"""Choosing a sample of mutants that stands for all of them, and saying how well it does.

The sample is stratified by operator group and function: each stratum gets its share of the sample,
rounded down or up. The interval is Wilson's with the correction for finite populations, which takes the
sample for a simple random one; a proportionally stratified sample varies no more than that, so the
interval errs on the wide side. (E. B. Wilson, "Probable inference, the law of succession, and statistical
inference", JASA 22, 1927.)
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence

from testgen.mutation import Mutant, MutantResult, SampleEstimate, Score

_Z_95 = 1.959963984540054


def stratified_sample(mutants: Sequence[Mutant], size: int, seed: int) -> list[Mutant]:
    """`size` of `mutants`, the same ones for the same seed, in source order; all of them when there are
    no more.

    Systematic sampling over the mutants laid out stratum by stratum: with 10 mutants in strata of 6, 3
    and 1, a sample of 5 takes 3 of the first, 1 or 2 of the second, and the single one of the third every
    second time.
    """
    if size < 1:
        raise ValueError(f"a sample needs at least one mutant, not {size}")
    if size >= len(mutants):
        return list(mutants)
    rng = random.Random(seed)
    laid_out = _lay_out(mutants, rng)
    step = len(laid_out) / size
    start = rng.random() * step
    last = len(laid_out) - 1
    chosen = [laid_out[min(int(start + index * step), last)] for index in range(size)]
    return sorted(chosen, key=lambda mutant: (mutant.start, mutant.id))


def _lay_out(mutants: Sequence[Mutant], rng: random.Random) -> list[Mutant]:
    """The mutants stratum by stratum, strata and their members in random order."""
    strata: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        strata[mutant.group, f"{mutant.module}.{mutant.function}"].append(mutant)
    keys = sorted(strata)
    rng.shuffle(keys)
    laid_out: list[Mutant] = []
    for key in keys:
        members = strata[key]
        rng.shuffle(members)
        laid_out.extend(members)
    return laid_out


def estimate(results: Sequence[MutantResult], population: int, seed: int) -> SampleEstimate | None:
    """The 95% interval that the sampled `results` give for the score of all `population` mutants."""
    score = Score.of(results)
    if score.value is None:
        return None
    low, high = wilson_interval(score.value, score.scored, population)
    return SampleEstimate(size=score.scored, population=population, seed=seed, low=low, high=high)


def wilson_interval(share: float, size: int, population: int) -> tuple[float, float]:
    """Wilson's 95% interval of a `share` seen in `size` of `population`; no width once all were seen."""
    if size >= population:
        return share, share
    effective = size * (population - 1) / (population - size)
    z2 = _Z_95 * _Z_95
    centre = (share + z2 / (2 * effective)) / (1 + z2 / effective)
    spread = share * (1 - share) / effective + z2 / (4 * effective * effective)
    half = _Z_95 * math.sqrt(spread) / (1 + z2 / effective)
    return max(0.0, centre - half), min(1.0, centre + half)
