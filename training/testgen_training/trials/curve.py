"""A learning curve as a power law of the tokens seen: where it goes, and what it would take to get there.

loss = floor + scale * tokens^-exponent, as for larger models (Kaplan et al. 2020, arXiv:2001.08361; with the
floor, Hoffmann et al. 2022, arXiv:2203.15556). Extrapolated far it is a guess: the report names the last
point that was seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from testgen_training.errors import CorpusUnusable

_LEAST_POINTS = 4
_EXPONENTS = np.linspace(0.02, 1.5, 297)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A fitted power law."""

    floor: float
    scale: float
    exponent: float
    error: float
    """Root mean square of what the fit leaves, in the unit of the loss."""
    last_tokens: float
    """Tokens at the last point seen."""

    def at(self, tokens: float) -> float:
        """The loss after so many tokens."""
        return float(self.floor + self.scale * tokens**-self.exponent)

    def tokens_for(self, loss: float) -> float:
        """Tokens until a loss is reached; infinite where it lies below the floor."""
        if loss <= self.floor or self.scale <= 0:
            return math.inf
        return float((self.scale / (loss - self.floor)) ** (1 / self.exponent))


def fitted(points: Sequence[tuple[float, float]]) -> Curve:
    """The curve through points of (tokens, loss), its floor not below 0. Raises CorpusUnusable below four
    points.

    For a given exponent the rest is linear; the best of a grid of exponents is taken.
    """
    if len(points) < _LEAST_POINTS:
        raise CorpusUnusable(
            f"A curve needs {_LEAST_POINTS} validations, here are {len(points)}.", "Lower validate_every."
        )
    tokens, losses = (np.array(values, dtype=np.float64) for values in zip(*points, strict=True))
    return min((_linear(tokens, losses, float(each)) for each in _EXPONENTS), key=lambda curve: curve.error)


def _linear(tokens: NDArray[np.float64], losses: NDArray[np.float64], exponent: float) -> Curve:
    powers = tokens**-exponent
    design = np.stack([np.ones_like(powers), powers], axis=1)
    (floor, scale), *_ = np.linalg.lstsq(design, losses, rcond=None)
    if floor < 0:
        floor, scale = 0.0, float((powers @ losses) / (powers @ powers))
    error = float(np.sqrt(np.mean((floor + scale * powers - losses) ** 2)))
    return Curve(
        floor=float(floor),
        scale=float(scale),
        exponent=exponent,
        error=error,
        last_tokens=float(tokens.max()),
    )
