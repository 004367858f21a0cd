"""How a model is trained. Pretraining and finetuning differ in these values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from testgen_training.errors import ConfigInvalid
from testgen_training.examples.example import Limits
from testgen_training.examples.mixture import Mixture
from testgen_training.model import Shape

OPTIMIZERS = ("adamw", "muon")
SCHEDULES = ("cosine", "plateau")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimization:
    """The optimizer and its learning rate."""

    optimizer: str = "adamw"
    """`adamw`, or `muon` for matrices with AdamW for the rest (Jordan et al. 2024)."""
    rate: float = 2e-2
    """Highest learning rate, as a multiple of a tensor's own root mean square where `scaled`."""
    scaled: bool = True
    """Whether the steps of `adamw` are scaled by each tensor's size: T5's embeddings begin a hundred times
    larger than its queries, and one rate for both is too small for the one or too large for the other.
    """
    muon_rate: float = 0.02
    """Highest rate of the matrices under `muon`."""
    weight_decay: float = 0.05
    clip: float = 1.0
    """Largest norm of all gradients together."""
    schedule: str = "cosine"
    """`cosine`, or `plateau`: a tenth whenever `plateau_patience` validations brought no improvement."""
    plateau_patience: int = 3
    warmup_steps: int = 200
    last_share: float = 0.05
    """What is left of the rate at the last step of `cosine`."""

    def __post_init__(self) -> None:
        _among("optimizer", self.optimizer, OPTIMIZERS)
        _among("schedule", self.schedule, SCHEDULES)
        if self.rate <= 0 or self.muon_rate <= 0:
            raise ConfigInvalid(f"The rate is {self.rate}; it must be positive.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A training stage."""

    corpus: Path
    tokenizer: Path
    """A `tokenizer.json`."""
    output: Path
    initial: Path | None = None
    """Folder with a model to start from (`best` of another training); random weights where there is none."""
    shape: Shape = field(default_factory=Shape)
    """Of a model with random weights."""
    mixture: Mixture = field(default_factory=Mixture)
    limits: Limits = field(default_factory=Limits)
    notions: bool = True
    """Whether the prompt says what is known of the behaviours and libraries that a module uses."""
    optimization: Optimization = field(default_factory=Optimization)
    steps: int = 10_000
    batch_tokens: int = 8_192
    """Of one forward pass, padding counted."""
    accumulate: int = 1
    """Forward passes of one step."""
    window: int = 1_024
    """Draws whose examples are sorted by length together."""
    precision: str = "auto"
    """`auto` is bf16 where CUDA has it, otherwise fp32; `fp16` scales the loss."""
    gradient_checkpointing: bool = False
    threads: int = 0
    """Of the CPU; 0 leaves the choice to torch."""
    validate_every: int = 250
    """Steps."""
    validation_draws: int = 256
    """Draws of the validation split that the fixed examples are made from."""
    patience: int = 0
    """Validations without improvement after which training stops early; 0 never does."""
    checkpoint_every: int = 250
    """Steps."""
    tensorboard: bool = False
    """Whether metrics go to event files of tensorboard too."""
    seed: int = 0

    def __post_init__(self) -> None:
        _among("precision", self.precision, PRECISIONS)
        for name in ("steps", "batch_tokens", "accumulate", "window", "validate_every", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ConfigInvalid(f"{name} is {getattr(self, name)}; it must be at least 1.")
        if self.batch_tokens < self.limits.source_tokens + self.limits.target_tokens:
            raise ConfigInvalid(
                f"batch_tokens is {self.batch_tokens}: less than one example of "
                f"{self.limits.source_tokens} + {self.limits.target_tokens} tokens."
            )


def _among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigInvalid(f"{name} is {value!r}.", f"There are: {', '.join(known)}.")
