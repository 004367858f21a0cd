"""Runs the `testgen` command as a user does: as a process of its own, with its own cache folder.

Also finds the processes that a command left behind. A sandboxed process inherits no environment and may have
lost its parent, so the test process makes itself the reaper of all its orphans and looks at its descendants.
Linux only, as the sandbox is.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

TESTGEN = Path(sys.executable).with_name("testgen")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """A command that has ended."""

    args: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        """Both streams, for assertions that do not care and for failure messages."""
        return f"$ {' '.join(self.args)}\n{self.stdout}{self.stderr}(exit status {self.exit_code})"


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandLine:
    """The installed `testgen` with a cache folder that the tests share."""

    cache_dir: Path

    def environment(self, changes: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a command: this one's, a cache of its own, no colours, 110 columns."""
        environment = {
            **os.environ,
            "TESTGEN_CACHE_DIR": str(self.cache_dir),
            "TESTGEN_NO_DAEMON": "1",  # one that happens to run for this user is none of a test's business
            "NO_COLOR": "1",
            "COLUMNS": "110",
        }
        environment.pop("MIX_ENV", None)
        return {**environment, **(changes or {})}

    def __call__(
        self,
        *args: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        timeout_s: float = 240,
    ) -> Finished:
        """Runs `testgen` to its end; fails the test when that takes longer than `timeout_s`."""
        return run_process(
            [str(TESTGEN), *map(str, args)], cwd=cwd, env=self.environment(env), timeout_s=timeout_s
        )

    def start(
        self, *args: str | Path, cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Starts `testgen` in a session of its own, its output piped."""
        return subprocess.Popen(
            [str(TESTGEN), *map(str, args)],
            cwd=cwd,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def run_process(
    argv: list[str], *, cwd: Path, env: Mapping[str, str] | None = None, timeout_s: float = 120
) -> Finished:
    """Runs any program to its end, without a terminal and without input."""
    begin = time.monotonic()
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        timeout=timeout_s,
        check=False,
    )
    return Finished(
        args=(Path(argv[0]).name, *argv[1:]),
        exit_code=done.returncode,
        stdout=done.stdout,
        stderr=done.stderr,
        seconds=time.monotonic() - begin,
    )


def adopt_orphans() -> None:
    """Makes this process the parent of every orphan among its descendants (prctl(2), child subreaper)."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def leftover_processes(patience_s: float = 3.0) -> list[str]:
    """The command lines of live descendants of this process; ending ones are given `patience_s`."""
    deadline = time.monotonic() + patience_s
    while True:
        alive = _live_descendants()
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.05)


def _live_descendants() -> list[str]:
    alive = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(process.pid, os.WNOHANG)
            else:
                alive.append(" ".join(process.cmdline()) or process.name())
        except (psutil.NoSuchProcess, ChildProcessError):
            continue
    return alive
