"""Lets sandboxed code reach single TCP ports of the machine's loopback: those that a project opted in.

The sandbox has a network of its own, in which nothing listens. A short Python program runs first inside,
opens listening sockets on the same port numbers there, hands them out over an inherited socket, and becomes
the command. Out here each connection to them is relayed to the machine's own port. Nothing else can be
reached: the numbers are fixed before the command starts.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from testgen.errors import SandboxUnavailable

_INSIDE = """
import os, socket, sys
channel, ports = int(sys.argv[1]), [int(port) for port in sys.argv[2].split(",")]
servers = [socket.create_server(("127.0.0.1", port)) for port in ports]
with socket.socket(fileno=channel) as out:
    socket.send_fds(out, [b"p"], [server.fileno() for server in servers])
os.execv(sys.argv[3], sys.argv[3:])
"""
_HAND_OVER_S = 20.0
_STEP = "Look at sockets under [sandbox] in .testgen.toml"
_CHUNK_BYTES = 65536


class PortRelay:
    """Relays the ports of one sandbox until it is closed."""

    DESCRIPTOR = 9
    """The number under which the program inside finds its end of the channel."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = tuple(ports)
        self._ours, self.theirs = socket.socketpair()
        self._wake_read, self._wake_write = socket.socketpair()
        self._servers: list[socket.socket] = []

    def wrapped(self, argv: Sequence[str]) -> tuple[str, ...]:
        """`argv` behind the program that opens the ports."""
        ports = ",".join(map(str, self._ports))
        return (_python(), "-I", "-S", "-c", _INSIDE, str(self.DESCRIPTOR), ports, *argv)

    @staticmethod
    def readable() -> tuple[Path, ...]:
        """What the program inside needs to see."""
        return (Path(sys.base_prefix),)

    def serve(self) -> None:
        """Takes the listening sockets over and relays in a thread. Raises `SandboxUnavailable`."""
        self.theirs.close()
        self._ours.settimeout(_HAND_OVER_S)
        try:
            _, descriptors, _, _ = socket.recv_fds(self._ours, 1, len(self._ports))
        except OSError as error:
            raise SandboxUnavailable(
                f"The ports {self._ports} cannot be opened inside the sandbox: {error}.", _STEP
            ) from error
        if len(descriptors) != len(self._ports):
            raise SandboxUnavailable(f"The ports {self._ports} cannot be opened inside the sandbox.", _STEP)
        self._servers = [socket.socket(fileno=descriptor) for descriptor in descriptors]
        threading.Thread(target=self._accept, name="ports", daemon=True).start()

    def close(self) -> None:
        """Stops accepting; connections end with the sandbox's processes. May be called twice."""
        with contextlib.suppress(OSError):
            self._wake_write.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            for server, port in zip(self._servers, self._ports, strict=True):
                selector.register(server, selectors.EVENT_READ, port)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._wake_read:
                        self._close_all()
                        return
                    assert isinstance(key.fileobj, socket.socket)
                    _relay(key.fileobj, key.data)

    def _close_all(self) -> None:
        for end in (*self._servers, self._ours, self._wake_read):
            end.close()


def _relay(server: socket.socket, port: int) -> None:
    """One connection, both ways; what is refused outside is closed inside."""
    try:
        inside, _ = server.accept()
    except OSError:
        return
    try:
        outside = socket.create_connection(("127.0.0.1", port), 10)
    except OSError:
        inside.close()
        return
    outside.settimeout(None)
    threading.Thread(target=_carry, args=(inside, outside), name=f"port-{port}", daemon=True).start()


def _carry(inside: socket.socket, outside: socket.socket) -> None:
    with inside, outside:
        back = threading.Thread(target=_pump, args=(outside, inside), daemon=True)
        back.start()
        _pump(inside, outside)
        back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK_BYTES):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _python() -> str:
    """The interpreter itself, since the folder of a virtual environment may be hidden inside."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(
        next(path for path in (Path(sys.base_prefix, "bin", name), Path(sys.executable)) if path.exists())
    )
