"""When a search ends before it is done: asked for, or out of time."""

from __future__ import annotations

import threading
import time

from testgen.synthesis.interrupts import Stage


class Stop:
    """Whether the search should end early: asked for, or out of time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self.requested = False
        self.stage = Stage.PREPARING
        self.stage_lock = threading.Lock()

    def enter(self, stage: Stage) -> None:
        """The next stage begins; nothing of an earlier one is cancelled any more."""
        with self.stage_lock:
            self.stage = stage

    def within(self, seconds: float) -> None:
        """Sets the time that is left from now."""
        self._deadline = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; none below zero."""
        return max(0.0, self._deadline - time.monotonic())

    def __bool__(self) -> bool:
        return self.requested or time.monotonic() > self._deadline
