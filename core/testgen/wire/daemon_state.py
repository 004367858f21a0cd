"""How the daemon is: its warm VMs, its models and the one in use, where its dashboard is."""

from __future__ import annotations

from dataclasses import dataclass

from testgen.test_kind import TestKind
from testgen.wire import limits
from testgen.wire.jobs import Problem
from testgen.wire.limits import WIRE_VERSION, Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that can be chosen, or an adapter of one."""

    id: str
    engine: str
    path: str
    size_bytes: int
    adapters: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot be used; empty where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models there are, and the one in use."""

    version: int = WIRE_VERSION
    models: tuple[Model, ...]
    chosen: str | None
    """Id; null: no model proposes."""
    adapter: str | None = None
    state: str = "off"
    """`off`, `loading`, `ready` or `failed`."""
    problem: str = ""
    loads: int = 0
    """How often a model was loaded since the daemon started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseModel(Checked):
    """Which model proposes from the next job on; null: none."""

    version: int = limits.version()
    model: str | None = limits.limits(default=None, maxLength=500)
    adapter: str | None = limits.limits(default=None, maxLength=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmAgent:
    """A VM that is kept for the next job."""

    project: str
    pid: int
    busy: bool
    idle_s: float
    jobs: int
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the daemon is."""

    version: int = WIRE_VERSION
    testgen: str
    pid: int
    started_at: float
    environment: str
    """Digest of what decides which Elixir is used; see `testgen.runtime.environment_digest`."""
    queued: int
    running: int
    capacity: int
    """How many jobs may wait."""
    test_kinds: tuple[TestKind, ...]
    """The sorts of tests that can be asked for."""
    agents: tuple[WarmAgent, ...]
    model: Models
    last_error: Problem | None = None
    stops_when_idle_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where the dashboard can be opened, once."""

    version: int = WIRE_VERSION
    url: str
