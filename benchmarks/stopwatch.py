"""Runs a command in a copy of a project; tells how long it took and how much memory its tree held.

Memory is the sum of proportional set sizes (`Pss` of `/proc/PID/smaps_rollup`) over the command and
everything it started, sampled twenty times a second: pages that several processes share count once. The same
samples give the processor time, which a busy machine does not lengthen as it does the other.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

PROJECTS = Path(__file__).parents[1] / "tests" / "projects"
_SAMPLE_S = 0.05
_GRACE_S = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """One finished command."""

    seconds: float
    peak_bytes: int
    """0 where memory was not watched."""
    cpu_s: float
    """Processor seconds of the whole tree, of every process as of its last sample; 0 where not watched."""
    exit_code: int
    """Negative where a signal ended it, as it does one that is past its limit."""
    stdout: str
    stderr: str
    told: tuple[tuple[float, str], ...]
    """The lines of stderr, each with the second at which it came."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """A project copied for measuring, and the cache folder that testgen uses meanwhile."""

    project: Path
    cache: Path

    def run(
        self, argv: Sequence[str | Path], *, watch_memory: bool = False, limit_s: float | None = None
    ) -> Timed:
        """Runs `argv` in the project, stdin empty; past the limit it is ended with all that it started."""
        env = {**os.environ, "TESTGEN_CACHE_DIR": str(self.cache), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        started = time.monotonic()
        with subprocess.Popen(
            [str(part) for part in argv],
            cwd=self.project,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=limit_s is not None,
        ) as process:
            watch = _Watch(process.pid) if watch_memory else None
            limit = _Limit(process, limit_s) if limit_s is not None else None
            lines = _Lines(process.stderr, started)
            assert process.stdout is not None
            stdout = process.stdout.read()
            told = lines.all()
            process.wait()
            seconds = time.monotonic() - started
            if limit:
                limit.cancel()
        peak_bytes, cpu_s = watch.stop() if watch else (0, 0.0)
        return Timed(
            seconds=seconds,
            peak_bytes=peak_bytes,
            cpu_s=cpu_s,
            exit_code=process.returncode,
            stdout=stdout.decode(errors="replace"),
            stderr="".join(line for _, line in told),
            told=told,
        )

    def mix_test(self, *files: str) -> Timed:
        """One `mix test`; the project's own `_build` is used, as its user would."""
        return self.run(["mix", "test", *files])

    def forget_project(self) -> None:
        """Empties testgen's cache but for the compiled agent, which is made once per installation."""
        for entry in self.cache.iterdir():
            if entry.name != "agent":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


class _Lines:
    """Reads a stream in a thread, and notes when each line came."""

    def __init__(self, stream: IO[bytes] | None, started: float) -> None:
        assert stream is not None
        self._stream, self._started = stream, started
        self._told: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._stream:
            self._told.append((time.monotonic() - self._started, line.decode(errors="replace")))

    def all(self) -> tuple[tuple[float, str], ...]:
        """Every line, once the stream has ended."""
        self._thread.join()
        return tuple(self._told)


class _Limit:
    """Ends a process group that takes too long: asked first, then made to."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float) -> None:
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(limit_s,), daemon=True)
        self._thread.start()

    def _watch(self, limit_s: float) -> None:
        if self._ended.wait(limit_s):
            return
        self._signal(signal.SIGTERM)
        if not self._ended.wait(_GRACE_S):
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def cancel(self) -> None:
        """The process has ended by itself, or as it was asked to."""
        self._ended.set()
        self._thread.join()


class _Watch:
    """Samples memory and processor time of a process tree in a thread until stopped."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak = 0
        self._cpu_s: dict[int, float] = {}
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
        for process in tree:
            self._cpu_s[process.pid] = max(self._cpu_s.get(process.pid, 0.0), _cpu_s(process))
        return sum(_pss(process.pid) for process in tree)

    def stop(self) -> tuple[int, float]:
        """Ends the sampling; the largest sum of memory seen, in bytes, and the processor seconds."""
        self._ended.set()
        self._thread.join()
        return self._peak, sum(self._cpu_s.values())


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:  # it has ended, or may not be looked at
        return 0.0
    return float(times.user + times.system)


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
