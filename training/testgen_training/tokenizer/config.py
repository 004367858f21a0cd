"""What a tokenizer is trained on, and how large it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from testgen_training.errors import ConfigInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The tokenizer stage."""

    corpus: Path
    """Folder that the corpus stage wrote."""
    output: Path
    size: int = 8192
    """Number of ids, control tokens included: 8,000 to 50,000."""
    max_bytes: int = 80_000_000
    """Of training text that is read, files in a shuffled order."""
    seed: int = 0
    peer: Path | None = None
    """A `tokenizer.json` that the fertility table compares with, or a GGUF file that holds one."""

    def __post_init__(self) -> None:
        if not 1_000 <= self.size <= 50_000:
            raise ConfigInvalid(f"size is {self.size}; it must lie between 1,000 and 50,000.")
        if self.max_bytes < 1:
            raise ConfigInvalid(f"max_bytes is {self.max_bytes}; it must be positive.")
