"""Ctrl-C during a generation: the first ends the search and keeps what was found, the second ends the
program.

Before the search there is nothing to keep, so that the first ends the program; while what was found is
verified, the first lets that finish.

A signal handler runs between two instructions of the main thread, which may be in the middle of sending a
request and hold the channel's lock. So the handler itself sends nothing: a thread does, again and again until
the search has ended, since a request that was about to be sent must be cancelled too.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from types import FrameType
from typing import Protocol

from testgen.errors import AgentFailure

_CANCEL_AGAIN_S = 0.2


class Stage(Enum):
    """How far a generation is."""

    PREPARING = "preparing"
    SEARCHING = "searching"
    VERIFYING = "verifying"
    OVER = "over"


class Stopped(Exception):  # noqa: N818 - named for what happened
    """A cancellation came while there was nothing to keep yet."""


class Stoppable(Protocol):
    """What can be asked to end early."""

    requested: bool
    stage: Stage
    stage_lock: threading.Lock
    """Held while the stage changes, and while what runs in a stage is cancelled."""


@contextmanager
def stopping(stop: Stoppable, cancel: Callable[[], None]) -> Iterator[None]:
    """While open, SIGINT and SIGTERM ask `stop` to end; a search that is under way is cancelled.

    `cancel` is called from a thread of its own.

    Does nothing outside the main thread, where Python delivers no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.requested or stop.stage is Stage.PREPARING:
            raise KeyboardInterrupt
        stop.requested = True
        if stop.stage is Stage.SEARCHING:
            _in_thread(stop, cancel, Stage.SEARCHING)

    before = {each: signal.signal(each, handle) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _in_thread(stop: Stoppable, cancel: Callable[[], None], stage: Stage) -> None:
    threading.Thread(target=_keep_cancelling, args=(stop, cancel, stage), name="cancel", daemon=True).start()


def _keep_cancelling(stop: Stoppable, cancel: Callable[[], None], stage: Stage) -> None:
    while True:
        with stop.stage_lock, suppress(AgentFailure):  # a VM that has ended has nothing left to cancel
            if stop.stage is not stage:
                return
            cancel()
        time.sleep(_CANCEL_AGAIN_S)


class Cancellation:
    """Ends a generation from another thread, as Ctrl-C ends one in the main thread.

    While it searches, the search ends and what was found is verified and kept. Before that there is nothing
    to keep: the generation raises `Stopped`, or the `AgentError` "cancelled" of the operation under way.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._target: tuple[Stoppable, Callable[[], None]] | None = None

    @property
    def requested(self) -> bool:
        """Whether an end was asked for."""
        return self._requested

    def request(self) -> None:
        """Asks for the end, from any thread. May be called again."""
        with self._lock:
            is_first, self._requested = not self._requested, True
            target = self._target
        if is_first and target is not None:
            self._end(*target)

    @contextmanager
    def over(self, stop: Stoppable, cancel: Callable[[], None]) -> Iterator[None]:
        """While open, a request ends `stop`. Raises `Stopped` where one came already."""
        with self._lock:
            self._target = (stop, cancel)
        try:
            self.checkpoint()
            yield
        finally:
            with self._lock:
                self._target = None
            with stop.stage_lock:
                stop.stage = Stage.OVER

    def checkpoint(self) -> None:
        """Raises `Stopped` where an end was asked for: called where there is nothing to keep."""
        if self._requested:
            raise Stopped

    @staticmethod
    def _end(stop: Stoppable, cancel: Callable[[], None]) -> None:
        stop.requested = True
        stage = stop.stage
        if stage in (Stage.PREPARING, Stage.SEARCHING):
            _in_thread(stop, cancel, stage)
