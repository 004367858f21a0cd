"""`testgen`, the command: a group whose commands live in modules of their own, loaded when asked for.

What every command shares is here: errors of ours print what happened and the next step, and end with the
exit status that they carry; Ctrl-C and SIGTERM end a command in the same way. Anything else is a bug of
testgen and says so; TESTGEN_DEBUG=1 shows its traceback.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any, ClassVar

import click

from testgen.errors import TestgenError
from testgen.exit_code import ExitCode

_COMMANDS = {
    "generate": "testgen.cli_generate:generate",
    "score": "testgen.cli_score:score",
    "doctor": "testgen.cli_doctor:doctor",
    "serve": "testgen.cli_serve:serve",
    "dashboard": "testgen.cli_dashboard:dashboard",
    "model": "testgen.cli_model:model",
}


class LazyGroup(click.Group):
    """Imports a command's module when the command is named, or when help lists them all."""

    places: ClassVar[Mapping[str, str]] = _COMMANDS
    """Where each command is: `module:name`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names, in the order of help."""
        return list(self.places)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, its module imported now; None where there is no such name."""
        if cmd_name not in self.places:
            return None
        module, _, name = self.places[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an error of ours ends it with what happened, what to do, and its exit status."""
        try:
            return super().invoke(ctx)
        except TestgenError as error:
            _complain(error.message, error.next_step)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            _complain("Stopped before there was anything to show.")
            ctx.exit(ExitCode.INTERRUPTED)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
                raise
            _complain(
                f"{error.filename or 'A file'} could not be written: {error.strerror}.",
                "Make room on the disk.",
            )
            ctx.exit(ExitCode.IO)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="testgen", message="testgen %(version)s")
def cli() -> None:
    """Write ExUnit tests for Elixir modules, and find out what tests are worth by mutation."""


def main() -> None:
    """The console script."""
    run(cli)


def run(group: click.Group) -> None:
    """Runs a console script: SIGTERM is Ctrl-C, and what nobody expected is told as a bug."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        group()
    except Exception as error:
        if os.environ.get("TESTGEN_DEBUG"):
            raise
        _complain(
            f"A bug in testgen: {type(error).__name__}: {error}",
            "Run the command again with TESTGEN_DEBUG=1 and report what it prints.",
        )
        sys.exit(ExitCode.AGENT_FAILED)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: processes ended, what was found delivered."""
    raise KeyboardInterrupt


def _complain(message: str, next_step: str = "") -> None:
    click.echo(click.style("Error: ", fg="red") + message, err=True)
    if next_step:
        click.echo(click.style("Next:  ", fg="cyan") + next_step, err=True)
