"""The tokenizer: byte-level BPE in which Elixir's signs and words are whole."""

from __future__ import annotations

from testgen_training.tokenizer.config import Config
from testgen_training.tokenizer.run import run

__all__ = ["Config", "run"]
