"""What is tried: one training, and variants of it that differ in a few keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testgen_training.errors import ConfigInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The trials stage."""

    base: Path
    """The TOML file of the training that every variant starts from; its `output` and `seed` are not used."""
    output: Path
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Settings of each variant, `key=value` as on the command line, by its name. The base runs too, as
    `base`.
    """
    seeds: tuple[int, ...] = (0, 1, 2)
    measure: str = "validation/overall"
    """The metric that variants are compared by; less is better."""

    def __post_init__(self) -> None:
        if not self.seeds:
            raise ConfigInvalid(
                "Trials without a seed try nothing.", "Give at least one; three tell the spread."
            )
        if "base" in self.variants:
            raise ConfigInvalid("The name `base` is the base's own.", "Give the variant another name.")
