"""A job: what was asked, how far it is, and the events that told so.

Written by the thread that runs it and read by the event loop; a lock keeps the two apart.
"""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from testgen.project import Project, ProjectKind
from testgen.synthesis.interrupts import Cancellation
from testgen.wire import KINDS, Event, EventKind, JobRequest, JobState, JobStatus, Problem, TestFound

_MOST_EVENTS = 5000
_RECENT_EVENTS = 1000


class Job:
    """One job from its submission to its end."""

    def __init__(self, request: JobRequest, project: Project, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.project = project
        self.cancellation = Cancellation()
        self.result: Any = None
        self._loop = loop
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._num_events = 0
        self._wakers: set[asyncio.Event] = set()
        self._begun = time.monotonic()
        self.ran_s = 0.0
        """Seconds that it ran, once it has ended."""
        self._status = JobStatus(
            id=uuid.uuid4().hex,
            kind=KINDS[type(request)],
            state=JobState.QUEUED,
            path=request.path,
            project=self.lane,
            client=request.client,
            submitted_at=time.time(),
        )

    @property
    def id(self) -> str:
        """Its name."""
        return self._status.id

    @property
    def lane(self) -> str:
        """Jobs with the same one run one after the other: they share a VM."""
        project = self.project
        return str(project.root if project.kind is ProjectKind.MIX else project.source)

    @property
    def status(self) -> JobStatus:
        """How it is now."""
        with self._lock:
            return self._status

    @property
    def state(self) -> JobState:
        """How far it is."""
        return self._status.state

    def start(self) -> bool:
        """It begins, or begins again. False where it was cancelled meanwhile."""
        with self._lock:
            if self._status.state.is_final:
                return False
            self._begun = time.monotonic()
            self._status = replace(
                self._status,
                state=JobState.RUNNING,
                started_at=self._status.started_at or time.time(),
                attempts=self._status.attempts + 1,
            )
            return True

    def end(self, state: JobState, *, result: Any = None, problem: Problem | None = None) -> bool:
        """It is over. False, and nothing is changed, where it was over already."""
        with self._lock:
            if self._status.state.is_final:
                return False
            if self._status.state is JobState.RUNNING:
                self.ran_s = time.monotonic() - self._begun
            self.result = result
            self._status = replace(
                self._status,
                state=state,
                ended_at=time.time(),
                problem=problem,
                has_result=result is not None,
                position=None,
            )
        self.tell(EventKind.DONE, problem.message if problem else state.value, state=state)
        return True

    def tell(
        self,
        kind: EventKind,
        text: str,
        *,
        percent: int | None = None,
        counts: dict[str, int] | None = None,
        test: TestFound | None = None,
        state: JobState | None = None,
    ) -> None:
        """Something happened, told from any thread."""
        with self._lock:
            self._num_events += 1
            event = Event(
                seq=self._num_events,
                kind=kind,
                text=text,
                at=time.time(),
                percent=percent,
                counts=counts or {},
                test=test,
                state=state,
            )
            self._events.append(event)
            if len(self._events) > _MOST_EVENTS:
                del self._events[: len(self._events) - _RECENT_EVENTS]
            if kind is EventKind.PHASE:
                self._status = replace(self._status, phase=text)
            if counts:
                self._status = replace(self._status, counts=counts)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for waker in self._wakers:
            waker.set()

    async def events(self, after: int) -> AsyncIterator[Event]:
        """Events with a number above `after`, as they come, the last one being `done`."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            while True:
                waker.clear()
                with self._lock:
                    fresh = [event for event in self._events if event.seq > after]
                    is_over = self._status.state.is_final
                for event in fresh:
                    yield event
                    after = event.seq
                    if event.kind is EventKind.DONE:
                        return
                if is_over and not fresh and after >= self._num_events:
                    return
                if not fresh:
                    await waker.wait()
        finally:
            self._wakers.discard(waker)
