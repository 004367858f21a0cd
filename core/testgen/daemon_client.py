"""The client of the daemon: HTTP over its socket or loopback port, for the command line and for editors.

Asynchronous, since events are waited for while other things go on. Proxies and other settings of the
environment are left out of account. Starting a daemon is `testgen.daemon_start`'s.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, TypeVar

import httpx
from httpx_sse import SSEError, aconnect_sse

from testgen import wire
from testgen.errors import DaemonAbsent, DaemonFailure, DaemonRefused, WireInvalid
from testgen.exit_code import ExitCode
from testgen.runtime import Endpoint, RuntimeFolder
from testgen.wire_codec import decode, decode_text, encode

_CONNECT_S = 2.0
_ANSWER_S = 30.0
_SILENT_S = 45.0
"""The daemon sends a comment at least every 15 s while events are waited for."""
_RECONNECTS = 3
_T = TypeVar("_T")
_RESULTS: dict[wire.JobKind, type[Any]] = {
    wire.JobKind.GENERATE: wire.GenerateResult,
    wire.JobKind.SCORE: wire.ScoreResult,
    wire.JobKind.COMPLETE: wire.CompleteResult,
}


class Daemon:
    """A running daemon. Methods raise DaemonAbsent where it has gone, DaemonRefused where it will not."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._http = httpx.AsyncClient(
            base_url=endpoint.base_url,
            headers={
                "Authorization": f"Bearer {endpoint.token}",
                wire.VERSION_HEADER: str(wire.WIRE_VERSION),
            },
            transport=httpx.AsyncHTTPTransport(uds=endpoint.socket) if endpoint.socket else None,
            timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S),
            trust_env=False,
        )

    @classmethod
    async def connect(cls, folder: RuntimeFolder | None = None) -> Daemon:
        """The user's daemon, having answered. Raises DaemonAbsent, and WireInvalid where it is of another
        release.
        """
        folder = folder or RuntimeFolder.of_user()
        endpoint = folder.endpoint() if folder.is_alive() else None
        if endpoint is None:
            raise DaemonAbsent("No testgen daemon runs.", "Start one: testgen serve")
        daemon = cls(endpoint)
        try:
            await daemon.status()
        except BaseException:
            await daemon.close()
            raise
        return daemon

    async def __aenter__(self) -> Daemon:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connection; the daemon and its jobs go on."""
        await self._http.aclose()

    async def status(self) -> wire.Status:
        """How the daemon is."""
        return await self._ask("GET", "/v1/status", wire.Status)

    async def submit(self, request: wire.JobRequest) -> wire.JobStatus:
        """A new job, or the one that was made of the same key before."""
        path = f"/v1/jobs/{wire.KINDS[type(request)].value}"
        return await self._ask("POST", path, wire.JobStatus, encode(request))

    async def jobs(self) -> wire.Jobs:
        """All jobs that the daemon knows."""
        return await self._ask("GET", "/v1/jobs", wire.Jobs)

    async def job(self, job_id: str) -> wire.JobStatus:
        """One job."""
        return await self._ask("GET", f"/v1/jobs/{job_id}", wire.JobStatus)

    async def cancel(self, job_id: str) -> wire.JobStatus:
        """Asks for the end of a job; what it has found is kept."""
        return await self._ask("POST", f"/v1/jobs/{job_id}/cancel", wire.JobStatus)

    async def result(self, job: wire.JobStatus) -> Any:
        """The result of a job that has one, of the type that its kind has."""
        return await self._ask("GET", f"/v1/jobs/{job.id}/result", _RESULTS[job.kind])

    async def models(self) -> wire.Models:
        """The models there are, and the one in use."""
        return await self._ask("GET", "/v1/models", wire.Models)

    async def choose_model(self, model: str | None, adapter: str | None = None) -> wire.Models:
        """Which model proposes from the next job on."""
        chosen = wire.ChooseModel(model=model, adapter=adapter)
        return await self._ask("PUT", "/v1/models/chosen", wire.Models, encode(chosen))

    async def open_dashboard(self) -> wire.Opened:
        """An address at which the dashboard opens, once."""
        return await self._ask("POST", "/v1/dashboard", wire.Opened)

    async def stop(self) -> None:
        """Asks the daemon to end."""
        await self._ask("POST", "/v1/stop", wire.Status)

    async def events(self, job_id: str, after: int = 0) -> AsyncIterator[wire.Event]:
        """The job's events from number `after` + 1 on, to its end; a broken connection is taken up again."""
        tries = 0
        while True:
            try:
                async for event in self._events(job_id, after):
                    yield event
                    after, tries = event.seq, 0
                    if event.kind is wire.EventKind.DONE:
                        return
            except (httpx.TransportError, SSEError) as error:
                tries += 1
                if tries > _RECONNECTS:
                    raise _gone(error) from error

    async def _events(self, job_id: str, after: int) -> AsyncIterator[wire.Event]:
        timeout = httpx.Timeout(_SILENT_S, connect=_CONNECT_S)
        headers = {"Last-Event-ID": str(after)}
        url = f"/v1/jobs/{job_id}/events"
        async with aconnect_sse(self._http, "GET", url, headers=headers, timeout=timeout) as stream:
            if stream.response.is_error:
                await stream.response.aread()
                raise _refusal(stream.response)
            async for message in stream.aiter_sse():
                if not message.data:  # a comment, by which the daemon shows that it is there
                    continue
                yield decode_text(message.data, wire.Event, lenient=True)

    async def _ask(self, method: str, path: str, kind: type[_T], body: Any = None) -> _T:
        try:
            response = await self._http.request(method, path, json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            response = await self._again(method, path, body)
        except httpx.TransportError as error:
            raise _gone(error) from error
        if response.is_error:
            raise _refusal(response)
        return decode_text(response.content, kind, lenient=True)

    async def _again(self, method: str, path: str, body: Any) -> httpx.Response:
        """Once more, on a fresh connection: every request may be sent twice (jobs are told by their keys)."""
        try:
            return await self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise _gone(error) from error


def _gone(error: Exception) -> DaemonAbsent:
    return DaemonAbsent(
        f"The testgen daemon does not answer: {error or type(error).__name__}.", "testgen serve"
    )


def _refusal(response: httpx.Response) -> DaemonFailure | WireInvalid:
    try:
        problem = decode(response.json(), wire.Problem, lenient=True)
    except (ValueError, WireInvalid):
        return DaemonFailure(f"The testgen daemon answered {response.status_code}: {response.text[:200]}")
    if problem.code == "wire_version":
        return WireInvalid(problem.message, problem.next_step, is_version=True)
    return refused(problem)


def refused(problem: wire.Problem) -> DaemonRefused:
    """A problem as the error that it is on the command line."""
    code = ExitCode(problem.exit_code) if problem.exit_code is not None else None
    return DaemonRefused(problem.code, problem.message, problem.next_step, code)
