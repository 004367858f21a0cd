"""A generation on the daemon's warm VM, for the command line: used where one runs that would do the same.

The same means: this release, this Elixir, these settings of the environment. Ctrl-C cancels the job, whose
tests found until then are delivered, as they are in-process; a second one ends the command.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from testgen import wire
from testgen.errors import DaemonAbsent, DaemonRefused
from testgen.progress import Progress
from testgen.project import Project
from testgen.runtime import RuntimeFolder, environment_digest
from testgen.synthesis.config import GenerateConfig

if TYPE_CHECKING:
    from testgen.daemon_client import Daemon

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def generate_remotely(
    config: GenerateConfig, project: Project, progress: Progress
) -> wire.GenerateResult | None:
    """The daemon's result; None where none is used, or it went away meanwhile.

    Raises DaemonRefused with what the job raised, KeyboardInterrupt where it was cancelled with nothing to
    show.
    """
    if not _is_usable(config):
        return None
    try:
        return asyncio.run(_generate(config, project, progress))
    except DaemonAbsent as error:
        progress.warn(f"{error.message} Working without it.")
        return None


def _is_usable(config: GenerateConfig) -> bool:
    """Whether a daemon runs that would do what this process would, without asking it."""
    if config.jobs != 1 or config.engine is not None or config.without or os.environ.get("TESTGEN_NO_DAEMON"):
        return False
    try:
        folder = RuntimeFolder.of_user()
    except DaemonAbsent:
        return False
    endpoint = folder.endpoint() if folder.is_alive() else None
    return endpoint is not None and (endpoint.wire, endpoint.testgen, endpoint.environment) == (
        wire.WIRE_VERSION,
        version("testgen"),
        environment_digest(),
    )


async def _generate(config: GenerateConfig, project: Project, progress: Progress) -> wire.GenerateResult:
    from testgen.daemon_client import Daemon, refused

    request = wire.GenerateRequest(
        key=os.urandom(16).hex(),
        client="testgen generate",
        workspace=wire.Workspace(root=str(project.top), trusted=True),
        path=str(project.source),
        test_kind=config.kind,
        functions=config.functions,
        output=str(config.output.absolute()) if config.output else None,
        budget_s=config.budget_s,
        seed=config.seed,
    )
    async with await Daemon.connect() as daemon:
        job = await daemon.submit(request)
        with _cancelling(daemon, job.id):
            async for event in daemon.events(job.id):
                _tell(event, progress)
        job = await daemon.job(job.id)
        if job.state is wire.JobState.LOST:
            raise DaemonAbsent("The testgen daemon ended in the middle of the job.")
        if job.has_result:
            result = await daemon.result(job)
            assert isinstance(result, wire.GenerateResult)
            return result
    if job.state is wire.JobState.CANCELLED:
        raise KeyboardInterrupt
    raise refused(job.problem) if job.problem else DaemonRefused("no_result", "The job has no result.")


@contextmanager
def _cancelling(daemon: Daemon, job_id: str) -> Iterator[None]:
    """While open, the first signal cancels the job, the second ends the program."""
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[wire.JobStatus]] = []
    waiting = asyncio.current_task()
    assert waiting is not None

    def handle() -> None:
        if tasks:
            waiting.cancel()
        tasks.append(loop.create_task(daemon.cancel(job_id)))

    for each in _SIGNALS:
        loop.add_signal_handler(each, handle)
    try:
        yield
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


def _tell(event: wire.Event, progress: Progress) -> None:
    if event.kind is wire.EventKind.PHASE:
        progress.phase(event.text)
    elif event.kind is wire.EventKind.CANDIDATE:
        counts = dict(event.counts)
        progress.advance(counts.pop("done", 0), counts)
    elif event.kind is wire.EventKind.WARNING:
        progress.warn(event.text)
