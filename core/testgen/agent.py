"""Speaks to the Elixir side: one agent process per project, started once and warm afterwards.

The only module that does. The protocol is the agent's moduledoc (`Testgen.Agent`); frames and their checks
are in `testgen.agent_channel`. What the VM prints belongs to the user's code; its tail is kept for messages.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from testgen.agent_channel import Channel
from testgen.build import PrivateBuild
from testgen.errors import AgentDied, AgentError, SourceInvalid
from testgen.project import Project, ProjectKind
from testgen.project_command import limits_of, project_command
from testgen.sandbox import Command, Ending, Limits, Sandbox, SandboxedProcess, pick
from testgen.settings import Settings
from testgen.toolchain import Toolchain, agent_ebin

SILENCE_S = 900.0
"""How long an operation may say nothing before its VM is taken for stuck; a caller may say otherwise."""

_HELLO_S = 60.0
_FROM_US, _TO_US = 3, 4  # descriptors inside the sandbox
_LIBRARIES = ("elixir", "eex", "ex_unit", "logger", "mix", "iex")


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something the agent said while it works on a request."""

    name: str
    data: dict[str, Any]


class Stream(Iterator[Event]):
    """Events of one request as they arrive; `result` is its reply, there once the iteration has ended."""

    def __init__(self, agent: Agent, request: int, op: str, timeout_s: float) -> None:
        self._agent = agent
        self._request = request
        self._op = op
        self._timeout_s = timeout_s
        self._result: Any = None
        self._done = False

    def __next__(self) -> Event:
        if self._done:
            raise StopIteration
        frame = self._agent._receive(self._request, self._op, self._timeout_s)
        if "event" in frame:
            return Event(name=frame["event"], data=frame["data"])
        self._done = True
        if "error" in frame:
            error = frame["error"]
            raise AgentError(error["kind"], error["message"], error.get("details"))
        self._result = frame["ok"]
        raise StopIteration

    @property
    def result(self) -> Any:
        """The reply; what is left of the events is read and dropped first."""
        for _ in self:
            pass
        return self._result


