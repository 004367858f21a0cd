"""From the start of a language server to its answer to `initialize`, and what it holds then."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

_SERVERS = {
    "testgen": (sys.executable, "-m", "testgen_lsp.command", "--stdio"),
    "hello": (sys.executable, "-m", "benchmarks.editors.hello"),
}
_HEAVY = re.compile(r"/(numpy|scipy|torch|ctranslate2|llama_cpp|tokenizers|transformers)[/.]")
"""Libraries for numbers and models, as a process has them mapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Some starts of one server."""

    seconds: list[float]
    megabytes: list[float]
    """Resident, 10^6 bytes."""
    heavy: set[str]
    """Numeric and model libraries that were loaded."""


def measure(rounds: int) -> dict[str, Started]:
    """Both servers by turns, after a start of each that does not count."""
    found = {name: Started(seconds=[], megabytes=[], heavy=set()) for name in _SERVERS}
    for number in range(rounds + 1):
        for name, argv in _SERVERS.items():
            seconds, megabytes, heavy = _start(argv)
            if number:
                found[name].seconds.append(seconds)
                found[name].megabytes.append(megabytes)
                found[name].heavy.update(heavy)
    return found


def _start(argv: tuple[str, ...]) -> tuple[float, float, set[str]]:
    begun = time.monotonic()
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        _say(process.stdin, "initialize", 1, {"capabilities": {}, "processId": None, "rootUri": None})
        _hear(process.stdout)
        seconds = time.monotonic() - begun
        megabytes = psutil.Process(process.pid).memory_info().rss / 1e6
        maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
        process.kill()
    return seconds, megabytes, set(_HEAVY.findall(maps))


def _say(stream: IO[bytes], method: str, number: int, params: object) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
    stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stream.flush()


def _hear(stream: IO[bytes]) -> None:
    """Reads one message. Raises RuntimeError where the server ended."""
    length = 0
    while (line := stream.readline()).strip():
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    if not length or len(stream.read(length)) < length:
        raise RuntimeError("the language server ended before it was initialized")
