"""Scoring a suite by the mutants it kills: `score(ScoreConfig(path=...))` gives a `MutationReport`."""

from testgen.scoring.config import ScoreConfig, TestSource
from testgen.scoring.run import score

__all__ = ["ScoreConfig", "TestSource", "score"]
