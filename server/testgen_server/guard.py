"""Who gets an answer: those with the token, of this version, with a body that is not too large.

A pure ASGI layer around the application, so that nothing of a refused request is parsed. Also counts
requests under way, for the daemon to know when nobody needs it.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from testgen.wire import LARGEST_BODY_BYTES, VERSION_HEADER, WIRE_VERSION, Problem
from testgen.wire_codec import encode

_VERSIONLESS = ("/metrics", "/openapi.json")
_LOCAL = ("127.0.0.1", "localhost", "testgen")


@dataclass(slots=True)
class Activity:
    """Whether anybody is there."""

    open_requests: int = 0
    last: float = 0.0

    def idle_s(self) -> float:
        """Seconds since the last request ended; 0 while one is under way."""
        return 0.0 if self.open_requests else time.monotonic() - self.last


class Guard:
    """Wraps the application."""

    def __init__(
        self, app: ASGIApp, *, token: str, activity: Activity, on_refusal: Callable[[str], None]
    ) -> None:
        self._app = app
        self._token = token
        self._activity = activity
        self._on_refusal = on_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._activity.open_requests += 1
        try:
            refusal = self._refusal(scope)
            if refusal is None:
                await self._guarded(scope, receive, send)
            else:
                await self._refuse(send, *refusal)
        finally:
            self._activity.open_requests -= 1
            self._activity.last = time.monotonic()

    def _refusal(self, scope: Scope) -> tuple[int, Problem] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "").rpartition(":")[0] or headers.get("host", "")
        if host not in _LOCAL:
            return 403, Problem(code="host", message=f"This is no server for {host!r}.")
        if not hmac.compare_digest(
            headers.get("authorization", "").encode(), f"Bearer {self._token}".encode()
        ):
            return 401, Problem(
                code="token",
                message="The token is missing or wrong.",
                next_step="Read it from daemon.json in the runtime folder: each daemon has its own",
            )
        if scope["path"] not in _VERSIONLESS and headers.get(VERSION_HEADER.lower()) != str(WIRE_VERSION):
            said = headers.get(VERSION_HEADER.lower(), "none")
            return 426, Problem(
                code="wire_version",
                message=f"This daemon speaks version {WIRE_VERSION} of the wire format, not {said}.",
                next_step="Update testgen and the editor's extension, so that both are of the same release",
            )
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > LARGEST_BODY_BYTES:
            return 413, _TOO_LARGE
        return None

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the application, and stops reading a body that turns out too large."""
        num_bytes = 0

        async def counted() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            if num_bytes > LARGEST_BODY_BYTES:
                raise HTTPException(413, _TOO_LARGE.message)
            return message

        await self._app(scope, counted, send)

    async def _refuse(self, send: Send, status: int, problem: Problem) -> None:
        self._on_refusal(problem.code)
        body = json.dumps(encode(problem)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        if status in (413, 426):
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


_TOO_LARGE = Problem(
    code="body_too_large",
    message=f"A request may have {LARGEST_BODY_BYTES} bytes; this one has more.",
    next_step="Send the path of the file rather than its text",
)
