"""What is exported, and in which formats."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from testgen_training.errors import ConfigInvalid
from testgen_training.examples.example import Limits

FORMATS = ("ct2-int8", "ct2-float32", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The export stage."""

    model: Path
    """The `best` folder of a training."""
    output: Path
    name: str
    """The model's name, as `testgen model list` shows it."""
    formats: tuple[str, ...] = ("ct2-int8", "torch")
    limits: Limits = field(default_factory=Limits)
    """What the model was trained with."""
    corpus: Path | None = None
    """Folder of the corpus, whose repositories and licences the model card counts."""
    evaluation: Path | None = None
    """An evaluation's `results.json`, for the model card."""
    tolerance: float = 1e-3
    """Largest difference of a log-probability between `ct2-float32` and its source, in nats per token."""

    def __post_init__(self) -> None:
        for each in self.formats:
            if each not in FORMATS:
                raise ConfigInvalid(f"There is no format {each!r}.", f"There are: {', '.join(FORMATS)}.")
        if not self.formats:
            raise ConfigInvalid(
                "An export without a format exports nothing.", f"Name one of {', '.join(FORMATS)}."
            )
