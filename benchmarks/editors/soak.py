"""Fifty clients on one daemon: five hundred short jobs, one of five cancelled, agents killed meanwhile.

Each client asks for one job after the other, some of them twice with one key. Every kill is of the whole VM
of a project in use, picked by the seed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.editors.place import Place
from testgen.daemon_client import Daemon
from testgen.errors import DaemonRefused
from testgen.wire import EventKind, GenerateResult, JobState, JobStatus
from tests.daemon import generation

_MODULES = ("lib/plain/phone.ex", "lib/plain/tax.ex")
_KILL_EVERY_S = (2.0, 6.0)
_SAMPLE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """How much is asked of the daemon."""

    clients: int = 50
    jobs: int = 500
    projects: int = 3
    budget_s: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.jobs % self.clients:
            raise ValueError(f"{self.jobs} jobs are not the same number for each of {self.clients} clients")


@dataclass(slots=True, kw_only=True)
class Soaked:
    """What came out."""

    ended: list[JobStatus] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    """Ids of the jobs that were asked to end."""
    doubled: int = 0
    """Jobs with two ids for one key, or that ended other than once."""
    texts: dict[tuple[Path, str], set[str]] = field(default_factory=dict)
    """Test files by project and module."""
    misplaced: int = 0
    """Answers about another file than was asked for."""
    queue_full: int = 0
    kills: int = 0
    megabytes: list[float] = field(default_factory=list)
    """Of the daemon and all below it, once a second, 10^6 bytes, shared pages counted once."""
    seconds: float = 0.0

    @property
    def lost(self) -> int:
        """Jobs that ended neither well nor because somebody wanted it."""
        fine = {JobState.DONE, JobState.CANCELLED}
        unasked = [each for each in self.ended if each.id not in self.cancelled]
        failed = sum(each.state not in fine for each in self.ended)
        return failed + sum(each.state is JobState.CANCELLED for each in unasked)

    @property
    def states(self) -> dict[str, int]:
        """How many jobs ended how."""
        return dict(Counter(each.state.value for each in self.ended))


async def soak(place: Place, config: Config) -> Soaked:
    """Runs all clients to their ends."""
    projects = [place.project(f"soak{number}", like="plain") for number in range(config.projects)]
    sources = [(project, module) for project in projects for module in _MODULES]
    found, rng, begun = Soaked(), random.Random(config.seed), time.monotonic()
    async with await Daemon.connect(place.daemon.folder) as watcher:
        beside = [asyncio.create_task(each) for each in (_kill(watcher, rng, found), _weigh(watcher, found))]
        clients = [_client(place, config, number, sources, found) for number in range(config.clients)]
        try:
            await asyncio.gather(*clients)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
    found.seconds = time.monotonic() - begun
    return found


async def _client(
    place: Place, config: Config, number: int, sources: list[tuple[Path, str]], found: Soaked
) -> None:
    async with await Daemon.connect(place.daemon.folder) as daemon:
        for turn in range(config.jobs // config.clients):
            which = number * (config.jobs // config.clients) + turn
            await _one(daemon, config, which, sources[which % len(sources)], found)


async def _one(daemon: Daemon, config: Config, which: int, source: tuple[Path, str], found: Soaked) -> None:
    project, module = source
    request = generation(project, module, key=f"soak-{which}", budget_s=config.budget_s, seed=which)
    job = await _submitted(daemon, request, found)
    if which % 10 == 3:
        found.doubled += (await daemon.submit(request)).id != job.id
    if which % 5 == 0:
        await asyncio.sleep(random.Random(which).uniform(0, 3))
        found.cancelled.add(job.id)
        await daemon.cancel(job.id)
    ends = [event async for event in daemon.events(job.id) if event.kind is EventKind.DONE]
    found.doubled += len(ends) != 1
    ended = await daemon.job(job.id)
    found.ended.append(ended)
    if ended.has_result:
        _keep(await daemon.result(ended), project, module, found)


async def _submitted(daemon: Daemon, request: object, found: Soaked) -> JobStatus:
    """Asks until there is room in the queue."""
    while True:
        try:
            return await daemon.submit(request)  # type: ignore[arg-type]
        except DaemonRefused as error:
            if error.code != "queue_full":
                raise
            found.queue_full += 1
            await asyncio.sleep(0.5)


def _keep(result: GenerateResult, project: Path, module: str, found: Soaked) -> None:
    found.misplaced += result.source_path != str(project / module)
    if result.tests:
        found.texts.setdefault((project, result.test_path), set()).add(result.text)


async def _kill(daemon: Daemon, rng: random.Random, found: Soaked) -> None:
    while True:
        await asyncio.sleep(rng.uniform(*_KILL_EVERY_S))
        agents = (await daemon.status()).agents
        if agents:
            agent = rng.choice(agents)
            with contextlib.suppress(psutil.NoSuchProcess):
                root = psutil.Process(agent.pid)
                for process in (root, *root.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.kill()
                found.kills += 1


async def _weigh(daemon: Daemon, found: Soaked) -> None:
    root = psutil.Process((await daemon.status()).pid)
    while True:
        found.megabytes.append(_pss_mb([root, *root.children(recursive=True)]))
        await asyncio.sleep(_SAMPLE_S)


def _pss_mb(processes: list[psutil.Process]) -> float:
    total = 0
    for process in processes:
        with contextlib.suppress(OSError, ValueError):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6


def wrong(found: Soaked) -> list[str]:
    """What `mix test` says of the answers that it does not like; each distinct answer is run once."""
    complaints = []
    for (project, target), texts in found.texts.items():
        for text in sorted(texts):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            Path(target).write_text(text, encoding="utf-8")
            argv = ["mix", "test", target]
            done = subprocess.run(argv, cwd=project, capture_output=True, text=True, check=False)
            if done.returncode:
                complaints.append(done.stdout[-2000:])
    return complaints
