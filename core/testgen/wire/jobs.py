"""How a job goes: its state, what happens to it, why it failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from testgen.wire.job_results import TestFound
from testgen.wire.limits import WIRE_VERSION


class JobKind(str, Enum):
    """What a job is for."""

    GENERATE = "generate"
    SCORE = "score"
    COMPLETE = "complete"


class JobState(str, Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Ended on request; its result holds what was found until then, where there was something."""
    LOST = "lost"
    """The daemon ended while the job was queued or running; nothing was written."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class EventKind(str, Enum):
    """What an event tells."""

    QUEUED = "queued"
    PHASE = "phase"
    CANDIDATE = "candidate"
    KILL = "kill"
    ACCEPTED = "accepted"
    WARNING = "warning"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something was not done: what happened, and what to do next."""

    version: int = WIRE_VERSION
    code: str
    """Machine-readable, never changes its meaning: `queue_full`, `outside_workspace`, `wire_version`, ..."""
    message: str
    next_step: str = ""
    exit_code: int | None = None
    """What the command line would exit with, for errors of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job as it is now."""

    version: int = WIRE_VERSION
    id: str
    kind: JobKind
    state: JobState
    path: str
    project: str
    client: str
    position: int | None = None
    """How many jobs are before it; null when it is not queued."""
    phase: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    submitted_at: float
    """Seconds since the epoch, as are all times."""
    started_at: float | None = None
    ended_at: float | None = None
    attempts: int = 0
    """How often it was begun: more than once where a VM was lost from outside."""
    problem: Problem | None = None
    has_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a job."""

    version: int = WIRE_VERSION
    seq: int
    """1, 2, 3 ... within the job."""
    kind: EventKind
    text: str
    at: float
    percent: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    test: TestFound | None = None
    state: JobState | None = None
    """With `done`: how the job ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs that the daemon knows, latest first."""

    version: int = WIRE_VERSION
    jobs: tuple[JobStatus, ...]
