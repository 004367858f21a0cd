"""What to do about a compiler's warning in a new test: mend what has an obvious mend, else leave it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from testgen.synthesis.answers import LoadedTest, Warned
from testgen.synthesis.cases import TestCase

_UNUSED = re.compile(r'variable "(\w+)" is unused')


def mended(case: TestCase, warnings: Iterable[Warned]) -> TestCase | None:
    """The case without what was warned of: a variable that is bound once and never read gets an underscore.
    None where that is not what is wrong.
    """
    for warning in warnings:
        unused = _UNUSED.search(warning.message)
        if unused is None:
            return None
        word = re.compile(rf"(?<![\w:@.]){re.escape(unused[1])}(?![\w:?!])")
        if sum(len(word.findall(line)) for line in case.lines) != 1:
            return None
        case = replace(case, lines=tuple(word.sub(f"_{unused[1]}", line) for line in case.lines))
    return case


def of_tests(warnings: Iterable[Warned], tests: Sequence[LoadedTest]) -> dict[str, list[Warned]]:
    """Warnings by the id of the test that they are in: the last that begins above them."""
    ordered = sorted((test for test in tests if not test.is_doctest), key=lambda test: test.line)
    found: dict[str, list[Warned]] = {}
    for warning in warnings:
        above = [test for test in ordered if test.line <= warning.line]
        if above:
            found.setdefault(above[-1].id, []).append(warning)
    return found
