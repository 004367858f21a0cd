"""Starts the user's daemon where none runs, and waits until it answers.

The daemon is a process of its own, in a session of its own, so that it outlives the editor that needed it
first. When many want one at once, one of them starts it and the others wait.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from testgen.daemon_client import Daemon
from testgen.errors import DaemonAbsent
from testgen.exit_code import ExitCode
from testgen.runtime import RuntimeFolder

_START_S = 20.0
_POLL_S = 0.05


async def ensure_daemon(
    command: tuple[str, ...] | None = None, folder: RuntimeFolder | None = None
) -> Daemon:
    """The user's daemon, started if need be. `command` is what `testgen` is here.

    Raises DaemonAbsent where it does not come up, WireInvalid where one of another release runs.
    """
    folder = folder or RuntimeFolder.of_user()
    lock, process = folder.starting_lock, None
    deadline = time.monotonic() + _START_S
    try:
        while time.monotonic() < deadline:
            try:
                return await Daemon.connect(folder)
            except DaemonAbsent:
                if process is None and lock.try_acquire() and not folder.is_alive():
                    process = _spawn(command or this_testgen(), folder)
            if process is not None and process.has_failed():
                break
            await asyncio.sleep(_POLL_S)
    finally:
        lock.release()
    raise DaemonAbsent(
        f"The testgen daemon does not come up. It said:\n{_tail(folder.path / 'start.log')}",
        f"See {folder.log}, or run it in a terminal: testgen serve",
    )


def this_testgen() -> tuple[str, ...]:
    """The command that this Python was installed with, or the module where there is no such file."""
    beside = Path(sys.executable).with_name("testgen")
    return (str(beside),) if beside.exists() else (sys.executable, "-m", "testgen")


def _spawn(command: tuple[str, ...], folder: RuntimeFolder) -> _Started:
    log = str(folder.path / "start.log")
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    argv = [*command, "serve", "--quiet"]
    return _Started(os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions, setsid=True))


class _Started:
    """A process that nobody waits for: it outlives this one."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._exit_code: int | None = None

    def has_failed(self) -> bool:
        """Whether it has ended other than by finding that another daemon runs."""
        if self._exit_code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._exit_code = os.waitstatus_to_exitcode(status) if pid else None
        return self._exit_code not in (None, ExitCode.OK, ExitCode.BUSY)


def _tail(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-2000:].strip() or "nothing"
    except OSError:
        return "nothing"
