"""Jobs that wait: so many at most, and each project in its turn.

A project's jobs run one after the other, since they share a VM; between projects the turn goes round, so
that forty jobs of one do not keep another waiting. Short questions of somebody who types go first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from itertools import islice

from testgen.errors import TestgenError
from testgen.exit_code import ExitCode
from testgen.wire import JobKind
from testgen_server.job import Job


class QueueFull(TestgenError):  # noqa: N818 - named for what happened
    """As many jobs wait as may."""

    default_exit_code = ExitCode.BUSY


class FairQueue:
    """A bounded queue that threads take from."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._changed = threading.Condition()
        self._lanes: OrderedDict[str, deque[Job]] = OrderedDict()
        self._busy: set[str] = set()
        self._is_closed = False

    def __len__(self) -> int:
        with self._changed:
            return self._num()

    def _num(self) -> int:
        return sum(map(len, self._lanes.values()))

    def put(self, job: Job) -> None:
        """Raises QueueFull."""
        with self._changed:
            if self._num() >= self._capacity:
                raise QueueFull(
                    f"{self._capacity} jobs wait already, so this one was not taken.",
                    "Try again in a few seconds, or cancel some that wait",
                )
            lane = self._lanes.setdefault(job.lane, deque())
            if job.status.kind is JobKind.COMPLETE:
                lane.appendleft(job)
            else:
                lane.append(job)
            self._changed.notify()

    def take(self) -> Job | None:
        """The next job whose project is idle, waited for; None once the queue is closed."""
        with self._changed:
            while not self._is_closed:
                name = next((lane for lane in self._lanes if lane not in self._busy), None)
                if name is not None:
                    return self._pop(name)
                self._changed.wait()
        return None

    def _pop(self, name: str) -> Job:
        lane = self._lanes.pop(name)
        job = lane.popleft()
        if lane:
            self._lanes[name] = lane  # at the end: the others' turn
        self._busy.add(name)
        return job

    def done(self, job: Job) -> None:
        """A job that was taken has ended: its project's next may be taken."""
        with self._changed:
            self._busy.discard(job.lane)
            self._changed.notify_all()

    def remove(self, job: Job) -> bool:
        """Takes a job that waits out of the queue. False where it does not wait."""
        with self._changed:
            lane = self._lanes.get(job.lane)
            if lane is None or job not in lane:
                return False
            lane.remove(job)
            if not lane:
                del self._lanes[job.lane]
            return True

    def position(self, job: Job) -> int | None:
        """How many of those that wait are taken before this one; None where it does not wait."""
        with self._changed:
            own = self._lanes.get(job.lane)
            if own is None or job not in own:
                return None
            place, before = own.index(job), 0
            for name, lane in self._lanes.items():
                turns = place if name == job.lane or self._comes_after(name, job.lane) else place + 1
                before += len(list(islice(lane, turns)))
            return before

    def _comes_after(self, name: str, other: str) -> bool:
        order = list(self._lanes)
        return order.index(name) > order.index(other)

    def close(self) -> list[Job]:
        """No more jobs are taken; those that wait."""
        with self._changed:
            self._is_closed = True
            left = [job for lane in self._lanes.values() for job in lane]
            self._lanes.clear()
            self._changed.notify_all()
            return left
