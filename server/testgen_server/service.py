"""The daemon's work: takes jobs, runs them on warm VMs in a few threads, ends those that are cancelled.

A job whose VM was lost from outside is begun again, twice at most; one that ends its VM by itself fails. A
cancelled job may put in order what it found, for under a second; then its VM is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any

from testgen.errors import AgentDied, AgentFailure, TestgenError
from testgen.exit_code import ExitCode
from testgen.sandbox import Ending
from testgen.synthesis.interrupts import Stopped
from testgen.wire import EventKind, GenerateRequest, GenerateResult, JobRequest, JobState, JobStatus, Problem
from testgen_server import running
from testgen_server.access import project_of
from testgen_server.config import ServerConfig
from testgen_server.fair_queue import FairQueue
from testgen_server.job import Job
from testgen_server.journal import Journal
from testgen_server.metrics import Metrics
from testgen_server.model_slot import ModelSlot
from testgen_server.problems import problem_of
from testgen_server.warm_agents import Warm, WarmAgents

log = logging.getLogger("testgen.server")
_ATTEMPTS = 3
_FROM_OUTSIDE = (Ending.EXITED.value, Ending.KILLED.value)
_ABANDON_EVERY_S = 0.1
_CLOSE_S = 5.0


class Service:
    """Everything but HTTP."""

    def __init__(
        self,
        config: ServerConfig,
        *,
        loop: asyncio.AbstractEventLoop,
        journal: Journal,
        metrics: Metrics,
        agents: WarmAgents,
        models: ModelSlot,
    ) -> None:
        self.config = config
        self.agents = agents
        self.metrics = metrics
        self.models = models
        self.journal = journal
        self.queue = FairQueue(config.capacity)
        self.last_error: Problem | None = None
        self._loop = loop
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._by_key: dict[str, Job] = {}
        self._lost = {status.id: status for status, _ in journal.recover()}
        self._warm_of: dict[str, Warm] = {}
        self._threads = [
            threading.Thread(target=self._work, name=f"job-{number}", daemon=True)
            for number in range(config.workers)
        ]

    def start(self) -> None:
        """Begins to run jobs."""
        for thread in self._threads:
            thread.start()

    def submit(self, request: JobRequest) -> tuple[JobStatus, bool]:
        """A job for the request, and whether it is new.

        Raises QueueFull, and what `project_of` and `running.check` raise.
        """
        known = self._by_key.get(request.key) if request.key else None
        if known is not None:
            return self.status(known), False
        if isinstance(request, GenerateRequest):
            running.check(request)
        job = Job(request, project_of(request), self._loop)
        with self._lock:
            self.queue.put(job)
            self._jobs[job.id] = job
            if request.key:
                self._by_key[request.key] = job
            self._forget_old()
        self.journal.write(job.status, request.key)
        if job.state is JobState.QUEUED:
            job.tell(EventKind.QUEUED, "waiting for its turn")
        return self.status(job), True

    def _forget_old(self) -> None:
        finished = [job for job in self._jobs.values() if job.state.is_final]
        for job in finished[: max(0, len(finished) - self.config.kept_jobs)]:
            del self._jobs[job.id]
            self._by_key.pop(job.request.key, None)

    def job(self, job_id: str) -> Job | None:
        """A job of this daemon's life."""
        return self._jobs.get(job_id)

    def lost(self, job_id: str) -> JobStatus | None:
        """A job that an earlier daemon left unfinished."""
        return self._lost.get(job_id)

    def status(self, job: Job) -> JobStatus:
        """How a job is, with its place in the queue."""
        status = job.status
        if status.state is not JobState.QUEUED:
            return status
        position = self.queue.position(job)
        return status if position is None else _placed(status, position)

    def statuses(self) -> tuple[JobStatus, ...]:
        """All jobs, the latest first, then those that were lost."""
        with self._lock:
            jobs = list(self._jobs.values())
        return (*(self.status(job) for job in reversed(jobs)), *self._lost.values())

    @property
    def num_running(self) -> int:
        """Jobs that run now."""
        with self._lock:
            return sum(job.state is JobState.RUNNING for job in self._jobs.values())

    def cancel(self, job: Job) -> None:
        """Ends a job: at once where it waits, within a second where it runs."""
        if self.queue.remove(job):
            self._end(job, JobState.CANCELLED)
            return
        if job.state.is_final or job.cancellation.requested:
            return
        job.cancellation.request()
        if job.id not in self._warm_of:  # its VM is being started: that goes on, for the next job
            self._end(job, JobState.CANCELLED)
            return
        threading.Thread(target=self._abandon, args=(job,), name="abandon", daemon=True).start()

    def _abandon(self, job: Job) -> None:
        """Ends the VM of a cancelled job that has not ended by itself in time."""
        time.sleep(self.config.cancel_s)
        while not job.state.is_final:
            warm = self._warm_of.get(job.id)
            if warm is not None:
                warm.bench.abandon()
            time.sleep(_ABANDON_EVERY_S)

    def _work(self) -> None:
        while (job := self.queue.take()) is not None:
            try:
                self._run(job)
            except Exception as error:
                log.exception("a job ended by a bug", extra={"job": job.id})
                self._end(job, JobState.FAILED, problem=_bug(error))
            finally:
                self.queue.done(job)

    def _run(self, job: Job) -> None:
        while job.start():
            self.journal.write(job.status, job.request.key)
            try:
                result = self._attempt(job)
            except Stopped:
                self._end(job, JobState.CANCELLED)
            except TestgenError as error:
                if self._try_again(job, error):
                    continue
                self._failed(job, error)
            except OSError as error:
                self._end(job, JobState.FAILED, problem=_of_system(error))
            else:
                self._succeeded(job, result)
            return

    def _attempt(self, job: Job) -> Any:
        warm = self.agents.acquire(job)
        self._warm_of[job.id] = warm
        keep = job.cancellation.requested
        try:
            job.cancellation.checkpoint()
            result = running.run(job, warm, self.models.engine())
            keep = warm.bench.alive
            return result
        except TestgenError as error:
            keep = not isinstance(error, AgentFailure) and warm.bench.alive
            raise
        except Stopped:
            keep = keep and warm.bench.alive  # nothing ran on it
            raise
        finally:
            del self._warm_of[job.id]
            self.agents.release(job.lane, keep=keep)

    def _try_again(self, job: Job, error: TestgenError) -> bool:
        lost = isinstance(error, AgentDied) and error.reason in _FROM_OUTSIDE
        if not lost or job.cancellation.requested or job.status.attempts >= _ATTEMPTS:
            return False
        log.warning("a VM was lost; its job begins again", extra={"job": job.id, "why": error.message})
        self.metrics.retried.inc()
        job.tell(EventKind.WARNING, "its VM was lost; it begins again")
        return True

    def _failed(self, job: Job, error: TestgenError) -> None:
        if job.cancellation.requested and isinstance(error, AgentFailure):
            self._end(job, JobState.CANCELLED)
        else:
            self._end(job, JobState.FAILED, problem=problem_of(error))

    def _succeeded(self, job: Job, result: Any) -> None:
        if job.cancellation.requested:
            kept = result if isinstance(result, GenerateResult) and result.tests else None
            self._end(job, JobState.CANCELLED, result=kept)
        else:
            self._end(job, JobState.DONE, result=result)

    def _end(self, job: Job, state: JobState, *, result: Any = None, problem: Problem | None = None) -> None:
        if problem is not None:
            self.last_error = problem
            log.warning("a job failed", extra={"job": job.id, "code": problem.code, "why": problem.message})
        if not job.end(state, result=result, problem=problem):
            return
        self.metrics.ended(job.status, job.ran_s, result)
        self.journal.write(job.status, job.request.key, summary_of(job))
        log.info(
            "job ended",
            extra={
                "job": job.id,
                "kind": job.status.kind.value,
                "state": state.value,
                "ran_s": round(job.ran_s, 3),
            },
        )

    def close(self) -> None:
        """Cancels everything, ends all VMs."""
        waiting = self.queue.close()
        for job in waiting:
            self._end(job, JobState.CANCELLED)
        with self._lock:
            running_jobs = [job for job in self._jobs.values() if not job.state.is_final]
        for job in running_jobs:
            job.cancellation.request()
        for warm in list(self._warm_of.values()):
            with contextlib.suppress(AgentFailure):
                warm.bench.abandon()
        deadline = time.monotonic() + _CLOSE_S
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.agents.close()
        self.models.close()
        self.journal.close()


