"""A running sandboxed process: starts it, collects what it prints, watches its limits, ends it with all its
children.

One thread watches, one collects. The kernel's "die with your parent" is tied to the thread that started the
child, not to the process, so every child is started by one thread that lives as long as Python does.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import selectors
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil

from testgen.errors import SandboxUnavailable
from testgen.sandbox.limits import Ending, Limits
from testgen.sandbox.usage import FolderUse, descendants, folder_use, free_bytes, resident_bytes

_TICK_S = 0.05
_TAIL_BYTES = 64 * 1024
_GONE_WITHIN_S = 5.0
_DISK_STEP_BYTES = 16 * 1024 * 1024
_DISK_CHECK_S = 2.0
_LOWEST_DESCRIPTOR = 20  # ours are moved above the numbers that the child wants


class SandboxedProcess:
    """A process tree with limits. `kill` ends all of it; what ended it is in `ending`."""

    def __init__(
        self,
        argv: tuple[str, ...],
        *,
        environment: Mapping[str, str],
        descriptors: Mapping[int, int],
        limits: Limits,
        writable: tuple[Path, ...],
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self._limits = limits
        self._writable = writable
        self._on_end = on_end
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._tail_lock = threading.Lock()
        self._ending: Ending | None = None
        self._ended = threading.Event()
        self._kill_lock = threading.Lock()
        self._peak_bytes = 0
        self._disk = _DiskWatch(writable, limits)
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        try:
            wanted = {1: out_write, 2: err_write, **descriptors}
            self.pid = _SPAWNER.spawn(argv, dict(environment), wanted)
        except BaseException:
            os.close(out_read)
            os.close(err_read)
            raise
        finally:
            os.close(out_write)
            os.close(err_write)
        self._started = time.monotonic()
        self._collector = threading.Thread(
            target=self._collect, args=((out_read, err_read),), name=f"collect-{self.pid}", daemon=True
        )
        self._watcher = threading.Thread(target=self._watch, name=f"watch-{self.pid}", daemon=True)
        self._collector.start()
        self._watcher.start()

    @property
    def ending(self) -> Ending | None:
        """Why it ended, `None` while it runs."""
        return self._ending if self._ended.is_set() else None

    @property
    def peak_bytes(self) -> int:
        """The most resident memory that the whole tree was seen to have."""
        return self._peak_bytes

    @property
    def output_tail(self) -> str:
        """The last 64 KiB written to stdout and stderr, in order of arrival."""
        with self._tail_lock:
            return b"".join(self._tail)[-_TAIL_BYTES:].decode("utf-8", "replace")

    def wait(self, timeout_s: float | None = None) -> Ending | None:
        """Waits for the end; `None` when `timeout_s` runs out first."""
        if not self._ended.wait(timeout_s):
            return None
        self._collector.join(1.0)  # its last words
        return self._ending

    def kill(self, reason: Ending = Ending.KILLED) -> None:
        """Ends the whole tree and returns when it is gone. May be called by anyone, at any time."""
        self._kill_tree(reason)
        self._ended.wait(_GONE_WITHIN_S)

    def _kill_tree(self, reason: Ending) -> None:
        with self._kill_lock:
            if self._ended.is_set():
                return
            self._ending = self._ending or reason
            family = descendants(self.pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            for pid in family:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        _await_gone(family[1:])

    def _watch(self) -> None:
        while not _has_exited(self.pid):
            reason = self._broken_limit()
            if reason is not None:
                self._kill_tree(reason)
            time.sleep(_TICK_S)
        with self._kill_lock:  # nobody signals the number once it is free for another process
            self._sweep()
            _reap(self.pid)
            self._ending = self._ending or Ending.EXITED
            self._ended.set()
        if self._on_end is not None:
            self._on_end()

    def _sweep(self) -> None:
        """What a leader that exited left of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _broken_limit(self) -> Ending | None:
        limits = self._limits
        family = descendants(self.pid, at_most=limits.processes * 4)
        if len(family) > limits.processes:
            return Ending.PROCESSES
        resident = resident_bytes(family)
        self._peak_bytes = max(self._peak_bytes, resident)
        if resident > limits.memory_bytes:
            return Ending.MEMORY
        if limits.wall_clock_s is not None and time.monotonic() - self._started > limits.wall_clock_s:
            return Ending.WALL_CLOCK
        return Ending.DISK if self._disk.exceeded() else None

    def _collect(self, descriptors: tuple[int, ...]) -> None:
        with selectors.DefaultSelector() as selector:
            for descriptor in descriptors:
                selector.register(descriptor, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    chunk = os.read(key.fd, 65536)
                    if chunk:
                        self._keep(chunk)
                    else:
                        selector.unregister(key.fd)
                        os.close(key.fd)

    def _keep(self, chunk: bytes) -> None:
        with self._tail_lock:
            self._tail.append(chunk)
            self._tail_bytes += len(chunk)
            while self._tail_bytes - len(self._tail[0]) > _TAIL_BYTES:
                self._tail_bytes -= len(self._tail.popleft())


class _DiskWatch:
    """Growth of the writable folders, measured only when free space has moved."""

    def __init__(self, folders: tuple[Path, ...], limits: Limits) -> None:
        self._folders = folders
        self._limits = limits
        self._free = self._free_bytes()
        self._start: FolderUse = folder_use(folders)
        self._checked = time.monotonic()

    def exceeded(self) -> bool:
        if not self._folders:
            return False
        free = self._free_bytes()
        now = time.monotonic()
        late = now - self._checked >= _DISK_CHECK_S and free != self._free
        if self._free - free < _DISK_STEP_BYTES and not late:
            return False
        self._free, self._checked = free, now
        use = folder_use(self._folders)
        grown = use.num_bytes - self._start.num_bytes
        added = use.num_files - self._start.num_files
        return grown > self._limits.disk_bytes or added > self._limits.num_files

    def _free_bytes(self) -> int:
        return sum(free_bytes(folder) for folder in self._folders)


class _Spawner:
    """Starts children from one thread that never ends before Python does."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], int], Future[int]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._owner: int | None = None

    def spawn(
        self, argv: tuple[str, ...], environment: dict[str, str], descriptors: Mapping[int, int]
    ) -> int:
        """The new process's id; it leads a session and a process group of its own."""
        with self._lock:
            if self._owner != os.getpid():  # the first call, or the first after a fork
                self._owner = os.getpid()
                self._jobs = queue.SimpleQueue()
                threading.Thread(target=self._run, args=(self._jobs,), name="spawner", daemon=True).start()
        future: Future[int] = Future()
        self._jobs.put((lambda: _spawn(argv, environment, descriptors), future))
        return future.result()

    @staticmethod
    def _run(jobs: queue.SimpleQueue[tuple[Callable[[], int], Future[int]]]) -> None:
        while True:
            job, future = jobs.get()
            try:
                future.set_result(job())
            except BaseException as error:
                future.set_exception(error)


_SPAWNER = _Spawner()


def _spawn(argv: tuple[str, ...], environment: dict[str, str], descriptors: Mapping[int, int]) -> int:
    moved = {
        to: fcntl.fcntl(ours, fcntl.F_DUPFD_CLOEXEC, _LOWEST_DESCRIPTOR) for to, ours in descriptors.items()
    }
    actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_DUP2, ours, to) for to, ours in moved.items()]
    actions += [(os.POSIX_SPAWN_CLOSE, stray) for stray in _inheritable() if stray not in moved]
    # Python ignores both. A file that is too large must be an error to the VM that writes it, not its end.
    default = [signal.SIGPIPE]
    try:
        return os.posix_spawn(
            argv[0], argv, environment, file_actions=actions, setsid=True, setsigdef=default
        )
    except NotImplementedError:
        return os.posix_spawn(
            argv[0], argv, environment, file_actions=actions, setpgroup=0, setsigdef=default
        )
    except OSError as error:
        raise SandboxUnavailable(f"`{argv[0]}` cannot be started: {error}", "testgen doctor") from error
    finally:
        for ours in moved.values():
            os.close(ours)


def _inheritable() -> list[int]:
    """Descriptors that Python itself inherited and would pass on, such as a pipe of whoever started it."""
    listing = Path("/proc/self/fd") if Path("/proc/self/fd").is_dir() else Path("/dev/fd")
    found = []
    for name in os.listdir(listing):  # noqa: PTH208 - names only
        with contextlib.suppress(OSError, ValueError):
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
    return found


def _has_exited(pid: int) -> bool:
    """Whether the child has ended; it stays a zombie, so that its number cannot be used again yet."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return not _exists(pid)
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _await_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + _GONE_WITHIN_S
    for pid in pids:
        while time.monotonic() < deadline and _exists(pid):
            time.sleep(0.002)


def _exists(pid: int) -> bool:
    """Whether `pid` still runs; one that only waits to be reaped by its parent does not."""
    try:
        return bool(psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except psutil.Error:
        return False
