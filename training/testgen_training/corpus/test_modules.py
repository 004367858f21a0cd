"""The tests of a test file: one block each, with its name, its group, its calls and its assertions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from testgen.prompt import TestType
from testgen.reading import syntax
from testgen.reading.code_modules import module_name
from testgen.reading.syntax import Node, keyword, text
from testgen_training.corpus.calls import Call, Names, calls_in

_COMPARISONS = frozenset({"==", "===", "=~"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TestBlock:
    """One `test` or `property`."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    name: str
    describe: str
    test_type: TestType
    source: str
    calls: tuple[Call, ...]
    holes: tuple[tuple[int, int], ...]
    """Where in `source` an expected value stands, as offsets of characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestModule:
    """A test module with what is in scope in it."""

    __test__ = False

    name: str
    imports: tuple[str, ...]
    doctests: tuple[str, ...]
    """Modules whose examples it runs."""
    tests: tuple[TestBlock, ...]


@dataclass(slots=True)
class _Scope:
    names: Names = field(default_factory=Names)
    test_type: TestType = TestType.EXUNIT
    doctests: list[str] = field(default_factory=list)


def test_modules_of(root: Node) -> Iterator[TestModule]:
    """All modules of a file that hold tests or doctests."""
    for node in root.named_children:
        if keyword(node) == "defmodule" and (name := module_name(node, "")):
            scope = _Scope()
            tests = tuple(_tests(syntax.statements(node), scope, name, ""))
            if tests or scope.doctests:
                yield TestModule(
                    name=name,
                    imports=tuple(scope.names.imports),
                    doctests=tuple(scope.doctests),
                    tests=tests,
                )


test_modules_of.__test__ = False  # type: ignore[attr-defined]


def _tests(nodes: list[Node], scope: _Scope, module: str, describe: str) -> Iterator[TestBlock]:
    for node in nodes:
        called = keyword(node)
        args = syntax.arguments(node) if called else []
        if called in ("alias", "import", "use"):
            _enter(scope, node, called, args, module)
        elif called == "doctest" and args and args[0].type == "alias":
            scope.doctests.append(scope.names.resolve(text(args[0])))
        elif called == "describe" and args:
            yield from _tests(syntax.statements(node), scope, module, syntax.string_content(args[0]) or "")
        elif called in ("test", "property") and args:
            block = _block(node, args[0], scope, describe)
            if block is not None:
                yield block


def _enter(scope: _Scope, node: Node, called: str, args: list[Node], module: str) -> None:
    scope.names.learn(node, module)
    written = text(args[0]) if args else ""
    if called == "use" and written == "ExUnitProperties":
        scope.test_type = TestType.STREAMDATA
    elif called in ("import", "use") and written == "Phoenix.LiveViewTest":
        scope.test_type = TestType.LIVEVIEW


def _block(node: Node, title: Node, scope: _Scope, describe: str) -> TestBlock | None:
    name = syntax.string_content(title)
    body = next((child for child in node.named_children if child.type == "do_block"), None)
    if not name or body is None:
        return None
    source = syntax.dedented(node)
    kind = scope.test_type
    if kind is TestType.STREAMDATA and keyword(node) == "test" and "check all" not in source:
        kind = TestType.EXUNIT
    return TestBlock(
        name=name,
        describe=describe,
        test_type=kind,
        source=source,
        calls=tuple(calls_in(body, scope.names)),
        holes=tuple(_holes(source)),
    )


def _holes(source: str) -> Iterator[tuple[int, int]]:
    """Expected values of `assert actual == expected`, and patterns of `assert pattern = actual`."""
    data = source.encode("utf-8")
    for call in syntax.calls_below(syntax.parse(data)):
        if keyword(call) != "assert":
            continue
        args = syntax.arguments(call)
        expected = _expected(args[0]) if args else None
        if expected is not None:
            start = len(data[: expected.start_byte].decode("utf-8"))
            yield start, start + len(text(expected))


def _expected(node: Node) -> Node | None:
    if node.type != "binary_operator":
        return None
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return None
    if text(operator) == "=":
        return left
    if text(operator) not in _COMPARISONS:
        return None
    return left if right.type == "call" and left.type != "call" else right
