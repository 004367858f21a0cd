"""Errors as answers: the code, the HTTP status and the words that a client gets for each."""

from __future__ import annotations

import re

from testgen.errors import Busy, KindUnsupported, ModelUnusable, PathUnusable, TestgenError, WireInvalid
from testgen.wire import Problem
from testgen_server.access import OutsideWorkspace, Untrusted
from testgen_server.fair_queue import QueueFull

_STATUSES: tuple[tuple[type[TestgenError], int], ...] = (
    (QueueFull, 429),
    (Untrusted, 403),
    (OutsideWorkspace, 403),
    (PathUnusable, 422),
    (ModelUnusable, 422),
    (KindUnsupported, 422),
    (Busy, 409),
    (WireInvalid, 400),
)
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def problem_of(error: TestgenError) -> Problem:
    """The error in words that a client can show; its code is the error's name."""
    code = _CAPITAL.sub("_", type(error).__name__).lower()
    if isinstance(error, WireInvalid) and error.is_version:
        code = "wire_version"
    return Problem(
        code=code, message=error.message, next_step=error.next_step, exit_code=int(error.exit_code)
    )


def status_of(error: TestgenError) -> int:
    """The HTTP status for an error that a request met."""
    if isinstance(error, WireInvalid) and error.is_version:
        return 426
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 422)
