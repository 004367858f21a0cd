"""What a test file gains: some lines at a place, and the test that they are. Says nothing of editors."""

from __future__ import annotations

from dataclasses import dataclass

from testgen.wire import TestFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """Text that goes in before a line (0-based) of the text that is there."""

    line: int
    text: str
    test: TestFound | None
    """None for what stands around tests."""
    around: tuple[TestFound, ...] = ()
    """The tests of a new describe block whose first or last line this is: without them it is not wanted."""
