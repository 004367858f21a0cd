"""Ctrl-C at the worst moments of a generation."""

from __future__ import annotations

import os
import signal
import threading
import time

from testgen.synthesis.interrupts import Stage, stopping
from testgen.synthesis.stop import Stop


def test_a_signal_while_the_main_thread_holds_what_cancelling_needs_does_not_hang() -> None:
    stop, channel, cancelled = Stop(deadline=float("inf")), threading.Lock(), threading.Event()

    def cancel() -> None:
        with channel:
            cancelled.set()

    with stopping(stop, cancel):
        stop.enter(Stage.SEARCHING)
        with channel:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        assert cancelled.wait(5)
        stop.enter(Stage.VERIFYING)
    assert stop.requested


def test_a_request_sent_just_after_the_signal_is_cancelled_too_but_none_of_a_later_stage() -> None:
    stop, cancels = Stop(deadline=float("inf")), []
    with stopping(stop, lambda: cancels.append(stop.stage)):
        stop.enter(Stage.SEARCHING)
        os.kill(os.getpid(), signal.SIGINT)
        deadline = time.monotonic() + 5
        while len(cancels) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        stop.enter(Stage.VERIFYING)
        num_before = len(cancels)
        time.sleep(0.5)
    assert num_before >= 2
    assert cancels == [Stage.SEARCHING] * num_before
