"""What the server knows between requests: outlines, results of jobs, what was declined, what runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pygls.workspace import TextDocument

from testgen.wire import FunctionScore, Survivor
from testgen_lsp import outline
from testgen_lsp.outline import Outline

_KEPT_OUTLINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last job about a source file found."""

    functions: dict[str, FunctionScore]
    survivors: tuple[Survivor, ...]
    num_tests: int

    @property
    def killed(self) -> int:
        """Mutants that the tests kill."""
        return sum(each.killed for each in self.functions.values())

    @property
    def mutants(self) -> int:
        """Mutants that count."""
        return sum(each.mutants for each in self.functions.values())


@dataclass(slots=True, kw_only=True, eq=False)
class Running:
    """A job that is under way for a client."""

    title: str
    cancel: Callable[[], None]
    request: int | str | None = None
    job_id: str = ""


@dataclass(slots=True, kw_only=True)
class State:
    """All of it."""

    known: dict[str, Known] = field(default_factory=dict)
    """By URI of the source file."""
    declined: dict[str, set[str]] = field(default_factory=dict)
    """Names of tests by URI of their source file."""
    running: list[Running] = field(default_factory=list)
    last_error: str = ""
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    _outlines: dict[str, tuple[int | None, str, Outline]] = field(default_factory=dict)

    def outline(self, document: TextDocument) -> Outline:
        """The outline of a document, read once per version; empty where there is none to read."""
        found = self._outlines.get(document.uri)
        try:
            text = document.source
        except (OSError, UnicodeDecodeError):  # neither open nor on disk
            return Outline()
        if found is not None and found[0] == document.version and found[1] is text:
            return found[2]
        fresh = outline.read(text)
        if len(self._outlines) >= _KEPT_OUTLINES:
            self._outlines.pop(next(iter(self._outlines)))
        self._outlines[document.uri] = (document.version, text, fresh)
        return fresh

    def forget(self, uri: str) -> bool:
        """The source changed: what was found of it no longer holds. Whether there was anything."""
        return self.known.pop(uri, None) is not None

    def cancel_all(self) -> int:
        """Ends everything that runs; how much that was."""
        for each in list(self.running):
            each.cancel()
        return len(self.running)

    def cancel_request(self, request: int | str) -> None:
        """Ends what a request of the client began."""
        for each in list(self.running):
            if each.request == request:
                each.cancel()


def read_text(path: Path) -> str | None:
    """A file's text, line ends as they are; None where there is none that can be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
