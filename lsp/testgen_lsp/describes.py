"""Which describe blocks are new, and with which tests they come and go. Pure; the insertions are `edits`'.

A block with one new test is one piece with it. What stands around several tests is accepted without a
question, since half of it would be no Elixir; where all of its tests were declined it is taken away again.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from testgen_lsp.insertion import Insertion

_HEAD = re.compile(r"(\s*)describe\b.*\bdo\s*\Z")


def with_their_tests(found: Sequence[Insertion]) -> list[Insertion]:
    """The same text, new describe blocks apart from what else is new, each part knowing the block's tests."""
    lines = [each for insertion in found for each in _by_line(insertion)]
    at, result = 0, list[Insertion]()
    while at < len(lines):
        end = _end_of_block(lines, at)
        if end is None:
            result.append(lines[at])
            at += 1
        else:
            block, result = _with_blank_line(result, lines[at : end + 1])
            result += block
            at = end + 1
    return joined(result)


def _by_line(insertion: Insertion) -> Iterator[Insertion]:
    """What stands around tests line by line; a test in one piece."""
    if insertion.test is not None:
        yield insertion
        return
    for line in insertion.text.splitlines(keepends=True):
        yield replace(insertion, text=line)


def _end_of_block(lines: Sequence[Insertion], at: int) -> int | None:
    """Where the block ends whose first line is at `at`: all of it is new, and there are tests in it."""
    head = _HEAD.match(lines[at].text) if lines[at].test is None else None
    if head is None:
        return None
    num_tests = 0
    for number, each in enumerate(lines[at + 1 :], start=at + 1):
        if each.line != lines[at].line:
            return None
        num_tests += each.test is not None
        if each.test is None and each.text.rstrip() == f"{head[1]}end":
            return number if num_tests else None
    return None


def _with_blank_line(
    before: list[Insertion], block: Sequence[Insertion]
) -> tuple[list[Insertion], list[Insertion]]:
    """The block's parts, with the blank line before it; and what comes before that."""
    last = before[-1] if before else None
    if last is not None and last.test is None and last.line == block[0].line and not last.text.strip():
        block, before = [last, *block], before[:-1]
    tests = tuple(each.test for each in block if each.test is not None)
    if len(tests) == 1:
        return [replace(block[0], text="".join(each.text for each in block), test=tests[0])], before
    return [each if each.test is not None else replace(each, around=tests) for each in block], before


def joined(found: Sequence[Insertion]) -> list[Insertion]:
    """Neighbours of one kind as one insertion."""
    result: list[Insertion] = []
    for each in found:
        last = result[-1] if result else None
        if last is not None and last.test is each.test is None and _together(last, each):
            result[-1] = replace(last, text=last.text + each.text)
        else:
            result.append(each)
    return result


def _together(one: Insertion, other: Insertion) -> bool:
    return one.line == other.line and one.around == other.around


def empty_blocks(found: Sequence[Insertion], text: str) -> list[range]:
    """The lines (0-based) of `text` where a block of `found` stands of which no test was taken."""
    lines = text.splitlines(keepends=True)
    empty = []
    for head, foot in _frames(found):
        block = (head.text + foot.text).splitlines(keepends=True)
        starts = range(len(lines) - len(block) + 1)
        empty += [range(at, at + len(block)) for at in starts if lines[at : at + len(block)] == block]
    return sorted(empty, key=lambda each: each.start)


def _frames(found: Sequence[Insertion]) -> Iterator[tuple[Insertion, Insertion]]:
    frames = [each for each in found if each.around]
    for head, foot in itertools.pairwise(frames):
        if head.around == foot.around:
            yield head, foot
