"""Test cases as the source of an ExUnit module, laid out as people lay it out; the agent's formatter has
the last word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from testgen.synthesis.cases import TMP_DIR, TestCase
from testgen.synthesis.shared_setup import Shared, shared
from testgen.synthesis.stub import Stub
from testgen.synthesis.terms import quote

_IMPORTS = (
    ("ExUnit.CaptureIO", r"\b(?:capture_io|with_io)\("),
    ("ExUnit.CaptureLog", r"\b(?:capture_log|with_log)\("),
    ("Phoenix.Component", r"~H\"\"\""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands at the top of a test module, whatever its tests are."""

    use: str = "ExUnit.Case"
    """The case template."""
    imports: tuple[str, ...] = ()
    """Modules that the tests import, beside those that their calls show."""
    attributes: tuple[str, ...] = ()
    """Module attributes, as lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """What goes into one test module."""

    module: str
    """The module under test."""
    shown_as: str
    cases: tuple[TestCase, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    """Short names that the tests may use, each with the full one."""
    stubs: tuple[Stub, ...] = ()
    """Modules that the tests may define."""
    doctests: bool = False
    doctest_except: tuple[str, ...] = ()
    """Functions (`name/arity`) whose examples do not hold today."""
    requires: bool = False
    """Whether macros of the module are called."""
    use_async: bool = True
    shares_setup: bool = True
    """Whether tests that start alike get a `setup`; not where each test is cut out on its own."""
    frame: Frame = Frame()

    @property
    def test_module(self) -> str:
        """The name of the test module."""
        return f"{self.module}Test"


def imports(lines: Iterable[str]) -> list[str]:
    """Modules that must be imported for what the lines call."""
    text = "\n".join(lines)
    return [module for module, pattern in _IMPORTS if re.search(pattern, text)]


def doctest_line(suite: Suite) -> str:
    """The `doctest` line, leaving out examples that do not hold."""
    if not suite.doctest_except:
        return f"doctest {suite.shown_as}"
    left_out = ", ".join(
        f"{name.rpartition('/')[0]}: {name.rpartition('/')[2]}" for name in suite.doctest_except
    )
    return f"doctest {suite.shown_as}, except: [{left_out}]"


def directives(suite: Suite) -> list[str]:
    """Imports, require and alias that the tests need, in the customary order."""
    called = imports(line for case in suite.cases for line in case.lines)
    lines = [f"import {module}" for module in (*called, *suite.frame.imports)]
    if suite.requires:
        lines += [f"require {suite.module}"]
    return [*lines, *sorted(alias_line(*pair) for pair in suite.aliases if is_used(pair[0], suite))]


def alias_line(short: str, full: str) -> str:
    """The directive that makes `short` stand for `full`."""
    return f"alias {full}" if full.endswith(f".{short}") else f"alias {full}, as: {short}"


def is_used(short: str, suite: Suite) -> bool:
    """Whether the tests write a module by its short name."""
    if suite.doctests and suite.shown_as == short:
        return True
    lines = (line for case in suite.cases for line in case.lines)
    return any(re.search(rf"(?<![\w.]){re.escape(short)}\b", line) for line in lines)


def render(suite: Suite) -> str:
    """The whole module, to be formatted."""
    use = f"use {suite.frame.use}, async: true" if suite.use_async else f"use {suite.frame.use}"
    blocks = [[f"  {use}"]]
    if found := directives(suite):
        blocks.append([])
        for kind, lines in groupby(found, key=lambda line: line.split(" ", 1)[0]):
            blocks[-1] += [f"  {line}" for line in lines]
            blocks.append([])
            del kind
        blocks = [block for block in blocks if block]
    if suite.frame.attributes:
        blocks.append([f"  {line}" for line in suite.frame.attributes])
    if suite.doctests:
        blocks.append([f"  {doctest_line(suite)}"])
    blocks += [
        [f"  {line}" if line else "" for line in stub.source(stub.name)]
        for stub in suite.stubs
        if is_used(stub.name, suite)
    ]
    blocks += _tests(suite)
    body = "\n\n".join("\n".join(block) for block in blocks)
    return f"defmodule {suite.test_module} do\n{body}\nend\n"


def _tests(suite: Suite) -> list[list[str]]:
    """The describes, after a `setup` for all of them where all tests start alike."""
    if not suite.shares_setup:
        return [describe_block(name, members) for name, members in by_describe(suite.cases)]
    whole = shared(suite.cases) if not suite.doctests else Shared(cases=suite.cases)
    found = [setup_block(whole.setup, "  ")] if whole.setup else []
    for name, members in by_describe(whole.cases):
        part = Shared(cases=tuple(members)) if whole.setup else shared(members)
        found.append(describe_block(name, part.cases, part.setup))
    return found


def setup_block(lines: Sequence[str], indent: str) -> list[str]:
    """A `setup` with its lines."""
    return [f"{indent}setup do", *(f"{indent}  {line}" if line else "" for line in lines), f"{indent}end"]


def by_describe(cases: Sequence[TestCase]) -> list[tuple[str, list[TestCase]]]:
    """Cases by their describe, in the order of its first case."""
    groups: dict[str, list[TestCase]] = {}
    for case in cases:
        groups.setdefault(case.describe, []).append(case)
    return list(groups.items())


def describe_block(name: str, cases: Sequence[TestCase], setup: Sequence[str] = ()) -> list[str]:
    """Lines of a describe, indented within its module."""
    lines = [f"  describe {quote(name)} do"]
    lines += [*setup_block(setup, "    "), ""] if setup else []
    for index, case in enumerate(cases):
        lines += ["", *test_block(case)] if index else test_block(case)
    return [*lines, "  end"]


def test_block(case: TestCase) -> list[str]:
    """Lines of a test, indented within its describe."""
    body = [text for line in case.lines for text in line.split("\n")]
    given = ", ".join(f"{name}: {name}" for name in case.context)
    context = f", %{{{given}}}" if given else ""
    return [
        *(["    @tag :tmp_dir"] if TMP_DIR in case.context else []),
        f"    test {quote(case.name)}{context} do",
        *(f"      {text}" if text else "" for text in body),
        "    end",
    ]


test_block.__test__ = False  # type: ignore[attr-defined]
