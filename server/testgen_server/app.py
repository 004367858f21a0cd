"""The daemon's HTTP interface: one small function for each thing that can be asked.

Starlette routes, sse-starlette sends events; what there is, in full, is `/openapi.json`, made from the types
of `testgen.wire` in `openapi`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from testgen import wire
from testgen.errors import TestgenError
from testgen.wire_codec import decode_text, encode
from testgen_server import openapi
from testgen_server.fair_queue import QueueFull
from testgen_server.job import Job
from testgen_server.metrics import CONTENT_TYPE
from testgen_server.problems import problem_of, status_of
from testgen_server.service import Service

log = logging.getLogger("testgen.server")
_PING_S = 15
_T = TypeVar("_T")


class Api:
    """The routes, and what they need."""

    def __init__(
        self,
        service: Service,
        *,
        status: Callable[[], wire.Status],
        stop: Callable[[], None],
        open_dashboard: Callable[[], Awaitable[str]],
    ) -> None:
        self._service = service
        self._status = status
        self._stop = stop
        self._open_dashboard = open_dashboard

    def application(self) -> Starlette:
        """The application, without its guard."""
        routes = [
            Route("/v1/status", self._get_status),
            Route("/v1/jobs", self._get_jobs),
            Route("/v1/jobs/{job_id}", self._get_job),
            Route("/v1/jobs/{job_id}/events", self._get_events),
            Route("/v1/jobs/{job_id}/result", self._get_result),
            Route("/v1/jobs/{job_id}/cancel", self._cancel, methods=["POST"]),
            Route("/v1/models", self._get_models),
            Route("/v1/models/chosen", self._choose_model, methods=["PUT"]),
            Route("/v1/dashboard", self._dashboard, methods=["POST"]),
            Route("/v1/stop", self._post_stop, methods=["POST"]),
            Route("/openapi.json", self._get_openapi),
            Route("/metrics", self._get_metrics),
        ]
        submits = [
            Route(f"/v1/jobs/{kind.value}", self._submit(request), methods=["POST"])
            for request, kind in wire.KINDS.items()
        ]
        return Starlette(
            routes=[*submits, *routes],
            exception_handlers={
                TestgenError: _on_error,
                HTTPException: _on_http_exception,
                Exception: _on_bug,
            },
        )

    async def _get_status(self, _request: Request) -> Response:
        return _answer(self._status())

    async def _get_jobs(self, _request: Request) -> Response:
        return _answer(wire.Jobs(jobs=self._service.statuses()))

    async def _get_job(self, request: Request) -> Response:
        found = self._find(request)
        return _answer(found if isinstance(found, wire.JobStatus) else self._service.status(found))

    async def _get_events(self, request: Request) -> Response:
        found = self._find(request)
        after = request.headers.get("last-event-id", "0")
        if not (after.isascii() and after.isdigit()):
            raise HTTPException(400, f"Last-Event-ID is a number, not {after[:40]!r}.")
        return EventSourceResponse(_events(found, int(after)), ping=_PING_S)

    async def _get_result(self, request: Request) -> Response:
        found = self._find(request)
        if isinstance(found, wire.JobStatus):
            assert found.problem is not None
            raise HTTPException(410, found.problem.message)
        if not found.state.is_final:
            raise HTTPException(409, "The job has not ended yet.")
        if found.result is None:
            raise HTTPException(404, f"The job ended without a result: {found.state.value}.")
        return _answer(found.result)

    async def _cancel(self, request: Request) -> Response:
        found = self._find(request)
        if isinstance(found, wire.JobStatus):
            return _answer(found)
        self._service.cancel(found)
        return _answer(self._service.status(found), 202)

    def _submit(self, kind: type[Any]) -> Callable[[Request], Awaitable[Response]]:
        async def submit(request: Request) -> Response:
            status, is_new = self._service.submit(await _body(request, kind))
            return _answer(status, 202 if is_new else 200)

        return submit

    async def _get_models(self, _request: Request) -> Response:
        return _answer(self._service.models.report())

    async def _choose_model(self, request: Request) -> Response:
        chosen = await _body(request, wire.ChooseModel)
        self._service.models.choose(chosen.model, chosen.adapter)
        return _answer(self._service.models.report())

    async def _dashboard(self, _request: Request) -> Response:
        return _answer(wire.Opened(url=await self._open_dashboard()))

    async def _post_stop(self, _request: Request) -> Response:
        self._stop()
        return _answer(self._status())

    async def _get_openapi(self, _request: Request) -> Response:
        return JSONResponse(openapi.document())

    async def _get_metrics(self, _request: Request) -> Response:
        return Response(self._service.metrics.text(), media_type=CONTENT_TYPE)

    def _find(self, request: Request) -> Job | wire.JobStatus:
        """A job, or the last that is known of one that was lost."""
        job_id = request.path_params["job_id"]
        found = self._service.job(job_id) or self._service.lost(job_id)
        if found is None:
            raise HTTPException(404, f"There is no job {job_id[:64]}.")
        return found


async def _events(found: Job | wire.JobStatus, after: int) -> AsyncIterator[ServerSentEvent]:
    if isinstance(found, wire.JobStatus):
        text = found.problem.message if found.problem else ""
        ended_at = found.ended_at or found.submitted_at
        yield _sent(
            wire.Event(seq=after + 1, kind=wire.EventKind.DONE, text=text, at=ended_at, state=found.state)
        )
        return
    async for event in found.events(after):
        yield _sent(event)


def _sent(event: wire.Event) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(encode(event)), event=event.kind.value, id=str(event.seq))


async def _body(request: Request, kind: type[_T]) -> _T:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "The body must be application/json.")
    return decode_text(await request.body(), kind)


def _answer(value: Any, status: int = 200) -> Response:
    return JSONResponse(encode(value), status_code=status)


async def _on_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TestgenError)
    response = _answer(problem_of(error), status_of(error))
    if isinstance(error, QueueFull):
        response.headers["Retry-After"] = "2"
    return response


_CODES = {
    404: "not_found",
    405: "method",
    409: "not_ended",
    410: "daemon_ended",
    413: "body_too_large",
    415: "media_type",
}


async def _on_http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = wire.Problem(code=_CODES.get(error.status_code, "bad_request"), message=str(error.detail))
    response = _answer(problem, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _on_bug(_request: Request, error: Exception) -> Response:
    log.error("a request met a bug", exc_info=error)
    return _answer(wire.Problem(code="bug", message=f"A bug in testgen: {type(error).__name__}"), 500)
