"""Runs a command in a copy of a fixture project; tells how long it took and how much memory its tree held.

Memory is the sum of proportional set sizes (`Pss` of `/proc/PID/smaps_rollup`) over the command and
everything it started, sampled twenty times a second: pages that several processes share count once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECTS = Path(__file__).parents[1] / "tests" / "projects"
_SAMPLE_S = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """One finished command."""

    seconds: float
    peak_bytes: int
    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A project copied for measuring, and the cache folder that testgen uses meanwhile."""

    project: Path
    cache: Path

    def run(self, argv: Sequence[str | Path], *, watch_memory: bool = False) -> Timed:
        """Runs `argv` in the project, stdin empty."""
        env = {**os.environ, "TESTGEN_CACHE_DIR": str(self.cache), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        started = time.monotonic()
        with subprocess.Popen(
            [str(part) for part in argv],
            cwd=self.project,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            watch = _Watch(process.pid) if watch_memory else None
            stdout, stderr = process.communicate()
            seconds = time.monotonic() - started
        return Timed(
            seconds=seconds,
            peak_bytes=watch.stop() if watch else 0,
            exit_code=process.returncode,
            stdout=stdout.decode(errors="replace"),
            stderr=stderr.decode(errors="replace"),
        )

    def mix_test(self, *files: str) -> Timed:
        """One `mix test`; the project's own `_build` is used, as its user would."""
        return self.run(["mix", "test", *files])

    def forget_project(self) -> None:
        """Empties testgen's cache but for the compiled agent, which is made once per installation."""
        for entry in self.cache.iterdir():
            if entry.name != "agent":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


class _Watch:
    """Samples the memory of a process tree in a thread until stopped."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_S):
            self._peak = max(self._peak, self._now())

    def _now(self) -> int:
        try:
            tree = [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        return sum(_pss(process.pid) for process in tree)

    def stop(self) -> int:
        """Ends the sampling; the largest sum seen, in bytes."""
        self._ended.set()
        self._thread.join()
        return self._peak


def _pss(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:  # the process has ended, or may not be looked at
        return 0
    lines = [line for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(lines[0].split()[1]) * 1024 if lines else 0


def testgen() -> Path:
    """The command installed beside this Python."""
    return Path(sys.executable).with_name("testgen")


@contextmanager
def bench(project: str | Path) -> Iterator[Bench]:
    """A copy of a fixture project (by name) or of any project folder, with an empty cache; both go after."""
    source = project if isinstance(project, Path) else PROJECTS / project
    with tempfile.TemporaryDirectory(prefix="testgen-bench-") as folder:
        copy = Path(folder) / source.name
        shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns("_build"))
        cache = Path(folder) / "cache"
        cache.mkdir()
        yield Bench(project=copy, cache=cache)


def checked(timed: Timed) -> Timed:
    """The same, or RuntimeError with what the command said where it failed."""
    if timed.exit_code != 0:
        raise RuntimeError(f"exit status {timed.exit_code}: {timed.stdout[-2000:]}{timed.stderr[-2000:]}")
    return timed
