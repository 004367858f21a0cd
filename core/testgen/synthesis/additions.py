"""Additions to an existing test file: where each new line goes, without a change to any line that is there.
Pure.

Works on the agent's outline of the file. New tests go to the end of the `describe` of their function where
there is one, else into new describes at the end of the module; imports, requires and aliases after the last
directive of their kind. Line endings and a byte order mark stay as they are.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testgen.synthesis.render import Suite, directives, doctest_line
from testgen.synthesis.terms import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A named stretch of lines, 1-based, both ends included."""

    name: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeOutline:
    """A `describe` and the names of its tests."""

    span: Span
    tests: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleOutline:
    """A test module as it stands in a file."""

    span: Span
    uses: tuple[str, ...]
    aliases: tuple[tuple[str, str, int], ...]
    """As what, which module, on which line."""
    describes: tuple[DescribeOutline, ...]
    tests: tuple[Span, ...]
    last_directive_line: int
    indent: int
    """Columns before the `defmodule`."""

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> ModuleOutline:
        """An outline from the agent's map."""
        return cls(
            span=_span(wire),
            uses=tuple(_text(each) for each in wire.get("uses") or ()),
            aliases=tuple(
                (str(each["as"]), str(each["module"]), int(each.get("line") or 0))
                for each in wire.get("aliases") or ()
            ),
            describes=tuple(
                DescribeOutline(span=_span(each), tests=tuple(map(_span, each.get("tests") or ())))
                for each in wire.get("describes") or ()
            ),
            tests=tuple(map(_span, wire.get("tests") or ())),
            last_directive_line=int(wire.get("last_directive_line") or wire["line"]),
            indent=max(int(wire.get("indent") or 2) - 2, 0),
        )

    def name_of(self, module: str) -> str | None:
        """How this file writes a module's name; None where it has no alias for it."""
        return next((shown for shown, full, _ in self.aliases if full == module), None)

    def taken_names(self) -> dict[str, set[str]]:
        """Names of tests, by describe (`""` for tests outside of any)."""
        taken = {each.span.name: {test.name for test in each.tests} for each in self.describes}
        return {**taken, "": {test.name for test in self.tests}}


def _span(wire: Mapping[str, Any]) -> Span:
    return Span(name=str(wire.get("name") or ""), line=int(wire["line"]), end_line=int(wire["end_line"]))


