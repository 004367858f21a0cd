"""Runs a Mix task of the project in the sandbox, on the private build, and reads all it prints.

For tasks that are not the agent's: the project's own tests, and a mutation tester that is the project's
dependency. Output and exit status come over descriptors of their own, since a sandboxed process keeps only
the tail of stdout.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from testgen.build import PrivateBuild
from testgen.project import Project
from testgen.project_command import limits_of, project_command
from testgen.sandbox import Ending, Sandbox, pick
from testgen.settings import Settings
from testgen.toolchain import Toolchain

_OUTPUT, _STATUS = 5, 6  # descriptors inside the sandbox
_SCRIPT = '"$@" >&5 2>&1 5>&- 6>&-; echo $? >&6'
_TAIL_LINES = 40
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A task that has ended, by itself or because something ended it."""

    output: str
    status: int | None
    """Exit status; None where it was ended before it had one."""
    ending: Ending = Ending.EXITED

    @property
    def tail(self) -> str:
        """The last lines of the output, for a message."""
        return "\n".join(self.output.strip().splitlines()[-_TAIL_LINES:])


class MixTasks:
    """Runs tasks one at a time in one project, on one private build."""

    def __init__(self, project: Project, toolchain: Toolchain, build: PrivateBuild) -> None:
        self._project = project
        self._toolchain = toolchain
        self._build = build
        self._settings = Settings.load(project.top)
        self._sandbox: Sandbox = pick()

    @property
    def warning(self) -> str | None:
        """What the user must know of the sandbox before anything runs in it."""
        return self._sandbox.warning

    def run(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        wall_clock_s: float,
        on_output: Callable[[str], bool] = lambda _: True,
    ) -> Finished:
        """Runs `argv` to its end. `on_output` gets all that was printed so far, and False from it ends the
        task.

        On KeyboardInterrupt the task is ended, and the interrupt passes through.
        """
        output, output_in = os.pipe()
        status, status_in = os.pipe()
        command = project_command(
            self._project,
            self._toolchain,
            self._build,
            self._settings,
            ("/bin/sh", "-c", _SCRIPT, "sh", *argv),
            environment=environment,
        )
        command = replace(command, descriptors={_OUTPUT: output_in, _STATUS: status_in})
        try:
            limits = replace(limits_of(self._settings), wall_clock_s=wall_clock_s)
            process = self._sandbox.spawn(command, limits)
        finally:
            os.close(output_in)
            os.close(status_in)
        try:
            printed = _read_all(output, on_output)
            if printed.stopped:
                process.kill()
            ending = process.wait() or Ending.EXITED
            return Finished(output=printed.text, status=_read_status(status), ending=ending)
        finally:
            process.kill()
            os.close(output)
            os.close(status)


@dataclass(frozen=True, slots=True)
class _Printed:
    text: str
    stopped: bool


def _read_all(descriptor: int, on_output: Callable[[str], bool]) -> _Printed:
    """Everything up to the end of the pipe, or up to where `on_output` had enough."""
    read = bytearray()
    while True:
        select.select([descriptor], [], [])
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return _Printed(read.decode(errors="replace"), stopped=False)
        read += chunk
        text = read.decode(errors="replace")
        if len(read) > _MOST_BYTES or not on_output(text):
            return _Printed(text, stopped=True)


def _read_status(descriptor: int) -> int | None:
    os.set_blocking(descriptor, False)
    try:
        told = os.read(descriptor, 16).decode().strip()
    except BlockingIOError:
        return None
    return int(told) if told.isdigit() else None
