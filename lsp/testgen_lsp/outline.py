"""What stands where in an Elixir file, read from its text alone: modules, functions, describes, tests.

Runs on every keystroke and on code that does not parse, so that it reads lines, not trees: a definition is
a line that begins with its keyword, and ends where the next one of its module begins. Text in heredocs and
comments is left out. What macros define is not seen. The daemon, which has Elixir, knows better; here it is
decided only where something is offered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_MODULE = re.compile(r"^(\s*)defmodule\s+([A-Z][\w.]*)\s+do\b")
_FUNCTION = re.compile(r"^(\s*)(def|defmacro|defp|defmacrop|defguard|defdelegate)\s+([a-z_]\w*[?!]?)(.*)$")
_TEST = re.compile(r'^(\s*)(test|property|describe)\s+"((?:[^"\\]|\\.)*)"')
_ALIAS = re.compile(r"^\s*alias\s+([A-Z]\w*(?:\.[A-Z]\w*)*)(?:\.\{([^}]*)\}|\s*,\s*as:\s*([A-Z]\w*))?")
_USE = re.compile(r"^\s*use\s+(.+)$")
_HEREDOC = re.compile(r'"""|\'\'\'')
_LIVEVIEW = re.compile(r":live_view\b|:live_component\b|Phoenix\.Live(View|Component)\b")
_PUBLIC = ("def", "defdelegate", "defmacro", "defguard")
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(slots=True, kw_only=True)
class Function:
    """A function with all its clauses. Lines are 0-based, as in the protocol."""

    name: str
    arity: int
    kind: str
    module: str
    line: int
    end_line: int
    head: str = ""
    """The arguments as they are written, with their parentheses."""

    @property
    def signature(self) -> str:
        """`name/arity`."""
        return f"{self.name}/{self.arity}"

    @property
    def is_public(self) -> bool:
        """Whether a test can call it."""
        return self.kind in _PUBLIC


@dataclass(slots=True, kw_only=True)
class Block:
    """A module, or a `describe`, `test` or `property` of a test file."""

    kind: str
    name: str
    line: int
    end_line: int
    indent: int


@dataclass(slots=True, kw_only=True)
class Outline:
    """All of a file."""

    modules: list[Block] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    tests: list[Block] = field(default_factory=list)
    """Describes, tests and properties in the order of their lines."""
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """As what, and which module."""
    is_liveview: bool = False

    def function_at(self, line: int) -> Function | None:
        """The public function whose lines hold a line."""
        found = [each for each in self.functions if each.is_public and each.line <= line <= each.end_line]
        return found[-1] if found else None

    def module_at(self, line: int) -> Block | None:
        """The innermost module that holds a line."""
        found = [each for each in self.modules if each.line <= line <= each.end_line]
        return found[-1] if found else None

    def test_at(self, line: int, kind: str = "test") -> Block | None:
        """The test, or describe, that holds a line."""
        found = [each for each in self.tests if each.kind == kind and each.line <= line <= each.end_line]
        return found[-1] if found else None

    @property
    def public(self) -> list[Function]:
        """Functions that a test can call."""
        return [each for each in self.functions if each.is_public]


def read(text: str) -> Outline:
    """The outline of a file's text."""
    lines = text.splitlines()
    code = _code_lines(lines)
    outline = Outline()
    for number in code:
        line = lines[number]
        stripped = line.lstrip()
        if stripped.startswith("def"):
            _definition(outline, lines, number)
        elif stripped.startswith(("test", "property", "describe")):
            _test(outline, lines, number)
        elif stripped.startswith("alias"):
            outline.aliases += _aliases(line)
        elif stripped.startswith("use") and (used := _USE.match(line)):
            outline.is_liveview = outline.is_liveview or bool(_LIVEVIEW.search(used[1]))
    _close_functions(outline)
    return outline


def _code_lines(lines: list[str]) -> list[int]:
    """Numbers of the lines that are neither within a heredoc nor a comment."""
    code, delimiter = [], ""
    for number, line in enumerate(lines):
        if delimiter:
            if line.lstrip().startswith(delimiter):
                delimiter = ""
            continue
        if not line.lstrip().startswith("#"):
            code.append(number)
            found = _HEREDOC.findall(line)
            if len(found) % 2:
                delimiter = found[-1]
    return code


def _definition(outline: Outline, lines: list[str], number: int) -> None:
    line = lines[number]
    if module := _MODULE.match(line):
        indent = len(module[1])
        parents = [each for each in outline.modules if each.indent < indent and each.end_line >= number]
        name = f"{parents[-1].name}.{module[2]}" if parents else module[2]
        end = _end_of(lines, number, indent)
        outline.modules.append(Block(kind="module", name=name, line=number, end_line=end, indent=indent))
        return
    found = _FUNCTION.match(line)
    if found is None:
        return
    module_block = outline.module_at(number)
    arity, head = _arguments(lines, number, found.start(4))
    module_name = module_block.name if module_block else ""
    before = outline.functions[-1] if outline.functions else None
    if before and (before.name, before.arity, before.module) == (found[3], arity, module_name):
        return  # another clause
    outline.functions.append(
        Function(
            name=found[3],
            arity=arity,
            kind=found[2],
            module=module_name,
            line=number,
            end_line=module_block.end_line - 1 if module_block else len(lines) - 1,
            head=head,
        )
    )


def _arguments(lines: list[str], number: int, column: int) -> tuple[int, str]:
    """How many arguments a definition has, and their text; over several lines where they are written so."""
    text = lines[number][column:]
    if not text.startswith("("):
        return 0, ""
    depth, count, has_any, in_string, taken = 0, 0, False, "", []
    for row in (text, *lines[number + 1 : number + 40]):
        for index, char in enumerate(row):
            taken.append(char)
            if in_string:
                in_string = "" if char == in_string and row[index - 1] != "\\" else in_string
            elif char in "\"'":
                in_string, has_any = char, True
            elif char in _OPENING:
                depth, has_any = depth + 1, has_any or depth > 0
            elif char in _CLOSING:
                depth -= 1
                if depth == 0:
                    return count + has_any, "".join(taken)
            elif char == "," and depth == 1:
                count += 1
            elif not char.isspace():
                has_any = True
        taken.append("\n")
    return count + has_any, "".join(taken)


def _end_of(lines: list[str], number: int, indent: int) -> int:
    """The line of the `end` that closes a block, by its indent; the last line where there is none."""
    wanted = " " * indent + "end"
    for later in range(number + 1, len(lines)):
        line = lines[later]
        if line.startswith(wanted) and not line[indent + 3 : indent + 4].isidentifier():
            return later
    return len(lines) - 1


def _test(outline: Outline, lines: list[str], number: int) -> None:
    found = _TEST.match(lines[number])
    if found is not None:
        indent = len(found[1])
        end = _end_of(lines, number, indent)
        outline.tests.append(Block(kind=found[2], name=found[3], line=number, end_line=end, indent=indent))


def _close_functions(outline: Outline) -> None:
    """A function ends before the next of its module."""
    for each, following in zip(outline.functions, outline.functions[1:], strict=False):
        each.end_line = min(each.end_line, following.line - 1)


def _aliases(line: str) -> list[tuple[str, str]]:
    found = _ALIAS.match(line)
    if found is None:
        return []
    module, group, shown = found[1], found[2], found[3]
    if group is not None:
        members = [each.strip() for each in group.split(",") if each.strip()]
        return [(member.rpartition(".")[2], f"{module}.{member}") for member in members]
    return [(shown or module.rpartition(".")[2], module)]
