"""What a generation is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from testgen.engines import Engine
from testgen.synthesis.proposers import NAMES as PROPOSERS
from testgen.test_kind import TestKind


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateConfig:
    """One generation for one source file."""

    path: Path
    """The Elixir source file."""
    kind: TestKind = TestKind.EXUNIT
    """The sort of tests that are written."""
    functions: tuple[str, ...] = ()
    """`name/arity` of the functions to write tests for; all public ones when empty."""
    mutants: tuple[str, ...] = ()
    """Keys of the mutants that tests are wanted for; all of the functions' when empty."""
    before: str | None = None
    """Text of the test file as an editor holds it, saved or not; read from disk when None."""
    output: Path | None = None
    """The test file; by convention when None."""
    append: bool | None = None
    """True: the test file must exist and is added to. None: added to if it exists, else made."""
    budget_s: float = 60.0
    """Seconds that the search for tests may take; opening the project and verifying come on top."""
    jobs: int = 1
    """VMs at the same time."""
    seed: int = 0
    """Of everything that is chosen at random."""
    without: tuple[str, ...] = ()
    """Names of proposers that are left out, to measure what each adds."""
    engine: Engine | None = field(default=None, compare=False)
    """A language model that proposes too; off when None."""

    def __post_init__(self) -> None:
        if self.budget_s <= 0:
            raise ValueError(f"budget_s must be positive, not {self.budget_s}")
        if self.jobs < 1:
            raise ValueError(f"jobs must be at least 1, not {self.jobs}")
        if unknown := set(self.without) - set(PROPOSERS):
            raise ValueError(f"no proposer is called {unknown.pop()}; there are {', '.join(PROPOSERS)}")
        for function in self.functions:
            name, _, arity = function.rpartition("/")
            if not name or not arity.isdigit():
                raise ValueError(f"{function} is not NAME/ARITY")
