"""From a finished test file to the smallest edits that make the editor's text into it. Pure.

An edit per test, so that each can be accepted by itself; what stands around them (the module, aliases) is not
asked about, and a new describe comes only with a test of it. No line that is there is touched: everything is
an insertion between two lines.

    before           after                       edits
    1 defmodule      defmodule
    2 end              test "a" do … end         insert before line 2: `test "a"`
                     end
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from testgen.wire import TestFound
from testgen_lsp.describes import with_their_tests
from testgen_lsp.insertion import Insertion


class Misfit(Exception):  # noqa: N818 - named for what happened
    """The text changed in a way that leaves no place for what was to go in."""


def insertions(before: str, after: str, tests: Sequence[TestFound]) -> list[Insertion]:
    """What to insert into `before` for `after`, of which `tests` are the new ones. Raises Misfit where
    `after` is more than additions.
    """
    owners = {line: test for test in tests if test.line for line in range(test.line - 1, test.end_line)}
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Insertion] = []
    at = 0
    for number, line in enumerate(new):
        if number not in owners and at < len(old) and _same(old[at], line):
            at += 1
        else:
            _append(found, at, line, owners.get(number) or _doctests(line, tests))
    if at < len(old):
        raise Misfit("the new text is more than additions to the one that is there")
    return with_their_tests(_blank_lines_with_their_tests(found))


def _doctests(line: str, tests: Sequence[TestFound]) -> TestFound | None:
    """The module's doctests, where they are what a line adds: they have no lines of their own."""
    if not line.lstrip().startswith("doctest "):
        return None
    return next((test for test in tests if not test.line), None)


def _same(old: str, new: str) -> bool:
    """Equal, but for a line end that only the last line of a file may lack."""
    return old == new or (not old.endswith("\n") and new.rstrip("\r\n") == old)


def _append(found: list[Insertion], at: int, line: str, test: TestFound | None) -> None:
    last = found[-1] if found else None
    if last is not None and last.line == at and last.test is test:
        found[-1] = replace(last, text=last.text + line)
    else:
        found.append(Insertion(line=at, text=line, test=test))


def _blank_lines_with_their_tests(found: Iterable[Insertion]) -> list[Insertion]:
    """The blank line before a test goes with it: without the test it is not wanted."""
    result: list[Insertion] = []
    for each in found:
        last = result[-1] if result else None
        if each.test is not None and last is not None and last.test is None and last.line == each.line:
            head, blank = _split_last_blank(last.text)
            result.pop()
            if head:
                result.append(Insertion(line=last.line, text=head, test=None))
            each = Insertion(line=each.line, text=blank + each.text, test=each.test)
        result.append(each)
    return result


def _split_last_blank(text: str) -> tuple[str, str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].strip():
        return "".join(lines[:-1]), lines[-1]
    return text, ""


def without(found: Sequence[Insertion], declined: Iterable[str]) -> list[Insertion]:
    """The insertions but for tests whose names are declined; nothing where no test is left."""
    names = set(declined)
    left: list[Insertion] = []
    for each in found:
        around = tuple(test for test in each.around if name_of(test) not in names)
        if each.test is not None and name_of(each.test) in names:
            continue
        if around or not each.around:
            left.append(replace(each, around=around))
    return left if any(each.test is not None for each in left) else []


def name_of(test: TestFound) -> str:
    """What a test is known by in its file: describe and name."""
    return f"{test.describe} {test.name}".strip()


def reanchored(found: Sequence[Insertion], before: str, now: str) -> list[Insertion]:
    """The insertions for a text that was edited meanwhile. Raises Misfit where their surroundings changed."""
    if before == now:
        return list(found)
    old, new = before.splitlines(keepends=True), now.splitlines(keepends=True)
    places: dict[int, int] = {}
    for tag, old_from, old_to, new_from, _ in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            for offset in range(old_to - old_from):
                places[old_from + offset] = new_from + offset
    moved = []
    for each in found:
        if each.line == len(old) and len(old) - 1 in places:
            line = places[len(old) - 1] + 1
        elif each.line in places:
            line = places[each.line]
        else:
            raise Misfit(f"line {each.line + 1} of the test file changed while tests were searched for")
        moved.append(replace(each, line=line))
    return moved


def applied(text: str, found: Sequence[Insertion]) -> str:
    """The text with the insertions in it."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    result: list[str] = []
    for number in range(len(lines) + 1):
        result += [each.text for each in found if each.line == number]
        result += lines[number : number + 1]
    return "".join(result)
