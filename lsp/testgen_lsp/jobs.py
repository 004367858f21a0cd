"""A job of the daemon on a client's behalf: submitted, shown as progress, cancelled on every path.

The paths: `$/cancelRequest` for the command, `window/workDoneProgress/cancel` for its token, the command
`testgen.cancel`, and the end of the server. All of them ask the daemon to cancel, which keeps what was found.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from testgen.errors import DaemonAbsent, TestgenError
from testgen.wire import Event, EventKind, JobRequest, JobState, JobStatus
from testgen_lsp.server import PREVIEW, TestgenServer
from testgen_lsp.state import Running

if TYPE_CHECKING:
    from testgen.daemon_client import Daemon

log = logging.getLogger("testgen.lsp")


async def run_job(server: TestgenServer, request: JobRequest, title: str) -> tuple[JobStatus, Any]:
    """The job as it ended, and its result where it has one; the user sees its progress.

    Raises DaemonAbsent where the daemon went away, after its user was told which job was lost.
    """
    cancelled = asyncio.Event()
    running = Running(title=title, cancel=cancelled.set, request=server.protocol.msg_id)
    server.state.running.append(running)
    server.tell_status()
    try:
        async with _progress(server, title, cancelled) as report:
            daemon = await server.connection.daemon()
            job = await daemon.submit(request)
            running.job_id = job.id
            canceller = asyncio.create_task(_cancel_when(cancelled, daemon, job.id))
            try:
                async for event in daemon.events(job.id):
                    report(event)
            finally:
                canceller.cancel()
            return await _outcome(daemon, job.id)
    except asyncio.CancelledError:
        await _cancel_quietly(server, running.job_id)
        raise
    except DaemonAbsent as error:
        raise DaemonAbsent(f"{title}: this job was lost. {error.message}", error.next_step) from error
    finally:
        server.state.running.remove(running)
        server.tell_status()


async def _outcome(daemon: Daemon, job_id: str) -> tuple[JobStatus, Any]:
    status = await daemon.job(job_id)
    if status.state is JobState.LOST:
        raise DaemonAbsent("The daemon ended in the middle of it.", "Ask again")
    return status, await daemon.result(status) if status.has_result else None


async def _cancel_when(cancelled: asyncio.Event, daemon: Daemon, job_id: str) -> None:
    await cancelled.wait()
    try:
        await daemon.cancel(job_id)
    except TestgenError as error:
        log.warning("cancelling failed: %s", error.message)


async def _cancel_quietly(server: TestgenServer, job_id: str) -> None:
    """The command itself was cancelled: nobody waits for the result."""
    if job_id:
        with contextlib.suppress(TestgenError):
            await (await server.connection.daemon()).cancel(job_id)


class _Report:
    """Shows the events of a job as progress."""

    def __init__(self, server: TestgenServer, token: str | None) -> None:
        self._server = server
        self._token = token
        self._percent = 0

    def __call__(self, event: Event) -> None:
        if self._server.wants_events and event.kind is not EventKind.CANDIDATE:
            self._server.protocol.notify(PREVIEW, {"kind": event.kind.value, "text": event.text})
        if self._token is None or event.kind is EventKind.DONE:
            return
        self._percent = max(self._percent, event.percent or 0)
        self._server.work_done_progress.report(
            self._token,
            types.WorkDoneProgressReport(message=_words(event), percentage=self._percent, cancellable=True),
        )


def _words(event: Event) -> str:
    counts = event.counts
    if "killed" in counts:
        total = counts["killed"] + counts.get("surviving", counts.get("survived", 0))
        return f"{event.text}: {counts['killed']} of {total} mutants killed, {counts.get('done', 0)} tried"
    return event.text


@asynccontextmanager
async def _progress(server: TestgenServer, title: str, cancelled: asyncio.Event) -> AsyncIterator[_Report]:
    """A progress bar for a block, where the client has such."""
    window = server.client_capabilities.window
    if not (window and window.work_done_progress):
        yield _Report(server, None)
        return
    token = f"testgen-{uuid.uuid4().hex}"
    bar = server.work_done_progress
    await bar.create_async(token)
    bar.tokens[token].add_done_callback(lambda future: cancelled.set() if future.cancelled() else None)
    bar.begin(
        token, types.WorkDoneProgressBegin(title=title, message="starting", percentage=0, cancellable=True)
    )
    try:
        yield _Report(server, token)
    finally:
        bar.end(token, types.WorkDoneProgressEnd())
        bar.tokens.pop(token, None)
