"""What the daemon can be asked for: tests, a score, a completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from testgen.test_kind import TestKind
from testgen.wire import limits
from testgen.wire.jobs import JobKind
from testgen.wire.limits import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(Checked):
    """The folder that a client works in."""

    root: str = limits.path()
    """Absolute. Nothing outside it is read or run on the client's behalf."""
    trusted: bool = False
    """Whether its user lets code of it run. Jobs run code, so that they are refused where this is false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest(Checked):
    """Tests for a source file."""

    version: int = limits.version()
    key: str = limits.key()
    """Names the request: sent twice, it makes one job. Empty: never the same as another."""
    client: str = limits.limits(default="", maxLength=100)
    """Who asks, for people: `VS Code 1.109`."""
    workspace: Workspace
    path: str = limits.path()
    """The source file, absolute."""
    functions: tuple[str, ...] = limits.limits(default=(), maxItems=1000)
    """`name/arity`; all public ones when empty."""
    mutants: tuple[str, ...] = limits.limits(default=(), maxItems=1000)
    """Keys of the mutants that tests are wanted for; all when empty."""
    test_kind: TestKind = TestKind.EXUNIT
    output: str | None = None
    """The test file, absolute; by convention when null."""
    before: str | None = None
    """The test file's text as the editor has it, saved or not; read from disk when null."""
    budget_s: float = limits.limits(default=60.0, minimum=0.1, maximum=3600)
    """Seconds that the search may take."""
    seed: int = limits.limits(default=0, minimum=0, maximum=2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest(Checked):
    """How many mutants of a source file its tests kill."""

    version: int = limits.version()
    key: str = limits.key()
    client: str = limits.limits(default="", maxLength=100)
    workspace: Workspace
    path: str = limits.path()
    tests: tuple[str, ...] = limits.limits(default=(), maxItems=1000)
    """Test files, absolute; by convention when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Checked):
    """What a test file calls which module: `Cart`, `Shop.Cart`."""

    shown: str = limits.limits(minLength=1, maxLength=500)
    module: str = limits.limits(minLength=1, maxLength=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteRequest(Checked):
    """What may follow at a place of a test file that somebody is writing."""

    version: int = limits.version()
    key: str = limits.key()
    client: str = limits.limits(default="", maxLength=100)
    workspace: Workspace
    path: str = limits.path()
    """The test file, absolute."""
    call: str = limits.limits(minLength=1, maxLength=10_000)
    """The expression whose value is asked for."""
    setup: tuple[str, ...] = limits.limits(default=(), maxItems=200)
    """Lines of the test before it, run first."""
    module: str = limits.limits(default="", maxLength=500)
    """The module under test."""
    aliases: tuple[Alias, ...] = limits.limits(default=(), maxItems=200)


JobRequest = GenerateRequest | ScoreRequest | CompleteRequest
KINDS: dict[type[Any], JobKind] = {
    GenerateRequest: JobKind.GENERATE,
    ScoreRequest: JobKind.SCORE,
    CompleteRequest: JobKind.COMPLETE,
}
