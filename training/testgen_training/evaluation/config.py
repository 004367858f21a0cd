"""What is evaluated, and on what."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from testgen_training.errors import ConfigInvalid
from testgen_training.examples.example import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The evaluation stage."""

    model: Path
    """The `best` folder of a training, or a bundle with weights for torch."""
    corpus: Path
    output: Path
    """Folder of `results.json`."""
    bundle: Path | None = None
    """A bundle of the same model; where it is given, proposals are sampled from it by CTranslate2."""
    split: str = "test"
    tasks: tuple[str, ...] = ("call", "name", "test", "assertion")
    limits: Limits = field(default_factory=Limits)
    notions: bool = True
    """Whether prompts say what is known of behaviours: as in training, or without, for an ablation."""
    max_examples: int = 1_000
    """Examples of each task, spread over all repositories."""
    max_functions: int = 100
    """Functions whose calls are proposed."""
    num_samples: int = 16
    temperature: float = 0.8
    batch_tokens: int = 8_192
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("max_examples", "max_functions", "num_samples"):
            if getattr(self, name) < 1:
                raise ConfigInvalid(f"{name} is {getattr(self, name)}; it must be at least 1.")
