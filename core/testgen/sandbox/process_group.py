"""Where there is no bubblewrap: a session and process group of its own, the kernel's limits, and the
watchdog.

This is not isolation. The code sees the user's files and may write whatever the user may write; it reaches
the network; a process that starts a session of its own outlives the group. The environment is reduced all
the same.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

import psutil

from testgen.sandbox.command import Command
from testgen.sandbox.limits import Limits
from testgen.sandbox.process import SandboxedProcess

# Reads until its stdin closes, which happens when Python ends, however it ends; then ends the group.
_OUTLIVE = 'read -r _; kill -9 -"$1" 2>/dev/null'


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessGroup:
    """Limits without isolation."""

    @property
    def name(self) -> str:
        return "process group"

    @property
    def warning(self) -> str | None:
        return (
            "No sandbox: generated tests and mutants run with your rights, can reach the network and your "
            "files. Install bubblewrap (sudo apt-get install bubblewrap) and see `testgen doctor`."
        )

    def spawn(self, command: Command, limits: Limits) -> SandboxedProcess:
        """Starts `command` under limits, and beside it a shell that ends it if Python dies."""
        guard: list[subprocess.Popen[bytes]] = []
        process = SandboxedProcess(
            command.with_limits(limits, other_threads=_threads_of_user()),
            environment=command.environment,
            descriptors=command.descriptors,
            limits=limits,
            writable=command.writable,
            on_end=lambda: _dismiss(guard),
        )
        guard.append(
            subprocess.Popen(
                ["/bin/sh", "-c", _OUTLIVE, "testgen", str(process.pid)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        if process.ending is not None:
            _dismiss(guard)
        return process


def _dismiss(guard: list[subprocess.Popen[bytes]]) -> None:
    while guard:
        shell = guard.pop()
        shell.kill()
        shell.communicate()


def _threads_of_user() -> int:
    """Threads that the user runs already: outside a user namespace the kernel counts them against the
    limit.
    """
    own = os.getuid()
    processes = psutil.process_iter(["uids", "num_threads"])
    return sum(p.info["num_threads"] or 1 for p in processes if p.info["uids"] and p.info["uids"].real == own)
