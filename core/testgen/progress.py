"""Telling a person what a command is doing, on stderr: a live bar on a terminal, plain lines elsewhere.

Results never pass through here; they go to stdout.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import TaskID

_LINE_EVERY_S = 5.0


class Progress(Protocol):
    """What a long job tells about itself."""

    def phase(self, what: str, total: int | None = None) -> None:
        """A new step begins: what it does, and how many things it has to do where that is known."""

    def advance(self, done: int, counts: Mapping[str, int] | None = None) -> None:
        """`done` things of the current step are done; `counts` says what became of them."""

    def warn(self, text: str) -> None:
        """Something that the person should know, said at once."""

    def close(self) -> None:
        """Nothing more comes: the bar goes away."""


class SilentProgress:
    """Tells nothing; for use as a library."""

    def phase(self, what: str, total: int | None = None) -> None: ...

    def advance(self, done: int, counts: Mapping[str, int] | None = None) -> None: ...

    def warn(self, text: str) -> None: ...

    def close(self) -> None: ...


class PlainProgress:
    """One line per step, and one every few seconds within a step; for pipes and logs."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._what = ""
        self._total: int | None = None
        self._last = 0.0

    def phase(self, what: str, total: int | None = None) -> None:
        self._what, self._total = what, total
        self._last = time.monotonic()
        self._line(what if total is None else f"{what} (0/{total})")

    def advance(self, done: int, counts: Mapping[str, int] | None = None) -> None:
        now = time.monotonic()
        if done == self._total or now - self._last >= _LINE_EVERY_S:
            self._last = now
            self._line(f"{self._what} ({_done(done, self._total, counts)})")

    def warn(self, text: str) -> None:
        self._line(f"warning: {text}")

    def close(self) -> None: ...

    def _line(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class LiveProgress:
    """A bar that redraws itself; for a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._console = Console(stderr=True)
        self._rich = RichProgress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[done]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._total: int | None = None
        self._rich.start()

    def phase(self, what: str, total: int | None = None) -> None:
        if self._task is not None:
            self._rich.remove_task(self._task)
        self._total = total
        self._task = self._rich.add_task(what, total=total, done="" if total is None else f"0/{total}")

    def advance(self, done: int, counts: Mapping[str, int] | None = None) -> None:
        if self._task is not None:
            self._rich.update(self._task, completed=done, done=_done(done, self._total, counts))

    def warn(self, text: str) -> None:
        self._console.print(f"warning: {text}", style="yellow", markup=False, highlight=False)

    def close(self) -> None:
        self._rich.stop()


def for_stderr() -> Progress:
    """The progress that suits stderr: a live bar on a terminal that can redraw, plain lines elsewhere."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return PlainProgress()
    return LiveProgress()


def _done(done: int, total: int | None, counts: Mapping[str, int] | None) -> str:
    """How far a step is, counts that are zero left out: `15/57, 12 killed, 3 survived`."""
    of = "" if total is None else f"/{total}"
    return f"{done}{of}" + "".join(f", {number} {name}" for name, number in (counts or {}).items() if number)
