"""The daemon as the language server sees it: connected when it is needed, and again when it went away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testgen.daemon_client import Daemon


class Connection:
    """At most one connection, shared by all that ask."""

    def __init__(self, command: Callable[[], tuple[str, ...]]) -> None:
        self._command = command
        self._daemon: Daemon | None = None
        self._lock = asyncio.Lock()

    async def daemon(self) -> Daemon:
        """A daemon that answers, started where none runs. Raises DaemonAbsent, WireInvalid."""
        from testgen.daemon_start import ensure_daemon
        from testgen.errors import DaemonFailure

        async with self._lock:
            if self._daemon is not None:
                try:
                    await self._daemon.status()
                    return self._daemon
                except DaemonFailure:
                    await self._drop()
            self._daemon = await ensure_daemon(self._command() or None)
            return self._daemon

    async def running(self) -> Daemon | None:
        """The daemon where one runs; none is started."""
        from testgen.daemon_client import Daemon
        from testgen.errors import TestgenError

        if self._daemon is not None:
            return await self.daemon()
        try:
            return await Daemon.connect()
        except TestgenError:
            return None

    async def _drop(self) -> None:
        if self._daemon is not None:
            await self._daemon.close()
            self._daemon = None

    async def close(self) -> None:
        """Ends the connection; the daemon goes on."""
        async with self._lock:
            await self._drop()