def _text(wire: Any) -> str:
    return str(wire.get("source") or wire.get("module") or "") if isinstance(wire, Mapping) else str(wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Formatted lines of one new test, as they stand within a describe of a module without indent."""

    describe: str
    lines: tuple[str, ...]


class OutlineMismatchError(Exception):
    """The outline does not fit the text: an insertion would have changed an existing line."""


def blocks(formatted: str, outline: ModuleOutline) -> list[Block]:
    """The tests of a formatted module, cut out by its outline."""
    lines = formatted.split("\n")
    return [
        Block(describe=each.span.name, lines=tuple(lines[first_line(lines, test.line) - 1 : test.end_line]))
        for each in outline.describes
        for test in each.tests
    ]


def first_line(lines: Sequence[str], line: int) -> int:
    """The line (1-based) that a test on `line` begins with: the first of its tags."""
    while line > 1 and lines[line - 2].lstrip().startswith("@tag "):
        line -= 1
    return line


def add(source: str, outline: ModuleOutline, suite: Suite, formatted: Sequence[Block]) -> str:
    """The file's text with the suite's tests and directives in it.

    Raises OutlineMismatchError where an existing line would change.
    """
    ending = "\r\n" if "\r\n" in source else "\n"
    lines = source.split(ending)
    inserted: list[tuple[int, list[str]]] = [
        *_directives(lines, outline, suite),
        *_tests(lines, outline, formatted),
    ]
    for after, new in sorted(inserted, key=lambda each: each[0], reverse=True):
        lines[after:after] = [ending_free.rstrip("\r") for ending_free in new]
    result = ending.join(lines)
    if not only_inserts(source, result):
        raise OutlineMismatchError("an existing line of the test file would have changed")
    return result


def _directives(lines: Sequence[str], outline: ModuleOutline, suite: Suite) -> list[tuple[int, list[str]]]:
    """Where directives go: line number after which, and the lines."""
    pad = " " * (outline.indent + 2)
    present = {" ".join(line.split()) for line in lines[outline.span.line - 1 : outline.span.end_line]}
    known = {full for _, full, _ in outline.aliases}
    wanted = [
        line
        for line in directives(suite)
        if line not in present and not (line.startswith("alias ") and line.split()[1].rstrip(",") in known)
    ]
    placed: dict[int, list[str]] = {}
    for line in wanted:
        keyword = line.split(" ", 1)[0]
        at = _last_of(lines, outline, keyword) or outline.last_directive_line
        alone = at == outline.last_directive_line and not _last_of(lines, outline, keyword)
        placed.setdefault(at, []).extend([""] if alone and not placed.get(at) else [])
        placed[at].append(pad + line)
    attributes = [line for line in suite.frame.attributes if line not in present]
    if attributes:
        placed.setdefault(outline.last_directive_line, []).extend(["", *(pad + line for line in attributes)])
    if suite.doctests and not any(text.lstrip().startswith("doctest ") for text in lines):
        placed.setdefault(outline.last_directive_line, []).extend(["", pad + doctest_line(suite)])
    return list(placed.items())


def _last_of(lines: Sequence[str], outline: ModuleOutline, keyword: str) -> int:
    """The last single-line directive of a kind directly within the module; 0 where there is none."""
    pad = " " * (outline.indent + 2)
    found = 0
    for number in range(outline.span.line, min(outline.last_directive_line, len(lines)) + 1):
        text = lines[number - 1]
        if text.startswith(f"{pad}{keyword} ") and not text.rstrip().endswith((",", "{")):
            found = number
    return found


def _tests(
    lines: Sequence[str], outline: ModuleOutline, formatted: Sequence[Block]
) -> list[tuple[int, list[str]]]:
    shift = " " * outline.indent
    existing = {each.span.name: each for each in outline.describes}
    inserted: dict[int, list[str]] = {}
    fresh: dict[str, list[Block]] = {}
    for block in formatted:
        if block.describe not in existing:
            fresh.setdefault(block.describe, []).append(block)
            continue
        at = existing[block.describe].span.end_line - 1
        first = not inserted.get(at) and (
            at <= existing[block.describe].span.line or not lines[at - 1].strip()
        )
        inserted.setdefault(at, []).extend([*([] if first else [""]), *_indented(block.lines, shift)])
    at = outline.span.end_line - 1
    for name, members in fresh.items():
        first = not inserted.get(at) and (at <= outline.span.line or not lines[at - 1].strip())
        inserted.setdefault(at, []).extend([*([] if first else [""]), *_describe(name, members, shift)])
    return list(inserted.items())


def _describe(name: str, members: Sequence[Block], shift: str) -> list[str]:

    lines = [f"{shift}  describe {quote(name)} do"]
    for index, block in enumerate(members):
        lines += [*([""] if index else []), *_indented(block.lines, shift)]
    return [*lines, f"{shift}  end"]


def _indented(lines: Sequence[str], shift: str) -> list[str]:
    return [shift + line if line.strip() else "" for line in lines]


def only_inserts(before: str, after: str) -> bool:
    """Whether `after` has every line of `before`, unchanged and in order."""
    remaining = iter(after.splitlines(keepends=True))
    return all(any(line == other for other in remaining) for line in _lines_but_last_ending(before, after))


def _lines_but_last_ending(before: str, after: str) -> list[str]:
    lines = before.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n") and after.endswith("\n"):
        lines[-1] += "\n"
    return lines


def unified(before: str, after: str, path: str) -> str:
    """A unified diff of the test file, as `git diff` would show it."""
    old = before.splitlines(keepends=True)
    new = after.splitlines(keepends=True)
    source = f"a/{path}" if before else "/dev/null"
    return "".join(difflib.unified_diff(old, new, source, f"b/{path}"))
