"""What a sandboxed process may use, and the reasons for which it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MIB = 1024 * 1024


class Ending(str, Enum):
    """Why a sandboxed process is no longer there."""

    EXITED = "exited"
    """By itself: it returned, halted or crashed."""
    KILLED = "killed"
    """We ended it: closed, cancelled, or interrupted."""
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"
    WALL_CLOCK = "wall_clock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Limits on a whole process tree, unless a field says otherwise."""

    memory_bytes: int = 2048 * MIB
    """Resident memory of all processes together, checked 20 times a second."""
    processes: int = 128
    """Processes alive at once."""
    file_bytes: int = 512 * MIB
    """Size of any one file, kept by the kernel."""
    disk_bytes: int = 1024 * MIB
    """Growth of the writable folders together."""
    num_files: int = 200_000
    """Files added to the writable folders."""
    tmp_bytes: int = 256 * MIB
    """Size of the private `/tmp`, which lives in memory."""
    open_files: int = 4096
    """Descriptors of any one process."""
    wall_clock_s: float | None = None
    """Life of the whole session; `None` for one that stays warm."""

    def __post_init__(self) -> None:
        for name in (
            "memory_bytes",
            "processes",
            "file_bytes",
            "disk_bytes",
            "num_files",
            "tmp_bytes",
            "open_files",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")
        if self.wall_clock_s is not None and self.wall_clock_s <= 0:
            raise ValueError(f"wall_clock_s must be positive, not {self.wall_clock_s}")
