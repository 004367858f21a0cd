"""What a generation says of itself, as events of a job: steps, counts, kills and accepted tests.

Counts come hundreds of times a second and are thinned; kills and tests are all told.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from testgen.mutation import Mutant
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.report import DeliveredTest
from testgen.synthesis.watch import Watch
from testgen.wire import EventKind, TestFound
from testgen_server.job import Job

_COUNTS_EVERY_S = 0.2
_SHARES = (
    ("compiling", 2),
    ("reading", 10),
    ("making mutants", 15),
    ("running the existing", 25),
    ("running the tests", 30),
    ("searching", 30),
    ("choosing", 80),
    ("verifying", 85),
)
"""How much of a job's time has usually gone by when a step begins, in percent."""


class JobProgress:
    """The progress of a job (`testgen.progress.Progress`)."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._what = ""
        self._total: int | None = None
        self._percent = 0
        self._last = 0.0

    def phase(self, what: str, total: int | None = None) -> None:
        self._what, self._total = what, total
        self._percent = max(self._percent, next((n for start, n in _SHARES if what.startswith(start)), 0))
        self._last = 0.0
        self._job.tell(EventKind.PHASE, what, percent=self._percent)

    def advance(self, done: int, counts: Mapping[str, int] | None = None) -> None:
        now = time.monotonic()
        if now - self._last < _COUNTS_EVERY_S and done != self._total:
            return
        self._last = now
        known = {"done": done, **(counts or {})}
        self._job.tell(EventKind.CANDIDATE, self._what, percent=self._share(done, known), counts=dict(known))

    def _share(self, done: int, counts: Mapping[str, int]) -> int:
        """Never backwards: by what is done of what is to do, else by how many mutants are killed."""
        if self._total:
            part = done / self._total
        else:
            killed, surviving = counts.get("killed", 0), counts.get("surviving", 0)
            part = killed / (killed + surviving) if killed + surviving else 0.0
        begins = next((n for start, n in _SHARES if self._what.startswith(start)), 0)
        self._percent = max(self._percent, begins + round(part * (80 - min(begins, 80))))
        return self._percent

    def warn(self, text: str) -> None:
        self._job.tell(EventKind.WARNING, text)

    def close(self) -> None: ...


class JobWatch(Watch):
    """Tells kills and accepted tests as they come."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def killed(self, mutant: Mutant, candidate: Candidate) -> None:
        where = f"line {mutant.start.line} {mutant.operator}"
        self._job.tell(EventKind.KILL, f"{where} is killed by {candidate.call.splitlines()[0][:200]}")

    def accepted(self, test: DeliveredTest) -> None:
        found = TestFound(
            module=test.module,
            describe=test.describe,
            name=test.name,
            oracle=test.oracle.value,
            kills=len(test.kills),
        )
        self._job.tell(EventKind.ACCEPTED, test.name, percent=95, test=found)
