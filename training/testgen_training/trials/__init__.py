"""Trials: short trainings that differ in one thing, over several seeds, and what their curves promise."""

from __future__ import annotations

from testgen_training.trials.config import Config
from testgen_training.trials.run import run

__all__ = ["Config", "run"]
