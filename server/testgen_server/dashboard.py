"""The page for people, on a loopback port of its own: jobs, quality, speed, model and cache, live.

A browser has no token, so it is let in by an address that works once and leaves a cookie. The cookie is
SameSite=Strict, the names of host and origin are checked, and the page may load nothing from elsewhere. The
page shows; it changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from importlib import resources
from pathlib import Path

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from testgen import wire
from testgen.toolchain import cache_root
from testgen.wire_codec import encode
from testgen_server.service import Service

_LIVE_EVERY_S = 1.0
_CACHE_EVERY_S = 60.0
_TOKEN_S = 120.0
_FILES = {
    "": ("index.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
    "uplot/uPlot.min.css": ("uplot/uPlot.min.css", "text/css"),
    "uplot/uPlot.iife.min.js": ("uplot/uPlot.iife.min.js", "text/javascript"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Dashboard:
    """A small server of its own, started when it is first asked for."""

    def __init__(self, service: Service, status: Callable[[], wire.Status]) -> None:
        self._service = service
        self._status = status
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._port = 0
        self._tokens: dict[str, float] = {}
        self._cookies: set[str] = set()
        self._viewers = 0
        self._cache: tuple[float, int] = (-_CACHE_EVERY_S, 0)

    @property
    def is_watched(self) -> bool:
        """Whether the page is open somewhere."""
        return self._viewers > 0

    async def open(self) -> str:
        """An address that lets one browser in, within two minutes."""
        if self._server is None:
            await self._start()
        token = secrets.token_urlsafe(32)
        now = time.monotonic()
        self._tokens = {each: until for each, until in self._tokens.items() if until > now}
        self._tokens[token] = now + _TOKEN_S
        return f"http://127.0.0.1:{self._port}/open?token={token}"

    async def _start(self) -> None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.bind(("127.0.0.1", 0))
        self._port = listening.getsockname()[1]
        routes = [Route("/open", self._let_in), Route("/live", self._live), Route("/{name:path}", self._file)]
        config = uvicorn.Config(
            _Checked(Starlette(routes=routes), self._port, self._cookies),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server._serve([listening]))
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(0.01)

    async def _let_in(self, request: Request) -> Response:
        until = self._tokens.pop(request.query_params.get("token", ""), 0.0)
        if until < time.monotonic():
            return PlainTextResponse("This address worked once. Open another: testgen dashboard\n", 403)
        cookie = secrets.token_urlsafe(32)
        self._cookies.add(cookie)
        response = RedirectResponse("/", 303, headers=_HEADERS)
        response.set_cookie(_cookie_name(self._port), cookie, httponly=True, samesite="strict", path="/")
        return response

    async def _file(self, request: Request) -> Response:
        found = _FILES.get(request.path_params["name"])
        if found is None:
            return PlainTextResponse("There is no such page.\n", 404, headers=_HEADERS)
        name, kind = found
        text = (resources.files("testgen_server") / "page" / name).read_bytes()
        return Response(text, media_type=kind, headers=_HEADERS)

    async def _live(self, _request: Request) -> Response:
        return EventSourceResponse(self._documents(), headers=_HEADERS)

    async def _documents(self) -> AsyncIterator[ServerSentEvent]:
        self._viewers += 1
        try:
            while True:
                yield ServerSentEvent(json.dumps(await asyncio.to_thread(self._document)))
                await asyncio.sleep(_LIVE_EVERY_S)
        finally:
            self._viewers -= 1

    def _document(self) -> dict[str, object]:
        now = time.monotonic()
        if now - self._cache[0] > _CACHE_EVERY_S:
            self._cache = (now, _size(cache_root()))
        return {
            "now": time.time(),
            "status": encode(self._status()),
            "jobs": [encode(each) for each in self._service.statuses()[:50]],
            "history": self._service.journal.history(),
            "cache": {"folder": str(cache_root()), "bytes": self._cache[1]},
        }

    async def close(self) -> None:
        """Ends the server."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.wait([self._serving], timeout=3)


class _Checked:
    """Lets in what comes from the page itself: host and origin by name, and the cookie."""

    def __init__(self, app: ASGIApp, port: int, cookies: set[str]) -> None:
        self._app = app
        self._port = port
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._may(Request(scope)):
            refusal = PlainTextResponse(
                "Not for you. Open the page by: testgen dashboard\n", 403, headers=_HEADERS
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _may(self, request: Request) -> bool:
        host = f"127.0.0.1:{self._port}"
        if request.headers.get("host") != host or request.method not in ("GET", "HEAD"):
            return False
        if request.headers.get("origin", f"http://{host}") != f"http://{host}":
            return False
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        if request.url.path == "/open":
            return True
        given = request.cookies.get(_cookie_name(self._port), "")
        return any(secrets.compare_digest(given, known) for known in self._cookies)


def _cookie_name(port: int) -> str:
    """Browsers keep cookies by host without the port: another daemon's must not replace it."""
    return f"testgen-{port}"


def _size(folder: Path) -> int:
    total = 0
    for parent, _, files in os.walk(folder):
        for name in files:
            try:
                total += Path(parent, name).lstat().st_size
            except OSError:
                continue
    return total
