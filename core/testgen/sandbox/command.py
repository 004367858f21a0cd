"""What is to be run in a sandbox, and the ways of running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from testgen.sandbox.limits import Limits
from testgen.sandbox.process import SandboxedProcess

# Sets the limits that the kernel keeps, soft and hard, and becomes the command. `-u` is the number of
# processes in bash, `-p` in dash and busybox; `-f` counts blocks of 512 bytes. A hard limit that is lower
# already is left alone.
_SET_LIMITS = """
cd "$1" || exit 126
{ ulimit -u "$2" || ulimit -p "$2"; ulimit -n "$3"; ulimit -f "$4"; ulimit -c 0; } 2>/dev/null
shift 4
exec "$@"
"""
_THREADS = 256  # threads of a BEAM count as processes to the kernel


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A command with all that it may see. What is not named here it gets read-only, empty, or not at all."""

    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    """The whole environment; nothing is inherited."""
    readable: tuple[Path, ...] = ()
    """Files and folders to show, even where they lie in a hidden place such as the home folder."""
    writable: tuple[Path, ...] = ()
    """Existing folders that it may change."""
    overlaid: Mapping[Path, Path] = field(default_factory=dict)
    """Folder as it sees it -> folder of ours that it finds there and may change."""
    sockets: tuple[Path, ...] = ()
    """Unix sockets that it may connect to."""
    ports: tuple[int, ...] = ()
    """Ports of the machine's loopback that it may connect to."""
    descriptors: Mapping[int, int] = field(default_factory=dict)
    """Its descriptor number -> ours, beside 0 (empty), 1 and 2 (collected)."""

    def with_limits(self, limits: Limits, other_threads: int = 0) -> tuple[str, ...]:
        """`argv` behind a shell that sets the limits kept by the kernel.

        `other_threads` is how many the user already runs, where the kernel counts them in.
        """
        num_tasks = limits.processes + _THREADS + other_threads
        words = (str(self.cwd), str(num_tasks), str(limits.open_files), str(limits.file_bytes // 512))
        return ("/bin/sh", "-c", _SET_LIMITS, "testgen", *words, *self.argv)


class Sandbox(Protocol):
    """One way of keeping a command in bounds."""

    @property
    def name(self) -> str:
        """For reports: "bubblewrap" or "process group"."""

    @property
    def warning(self) -> str | None:
        """What the user must know before code runs in it, `None` where all that is promised holds."""

    def spawn(self, command: Command, limits: Limits) -> SandboxedProcess:
        """Starts `command`. Raises `SandboxUnavailable`."""
