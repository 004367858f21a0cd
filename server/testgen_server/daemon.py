"""A daemon from its start to its end: one per runtime folder, on a socket or a loopback port.

Whoever holds the lock is the daemon; a second one that is started sees that and leaves. What a killed one
left behind (socket, endpoint) is cleared away by the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import uvicorn

from testgen import wire
from testgen.engines.installed import models_dir
from testgen.engines.opening import open_model
from testgen.errors import Busy, DaemonAbsent
from testgen.runtime import Endpoint, RuntimeFolder, environment_digest
from testgen.synthesis.generation import SUPPORTED_KINDS
from testgen_server.app import Api
from testgen_server.config import ServerConfig
from testgen_server.dashboard import Dashboard
from testgen_server.guard import Activity, Guard
from testgen_server.journal import Journal
from testgen_server.metrics import Metrics
from testgen_server.model_slot import ModelSlot
from testgen_server.service import Service
from testgen_server.warm_agents import WarmAgents
from testgen_server.watching import Watching

log = logging.getLogger("testgen.server")
_TICK_S = 1.0
_GRACE_S = 2


def serve(config: ServerConfig, folder: RuntimeFolder) -> None:
    """Runs a daemon until it is told to stop, or nobody needs it. Raises Busy where one runs already,
    DaemonAbsent where the port is taken.
    """
    lock = folder.lock
    if not lock.try_acquire():
        raise Busy(f"A testgen daemon runs already, in {folder.path}.", "testgen serve --status")
    try:
        folder.withdraw()
        with _listener(config, folder) as (listening, address):
            asyncio.run(_Daemon(config, folder).run(listening, address))
    finally:
        folder.withdraw()
        lock.release()


@contextlib.contextmanager
def _listener(
    config: ServerConfig, folder: RuntimeFolder
) -> Iterator[tuple[socket.socket, dict[str, object]]]:
    path = folder.socket if config.port is None else None
    with _unix(path) if path is not None else _tcp(config.port or 0) as listening:
        yield listening, {"socket": str(path)} if path else {"port": listening.getsockname()[1]}


def _unix(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    return listening


def _tcp(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise DaemonAbsent(
            f"Port {port} cannot be listened on: {error.strerror}.",
            "Name another, or 0 for any: testgen serve --port 0",
        ) from error
    return listening


class _Daemon:
    def __init__(self, config: ServerConfig, folder: RuntimeFolder) -> None:
        self._config = config
        self._folder = folder
        self._token = secrets.token_hex(32)
        self._activity = Activity(last=time.monotonic())
        self._started_at = time.time()
        self._watching = Watching()
        self._metrics = Metrics()

    async def run(self, listening: socket.socket, address: dict[str, object]) -> None:
        agents = WarmAgents(most=self._config.agents, idle_s=self._config.agent_idle_s, on_change=self._watch)
        self._agents = agents
        self._service = Service(
            self._config,
            loop=asyncio.get_running_loop(),
            journal=Journal(self._folder.path / "jobs.sqlite"),
            metrics=self._metrics,
            agents=agents,
            models=ModelSlot(models_dir(), open_model),
        )
        self._measure()
        self._watch()
        self._dashboard = Dashboard(self._service, self._status)
        server = self._server()
        self._service.start()
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await self._announced(server, serving, address)
            await self._until_idle(server, serving)
        finally:
            self._folder.withdraw()
            await self._dashboard.close()
            await asyncio.to_thread(self._service.close)
            await asyncio.to_thread(self._watching.close)
            log.info("stopped")

    def _server(self) -> uvicorn.Server:
        api = Api(self._service, status=self._status, stop=self._stop, open_dashboard=self._dashboard.open)
        guarded = Guard(
            api.application(),
            token=self._token,
            activity=self._activity,
            on_refusal=lambda code: self._metrics.refused.labels(code).inc(),
        )
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                guarded,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        return self._uvicorn

    def _stop(self) -> None:
        self._uvicorn.should_exit = True

    async def _announced(
        self, server: uvicorn.Server, serving: asyncio.Task[None], address: dict[str, object]
    ) -> None:
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        self._folder.announce(
            Endpoint(
                pid=os.getpid(),
                token=self._token,
                wire=wire.WIRE_VERSION,
                testgen=version("testgen"),
                environment=environment_digest(),
                **address,  # type: ignore[arg-type]
            )
        )
        log.info("listening", extra={"address": address, "pid": os.getpid()})

    async def _until_idle(self, server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
        while not serving.done():
            await asyncio.wait([serving], timeout=_TICK_S)
            await asyncio.to_thread(self._agents.sweep)
            if self._is_idle():
                log.info("nobody needs it")
                server.should_exit = True
        await serving

    def _is_idle(self) -> bool:
        limit = self._config.idle_s
        busy = len(self._service.queue) or self._service.num_running or self._dashboard.is_watched
        return limit is not None and not busy and self._activity.idle_s() > limit

    def _watch(self) -> None:
        """Brings the watched folders in line with the VMs that are warm, and the folder of models."""
        models = models_dir()
        roots = self._agents.roots()
        self._watching.keep_only({*roots, models})
        self._watching.add(models, lambda _: self._service.models.refresh())
        for root in roots:
            self._watching.add(root, self._agents.stale)

    def _measure(self) -> None:
        service, metrics = self._service, self._metrics
        metrics.watch("queue_jobs", "Jobs that wait", lambda: len(service.queue))
        metrics.watch("running_jobs", "Jobs that run", lambda: service.num_running)
        metrics.watch("warm_agents", "VMs kept warm", lambda: len(service.agents.reports()))
        metrics.watch("agents_started_total", "VMs started", lambda: service.agents.started)
        metrics.watch("model_loads_total", "Models loaded", lambda: service.models.report().loads)

    def _status(self) -> wire.Status:
        service = self._service
        return wire.Status(
            testgen=version("testgen"),
            pid=os.getpid(),
            started_at=self._started_at,
            environment=environment_digest(),
            queued=len(service.queue),
            running=service.num_running,
            capacity=self._config.capacity,
            test_kinds=SUPPORTED_KINDS,
            agents=service.agents.reports(),
            model=service.models.report(),
            last_error=service.last_error,
            stops_when_idle_s=self._config.idle_s,
        )
