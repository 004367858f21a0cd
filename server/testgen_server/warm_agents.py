"""VMs that are kept for the next job, one per Mix root: so many at most, none that is out of date.

A VM is out of date when its project's files have changed since it was opened: Elixir code is loaded once.
Its private build is kept then, so that the next VM compiles only what changed. One that nobody used for a
while is ended.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from testgen.agent import Agent
from testgen.build import PrivateBuild
from testgen.project import Project
from testgen.settings import Settings
from testgen.synthesis.workbench import Workbench
from testgen.toolchain import Toolchain
from testgen.wire import WarmAgent
from testgen_server import freshness
from testgen_server.job import Job

log = logging.getLogger("testgen.server")


class Warm:
    """A VM on a project, and what is needed to tell whether it is still good."""

    def __init__(self, project: Project, toolchain: Toolchain, digest: str) -> None:
        self.project = project
        self.digest = digest
        self.settings = Settings.load(project.top)
        self.num_jobs = 0
        self.is_busy = True
        self.last_used = time.monotonic()
        self._build = PrivateBuild.open(project, toolchain)
        try:
            self.bench = Workbench(self._agent)
        except BaseException:
            self._build.close()
            raise

    def _agent(self) -> Agent:
        return Agent.start(self.project, settings=self.settings, build=self._build)

    def is_good(self, digest: str) -> bool:
        """Whether it runs, and has loaded what is on disk now."""
        return self.digest == digest and self.bench.alive

    def close(self) -> None:
        """Ends it."""
        self.bench.abandon()
        self._build.close()

    def report(self, lane: str) -> WarmAgent:
        """What people are told of it."""
        return WarmAgent(
            project=lane,
            pid=self.bench.pid,
            busy=self.is_busy,
            idle_s=0.0 if self.is_busy else round(time.monotonic() - self.last_used, 1),
            jobs=self.num_jobs,
            memory_bytes=_memory_of(self.bench.pid),
        )


class WarmAgents:
    """All warm VMs of a daemon."""

    def __init__(self, *, most: int, idle_s: float, on_change: Callable[[], None] = lambda: None) -> None:
        self._most = most
        self._idle_s = idle_s
        self._on_change = on_change
        self._lock = threading.Lock()
        self._warm: dict[str, Warm] = {}
        self.started = 0
        """VMs started since the daemon did."""

    def acquire(self, job: Job) -> Warm:
        """The VM for a job, started where there is none that is good. Raises what starting one raises."""
        lane, project = job.lane, job.project
        digest = freshness.digest(project)
        with self._lock:
            found = self._warm.get(lane)
            if found is not None:
                found.is_busy = True
        if found is not None and found.is_good(digest):
            return found
        if found is not None:
            self.discard(lane, "out of date" if found.bench.alive else "its VM ended")
        self._make_room()
        fresh = Warm(project, Toolchain.find(project.root), digest)
        with self._lock:
            self._warm[lane] = fresh
            self.started += 1
        self._on_change()
        return fresh

    def release(self, lane: str, *, keep: bool) -> None:
        """A job has ended: its VM waits for the next, or is ended."""
        with self._lock:
            found = self._warm.get(lane)
            if found is not None:
                found.is_busy, found.last_used = False, time.monotonic()
                found.num_jobs += 1
        if not keep:
            self.discard(lane, "it cannot be used again")

    def discard(self, lane: str, why: str) -> None:
        """Ends the VM of a project."""
        with self._lock:
            found = self._warm.pop(lane, None)
        if found is not None:
            log.info("warm VM ended", extra={"project": lane, "why": why})
            found.close()
            self._on_change()

    def stale(self, root: Path) -> None:
        """Files below a folder changed: idle VMs that have them loaded are ended; busy ones when they are
        acquired next.
        """
        with self._lock:
            lanes = [lane for lane, warm in self._warm.items() if _concerns(warm, root) and not warm.is_busy]
        for lane in lanes:
            self._discard_idle(lane, _is_outdated, "out of date")

    def sweep(self) -> None:
        """Ends VMs that nobody used for long, or that have died."""
        now = time.monotonic()
        with self._lock:
            lanes = list(self._warm)
        for lane in lanes:
            self._discard_idle(
                lane, lambda warm: not warm.bench.alive or now - warm.last_used > self._idle_s, "unused"
            )

    def _discard_idle(self, lane: str, condition: Callable[[Warm], bool], why: str) -> None:
        """Ends a VM that is idle, unless a job takes it first."""
        with self._lock:
            found = self._warm.get(lane)
            if found is None or found.is_busy or not condition(found):
                return
            del self._warm[lane]
        log.info("warm VM ended", extra={"project": lane, "why": why})
        found.close()
        self._on_change()

    def _make_room(self) -> None:
        while True:
            with self._lock:
                idle = [(warm.last_used, lane) for lane, warm in self._warm.items() if not warm.is_busy]
                if len(self._warm) < self._most or not idle:
                    return
            self._discard_idle(min(idle)[1], lambda _: True, "room for another project")

    def reports(self) -> tuple[WarmAgent, ...]:
        """What people are told of all of them."""
        with self._lock:
            return tuple(warm.report(lane) for lane, warm in self._warm.items())

    def roots(self) -> set[Path]:
        """Folders whose files matter."""
        with self._lock:
            return {warm.project.top for warm in self._warm.values()}

    def close(self) -> None:
        """Ends all of them."""
        with self._lock:
            lanes = list(self._warm)
        for lane in lanes:
            self.discard(lane, "the daemon stops")


def _is_outdated(warm: Warm) -> bool:
    return warm.digest != freshness.digest(warm.project)


def _concerns(warm: Warm, root: Path) -> bool:
    return any(
        each.is_relative_to(root) or root.is_relative_to(each)
        for each in (warm.project.top, *warm.project.path_dependencies)
    )


def _memory_of(pid: int) -> int:
    try:
        process = psutil.Process(pid)
        return int(sum(each.memory_info().rss for each in (process, *process.children(recursive=True))))
    except psutil.Error:
        return 0
