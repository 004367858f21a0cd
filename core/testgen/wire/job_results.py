"""What jobs end with: a test file that holds, a score, a completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from testgen.wire.limits import WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFound:
    """A test of a result."""

    __test__ = False

    module: str
    describe: str
    name: str
    oracle: str
    kills: int
    kills_alone: tuple[str, ...] = ()
    """Keys of the mutants that no other test of the file kills."""
    line: int = 0
    """Where it stands in the result's text, 1-based; 0 where it has no lines of its own (doctests)."""
    end_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A mutant that no test tells from the original. Positions as in `testgen.mutation`."""

    key: str
    operator: str
    function: str | None
    line: int
    column: int
    end_line: int
    end_column: int
    original: str
    replacement: str
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionScore:
    """What the tests kill of one function's mutants."""

    function: str
    mutants: int
    killed: int
    tests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateResult:
    """A test file that holds."""

    version: int = WIRE_VERSION
    source_path: str
    """Absolute, as are all paths of results."""
    test_path: str
    helper_path: str | None = None
    """A `test_helper.exs` that `mix test` needs and that is not there: to be made with `ExUnit.start()`."""
    before: str | None
    """What the test file was taken to hold; null: it did not exist."""
    text: str
    interrupted: bool
    tests: tuple[TestFound, ...]
    survivors: tuple[Survivor, ...]
    functions: tuple[FunctionScore, ...]
    report: dict[str, Any]
    """What `testgen generate --json` prints."""
    lines: tuple[str, ...]
    """What `testgen generate` prints, its first line left to the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """What a suite is worth."""

    version: int = WIRE_VERSION
    source_path: str
    tests: tuple[str, ...]
    num_tests: int
    counts: dict[str, int]
    score: float | None
    """Percent; null where there is nothing to count."""
    strict_score: float | None
    survivors: tuple[Survivor, ...]
    functions: tuple[FunctionScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteResult:
    """Lines that may follow, expected values observed; none where nothing can be said for sure."""

    version: int = WIRE_VERSION
    lines: tuple[str, ...]
    note: str = ""
    """Why there are none."""


JobResult = GenerateResult | ScoreResult | CompleteResult
