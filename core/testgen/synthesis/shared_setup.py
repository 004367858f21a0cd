"""`setup` for tests that start alike: the lines they share run before each, what they bind is the context.

Works on the lines of finished test cases. Only lines that come before the first assertion are shared, and
only from the top, so that a test does the same in the same order as before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from testgen.synthesis.cases import TestCase

_ENOUGH = 3
"""Tests that start alike, from which on a person would write a `setup`."""
_BINDING = re.compile(r"([a-z_]\w*) = (.*)\Z", re.DOTALL)
_ASSERTS = re.compile(r"(?:assert|refute|\{.*\} = with_io\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Cases without the lines that they share, and those lines as a `setup`; no lines where none are."""

    cases: tuple[TestCase, ...]
    setup: tuple[str, ...] = ()


def shared(cases: Sequence[TestCase]) -> Shared:
    """What all cases have in common at their start, put into a `setup`."""
    if len(cases) < _ENOUGH or any(case.context for case in cases):
        return Shared(cases=tuple(cases))
    common = _common(cases)
    if not common or not _is_worth_it(common):
        return Shared(cases=tuple(cases))
    names = [found.group(1) for line in common if (found := _BINDING.match(line))]
    shorter = tuple(_without(case, len(common), names) for case in cases)
    used = {name for case in shorter for name in case.context}
    return Shared(
        cases=shorter, setup=_setup(common, [name for name in dict.fromkeys(names) if name in used])
    )


def _common(cases: Sequence[TestCase]) -> list[str]:
    """Lines at the start of every case, up to the first blank line or assertion of any."""
    rows = zip(*(_beginning(case) for case in cases), strict=False)
    return [row[0] for row in takewhile(lambda row: len(set(row)) == 1, rows)]


def _beginning(case: TestCase) -> list[str]:
    return list(takewhile(lambda line: line and not _ASSERTS.match(line) and "\n" not in line, case.lines))


def _is_worth_it(common: Sequence[str]) -> bool:
    """Whether the lines do something: plain data at the top of a test reads better where it is."""
    return any("(" in line for line in common) and not any(line.startswith("{:ok, ") for line in common)


def _without(case: TestCase, num: int, names: Sequence[str]) -> TestCase:
    lines = case.lines[num:]
    lines = lines[1:] if lines and not lines[0] else lines
    used = [name for name in names if any(re.search(rf"\b{name}\b", line) for line in lines)]
    return replace(case, lines=lines, context=tuple(dict.fromkeys(used)))


def _setup(common: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    only = _BINDING.match(common[0]) if len(common) == 1 else None
    if only and list(names) == [only.group(1)] and "start_supervised" not in only.group(2):
        return (f"%{{{only.group(1)}: {only.group(2)}}}",)
    given = ", ".join(f"{name}: {name}" for name in names)
    return (*common, "", f"%{{{given}}}" if names else ":ok")
