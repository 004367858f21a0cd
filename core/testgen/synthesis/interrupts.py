"""Ctrl-C during a generation: the first ends the search and keeps what was found, the second ends the
program.

Before the search there is nothing to keep, so that the first ends the program; while what was found is
verified, the first lets that finish.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from types import FrameType
from typing import Protocol


class Stage(Enum):
    """How far a generation is."""

    PREPARING = "preparing"
    SEARCHING = "searching"
    VERIFYING = "verifying"


class Stoppable(Protocol):
    """What can be asked to end early."""

    requested: bool
    stage: Stage


@contextmanager
def stopping(stop: Stoppable, cancel: Callable[[], None]) -> Iterator[None]:
    """While open, SIGINT and SIGTERM ask `stop` to end; a search that is under way is cancelled.

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
            cancel()

    before = {each: signal.signal(each, handle) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
