"""A real daemon for tests: `testgen serve` as a process of its own, in a runtime folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from testgen import wire
from testgen.daemon_client import Daemon
from testgen.runtime import Endpoint, RuntimeFolder
from tests.command_line import CommandLine

_T = TypeVar("_T")


@dataclass(kw_only=True)
class DaemonProcess:
    """A daemon that a test may talk to, kill and start again."""

    testgen: CommandLine
    home: Path
    """Its runtime folder: short, since the path of a socket may not be long."""
    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def folder(self) -> RuntimeFolder:
        return RuntimeFolder(path=self.home)

    @property
    def endpoint(self) -> Endpoint:
        found = self.folder.endpoint()
        assert found is not None
        return found

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TESTGEN_RUNTIME_DIR": str(self.home),
            "TESTGEN_MODELS_DIR": str(self.home / "models"),
            "TESTGEN_NO_DAEMON": "",
            **self.variables,
        }

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.process = self.testgen.start("serve", *self.options, cwd=self.home, env=self.environment)
        deadline = time.monotonic() + 30
        while not (self.folder.is_alive() and self.folder.endpoint()):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline, "the daemon does not come up"
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def stop(self) -> None:
        """Ends it as it wants to be ended."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def __call__(self, conversation: Callable[[Daemon], Awaitable[_T]], timeout_s: float = 180) -> _T:
        """Has a conversation with it."""

        async def talk() -> _T:
            async with await Daemon.connect(self.folder) as daemon:
                return await asyncio.wait_for(conversation(daemon), timeout_s)

        return asyncio.run(talk())


@contextmanager
def daemon_process(
    testgen: CommandLine, *options: str, variables: Mapping[str, str] | None = None
) -> Iterator[DaemonProcess]:
    """A daemon that runs while the block does."""
    home = Path(tempfile.mkdtemp(prefix="tg-"))
    daemon = DaemonProcess(testgen=testgen, home=home, options=options, variables=variables or {})
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()
        shutil.rmtree(home, ignore_errors=True)


def generation(project: Path, source: str, **changes: Any) -> wire.GenerateRequest:
    """A request for tests of a file of a project, quick by default."""
    settings: dict[str, Any] = {"key": os.urandom(8).hex(), "client": "tests", "budget_s": 5.0, **changes}
    workspace = settings.pop("workspace", wire.Workspace(root=str(project), trusted=True))
    return wire.GenerateRequest(workspace=workspace, path=str(project / source), **settings)


async def finished(daemon: Daemon, job: wire.JobStatus) -> wire.JobStatus:
    """The job as it ended."""
    async for _ in daemon.events(job.id):
        pass
    return await daemon.job(job.id)


async def until_phase(daemon: Daemon, job: wire.JobStatus, begins: str) -> None:
    """Waits until a job tells of a step."""
    async with contextlib.aclosing(_of(daemon.events(job.id))) as events:
        async for event in events:
            if event.kind is wire.EventKind.PHASE and event.text.startswith(begins):
                return
    raise AssertionError(f"the job never came to {begins!r}")


async def _of(events: AsyncIterator[wire.Event]) -> AsyncIterator[wire.Event]:
    async for event in events:
        yield event
