"""The corpus: public repositories read, filtered, paired, freed of copies, and split by repository."""

from __future__ import annotations

from testgen_training.corpus.config import Config
from testgen_training.corpus.run import run

__all__ = ["Config", "run"]
