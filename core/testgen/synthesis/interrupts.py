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

    def keep_cancelling() -> None:
        while True:
            with stop.stage_lock, suppress(AgentFailure):  # a VM that has ended has nothing left to cancel
                if stop.stage is not Stage.SEARCHING:
                    return
                cancel()
            time.sleep(_CANCEL_AGAIN_S)

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.requested or stop.stage is Stage.PREPARING:
            raise KeyboardInterrupt
        stop.requested = True
        if stop.stage is Stage.SEARCHING:
            threading.Thread(target=keep_cancelling, name="cancel", daemon=True).start()

    before = {each: signal.signal(each, handle) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