class Agent:
    """A running agent. Use as a context manager: leaving it ends the whole process tree."""

    def __init__(self, project: Project, process: SandboxedProcess, channel: Channel) -> None:
        self.project = project
        self._process = process
        self._channel = channel
        self._ids = itertools.count(1)
        self._running: int | None = None
        self._build: PrivateBuild | None = None
        self._owns_build = False
        self._start_app = True
        self.versions: dict[str, Any] = {}
        """What the agent said of itself: `agent`, `elixir`, `otp`, `protocol`."""

    @classmethod
    def start(
        cls,
        project: Project,
        *,
        sandbox: Sandbox | None = None,
        limits: Limits | None = None,
        settings: Settings | None = None,
        build: PrivateBuild | None = None,
        readable: Sequence[Path] = (),
    ) -> Agent:
        """Starts a VM for `project` and greets it. Nothing of the project is loaded until `open_project`.

        Without `sandbox`, the best one that works here; without `build`, an own one, released on `close`.
        Several agents of one run may share one `build`, provided that the first has compiled it. `readable`
        shows files beside the project. Raises `ToolchainError`, `SandboxUnavailable`, `WriteFailed`, `Busy`,
        `AgentDied`.
        """
        settings = settings or Settings.load(project.top)
        toolchain = Toolchain.find(project.root)
        ebin = agent_ebin(toolchain)
        held = build or PrivateBuild.open(project, toolchain)
        try:
            limits = limits or limits_of(settings)
            command = project_command(
                project,
                toolchain,
                held,
                settings,
                _erl_argv(toolchain, ebin),
                environment={"TESTGEN_FD_IN": str(_FROM_US), "TESTGEN_FD_OUT": str(_TO_US)},
                readable=(ebin, *readable),
            )
            sandbox = sandbox or pick()
            if sandbox.warning:
                _warn(sandbox.warning)
            agent = cls._spawn(project, command, sandbox, limits)
        except BaseException:
            if build is None:
                held.close()
            raise
        agent._build, agent._owns_build = held, build is None
        agent._start_app = settings.sandbox.start_application
        try:
            agent.versions = agent.call("hello", timeout_s=_HELLO_S, token=agent._channel.token)
        except BaseException:
            agent.close()
            raise
        return agent

    @classmethod
    def _spawn(cls, project: Project, command: Command, sandbox: Sandbox, limits: Limits) -> Agent:
        their_read, our_write = os.pipe()
        our_read, their_write = os.pipe()
        try:
            process = sandbox.spawn(
                replace(command, descriptors={_FROM_US: their_read, _TO_US: their_write}), limits
            )
        except BaseException:
            os.close(our_write)
            os.close(our_read)
            raise
        finally:
            os.close(their_read)
            os.close(their_write)
        return cls(project, process, Channel(process, our_write, our_read, limits))

    def open_project(
        self, *, start_app: bool | None = None, load_test_helper: bool = True, timeout_s: float = SILENCE_S
    ) -> dict[str, Any]:
        """The `open_project` operation with what the project knows filled in.

        `start_app` is what the project's settings say unless it is given. Raises as `call` does, and
        `SourceInvalid` where the project's own code stops the VM.
        """
        project = self.project
        files = [str(project.source)] if project.kind is ProjectKind.FILE else []
        try:
            reply: dict[str, Any] = self.call(
                "open_project",
                timeout_s=timeout_s,
                root=str(project.root),
                mode=project.kind.value,
                files=files,
                start_app=self._start_app if start_app is None else start_app,
                load_test_helper=load_test_helper,
            )
        except AgentDied as death:
            if death.reason != Ending.EXITED.value:
                raise
            raise _halted(project, death) from death
        return reply

    def call(self, op: str, /, *, timeout_s: float = SILENCE_S, **args: Any) -> Any:
        """One request, its reply; events are dropped. `timeout_s` is the longest silence between two frames.

        Raises `AgentError` for an answer that is an error, `AgentDied` when the VM ends or is silent for too
        long (it is then ended), `AgentProtocol` for a frame that something forged.
        """
        return self.stream(op, timeout_s=timeout_s, **args).result

    def stream(self, op: str, /, *, timeout_s: float = SILENCE_S, **args: Any) -> Stream:
        """One request whose events are wanted; one runs at a time. Raises as `call` does, while iterated
        too.
        """
        request = next(self._ids)
        self._running = request
        self._channel.send({"id": request, "op": op, "args": args})
        return Stream(self, request, op, timeout_s)

    def _receive(self, request: int, op: str, timeout_s: float) -> dict[str, Any]:
        frame = self._channel.receive(request, op, timeout_s)
        if "event" not in frame:
            self._running = None
        return frame

    def cancel(self) -> None:
        """Asks for the end of the running request, from any thread; its caller sees `AgentError`
        "cancelled".
        """
        running = self._running
        if running is not None and self.alive:
            self._channel.send({"id": next(self._ids), "op": "cancel", "args": {"id": running}})

    @property
    def alive(self) -> bool:
        """Whether the VM runs and its channel is whole."""
        return self._channel.failure is None and self._process.ending is None

    @property
    def pid(self) -> int:
        """Process id of the outermost process, for tests and messages."""
        return self._process.pid

    @property
    def peak_bytes(self) -> int:
        """The most resident memory that the whole process tree was seen to have."""
        return self._process.peak_bytes

    @property
    def output_tail(self) -> str:
        """The last 64 KiB of what the VM and the user's code wrote to stdout and stderr."""
        return self._process.output_tail

    def close(self) -> None:
        """Ends the VM and everything it started. May be called twice."""
        self._process.kill()
        self._channel.close()
        if self._build is not None and self._channel.tampered:
            self._build.distrust()
        if self._build is not None and self._owns_build:
            self._build.close()

    def __enter__(self) -> Agent:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def _warn(warning: str) -> None:
    """Once a process: the fronts send it to stderr."""
    logging.getLogger("testgen").warning(warning)


def _halted(project: Project, death: AgentDied) -> SourceInvalid:
    """Nothing but code of the project runs while it is opened, so that is what ended the VM."""
    said = f" It said last:\n{death.stderr_tail}" if death.stderr_tail else ""
    return SourceInvalid(
        f"The VM was stopped from inside while {project.source_relative} was compiled and its project "
        f"started.{said}",
        "Look for System.halt in the bodies of modules, the configuration, the application's start and "
        "test_helper.exs",
    )


def _erl_argv(toolchain: Toolchain, ebin: Path) -> tuple[str, ...]:
    library = toolchain.elixir_root / "lib"
    schedulers = min(4, os.cpu_count() or 1)
    flags = (
        "-noinput",
        "+S",
        f"{schedulers}:{schedulers}",
        "+sbwt",
        "none",
        "+sbwtdcpu",
        "none",
        "+sbwtdio",
        "none",
        # Listing processes, which restoring the VM does often, takes time by the size of this table.
        "+P",
        "65536",
    )
    paths = [str(library / name / "ebin") for name in _LIBRARIES]
    agent = ("-pa", *paths, str(ebin), "-s", "Elixir.Testgen.Agent", "start")
    return (str(toolchain.erl), *flags, "+fnu", "-elixir_root", str(library), *agent)