def _placed(status: JobStatus, position: int) -> JobStatus:
    return replace(status, position=position)


def summary_of(job: Job) -> dict[str, Any] | None:
    """What the dashboard's history keeps of a job."""
    status = job.status
    if not isinstance(job.result, GenerateResult):
        return None
    report = job.result.report
    mutants = report["mutants"]
    counted = sum(mutants[name] for name in ("killed", "timeout", "survived", "no_coverage"))
    return {
        "at": status.ended_at,
        "path": status.path,
        "seconds": round(job.ran_s, 2),
        "tests": len(job.result.tests),
        "candidates": report["candidates"],
        "dropped": report["dropped_in_verification"],
        "score": round(100 * (mutants["killed"] + mutants["timeout"]) / counted, 1) if counted else None,
        "oracles": {o: sum(t.oracle == o for t in job.result.tests) for o in report["oracles"]},
    }


def _bug(error: Exception) -> Problem:
    return Problem(
        code="bug",
        message=f"A bug in testgen: {type(error).__name__}: {error}",
        next_step="See the daemon's log, and report what it says",
        exit_code=int(ExitCode.AGENT_FAILED),
    )


def _of_system(error: OSError) -> Problem:
    return Problem(
        code="io",
        message=f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.",
        next_step="See whether the project is still there and the disk has room",
        exit_code=int(ExitCode.IO),
    )
