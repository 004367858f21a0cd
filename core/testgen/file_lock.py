"""A lock between processes on one machine, released by the kernel when its holder ends, however it ends.

Covers local file systems. Over NFS `flock` may be local to a machine only.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testgen.errors import Busy

_POLL_S = 0.05


class FileLock:
    """An exclusive `flock` on a file that is made for it and never removed."""

    __slots__ = ("_descriptor", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        """Takes the lock unless another process, or another `FileLock`, holds it. Raises `OSError` for the
        file's own.
        """
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Gives it back. May be called twice."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def held(self, *, wait_s: float) -> Iterator[None]:
        """Holds the lock for a block. Raises `Busy` when `wait_s` runs out."""
        deadline = time.monotonic() + wait_s
        while not self.try_acquire():
            if time.monotonic() >= deadline:
                raise Busy(
                    f"Another testgen run has held {self.path} for {wait_s:.0f} s.",
                    "Try again when it has ended",
                )
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            self.release()
