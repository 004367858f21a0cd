"""What one scoring run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSource:
    """A test file that exists in memory only, such as a generated one that is not written yet."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    name: str
    """The path it would have, relative to the project's root."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreConfig:
    """One run of `testgen.scoring.score`."""

    path: Path
    """The source file whose mutants run."""
    tests: tuple[Path, ...] = ()
    """Test files; found by convention when empty and `sources` is too."""
    sources: tuple[TestSource, ...] = ()
    """Tests that are not on disk, run besides `tests`."""
    functions: tuple[str, ...] = ()
    """Only mutants of these functions, as `name/arity`."""
    changed: str | None = None
    """Only mutants on lines that changed since this git ref."""
    sample: int | None = None
    """Run this many mutants, stratified by operator group and function."""
    seed: int = 0
    """Seed of the sample and of the order of the tests."""
    jobs: int = 1
    """VMs that run mutants at the same time, at most."""
    all_tests: bool = False
    """Run every covering test of a mutant rather than stop at the first kill."""
    baseline_orders: int = 1
    """Orders besides its own in which the suite runs without a mutant; a test whose runs differ takes no
    part.
    """
    use_cache: bool = True

    def __post_init__(self) -> None:
        for name, value in (
            ("jobs", self.jobs),
            ("baseline_orders", self.baseline_orders),
            ("sample", self.sample),
        ):
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
