"""A web service on loopback that answers as Hex.pm and GitHub do, and misbehaves where a test tells it to."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Answer:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut_off: bool = False
    """Whether the connection ends before the body does."""


@dataclass
class Service:
    """What is served, by path; every request is noted."""

    url: str = ""
    routes: dict[str, bytes] = field(default_factory=dict)
    """Bodies by path and query."""
    troubles: dict[str, list[Answer]] = field(default_factory=dict)
    """What is answered first, by path, before the route is."""
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    """The header of each request, empty where there was none."""

    def answer(self, target: str) -> Answer:
        """What a request gets."""
        self.asked.append(target)
        waiting = self.troubles.get(urlsplit(target).path)
        if waiting:
            return waiting.pop(0)
        if target in self.routes:
            return Answer(body=self.routes[target])
        query = parse_qs(urlsplit(target).query)
        for route, body in self.routes.items():
            if urlsplit(route).path == urlsplit(target).path and parse_qs(urlsplit(route).query) == query:
                return Answer(body=body)
        return Answer(status=404, body=b"{}")

    def serve_package(
        self, name: str, version: str, files: Mapping[str, str], *, checksum: str = ""
    ) -> bytes:
        """Adds a release with its archive; returns the archive."""
        archive = hex_archive(files)
        about = {
            "checksum": checksum or hashlib.sha256(archive).hexdigest(),
            "inserted_at": "2026-03-04T05:06:07Z",
        }
        self.routes[f"/api/packages/{name}/releases/{version}"] = json.dumps(about).encode()
        self.routes[f"/tarballs/{name}-{version}.tar"] = archive
        return archive

    def serve_list(self, *pages: list[dict[str, Any]]) -> None:
        """The package list, page by page, and an empty page after them."""
        for number, page in enumerate([*pages, []], 1):
            self.routes[f"/api/packages?sort=recent_downloads&page={number}"] = json.dumps(page).encode()


def hex_archive(files: Mapping[str, str]) -> bytes:
    """A package archive as Hex's clients make it."""
    inner = gzip.compress(_tar({name: text.encode() for name, text in files.items()}))
    parts = {"VERSION": b"3", "metadata.config": b'{<<"name">>,<<"a">>}.', "contents.tar.gz": inner}
    checksum = hashlib.sha256(b"".join(parts.values())).hexdigest().upper()
    return _tar({"VERSION": parts["VERSION"], "CHECKSUM": checksum.encode(), **parts})


def _tar(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return stream.getvalue()


@contextmanager
def running() -> Iterator[Service]:
    """A service on a free port of loopback."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.authorizations.append(self.headers.get("authorization", ""))
            answer = service.answer(self.path)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body) + 100 * answer.is_cut_off))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
