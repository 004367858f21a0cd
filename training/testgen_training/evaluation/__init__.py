"""Evaluation: what a model knows of held-out repositories, and what its proposals are worth before any
filter.
"""

from __future__ import annotations

from testgen_training.evaluation.config import Config
from testgen_training.evaluation.run import run

__all__ = ["Config", "run"]
