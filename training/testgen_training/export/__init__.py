"""Export: a trained model as a bundle that testgen's engines open."""

from __future__ import annotations

from testgen_training.export.config import Config
from testgen_training.export.run import run

__all__ = ["Config", "run"]
