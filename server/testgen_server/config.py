"""What a daemon is told when it starts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def _half_the_cores() -> int:
    return max(1, (os.cpu_count() or 2) // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """A daemon's limits."""

    port: int | None = None
    """Loopback port to listen on, 0 for a free one; a Unix socket when None."""
    idle_s: float | None = 1800.0
    """Seconds without a job or a request after which it stops; None: never."""
    workers: int = field(default_factory=_half_the_cores)
    """Jobs at the same time; jobs of one project wait for each other whatever this is."""
    capacity: int = 200
    """Most jobs that may wait; one more is refused, in words."""
    agents: int = 4
    """Most VMs that are kept warm, each for one project."""
    agent_idle_s: float = 600.0
    """Seconds without a job after which a warm VM is ended."""
    kept_jobs: int = 500
    """Finished jobs whose results are kept in memory."""
    cancel_s: float = 0.8
    """Seconds that a cancelled job has to put what it found in order, before its VM is ended."""

    def __post_init__(self) -> None:
        for name in ("workers", "capacity", "agents", "kept_jobs"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("idle_s", "agent_idle_s", "cancel_s"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be positive, not {value}")
