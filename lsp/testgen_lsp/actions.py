"""Code actions: tests for the function under the cursor and for its module, and for a mutant that survived.

All of them are commands of the server: nothing runs until one is chosen, and nothing is offered when the
editor asks by itself, as when a file is saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from testgen.test_kind import TestKind
from testgen_lsp import places
from testgen_lsp.outline import Function, Outline
from testgen_lsp.server import TestgenServer
from testgen_lsp.survivors import mutant_of

GENERATE = "testgen.generate"
SCORE = "testgen.score"
GO_TO_TEST = "testgen.goToTest"
_PREFIXES = ("refactor.rewrite.generateTests", "source.generateTests")
KINDS = (
    types.CodeActionKind.QuickFix,
    *(f"{prefix}.{kind.value}" for prefix in _PREFIXES for kind in TestKind),
)
_NAMES = {
    TestKind.EXUNIT: "tests",
    TestKind.STREAMDATA: "property tests",
    TestKind.LIVEVIEW: "LiveView tests",
}


def actions(server: TestgenServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place."""
    context, uri = params.context, params.text_document.uri
    if context.trigger_kind is types.CodeActionTriggerKind.Automatic or not places.is_source(uri):
        return []
    outline = server.state.outline(server.workspace.get_text_document(uri))
    found = [
        *_fixes(server, uri, context.diagnostics),
        *_offered(server, uri, outline, params.range.start.line),
    ]
    return [each for each in found if _is_wanted(_text(each.kind), context.only)]


def _is_wanted(kind: str, only: Any) -> bool:
    """A kind is wanted where it, or one that it belongs to, was asked for; `source` only when asked."""
    if not only:
        return not kind.startswith("source.")
    return any(kind == each or kind.startswith(f"{each}.") or each == "" for each in map(_text, only))


def _text(kind: Any) -> str:
    return str(kind.value) if isinstance(kind, types.CodeActionKind) else str(kind)


def _offered(server: TestgenServer, uri: str, outline: Outline, line: int) -> Iterator[types.CodeAction]:
    if not outline.public:
        return
    function = outline.function_at(line)
    for kind in kinds_for(outline, server.test_kinds):
        if function is not None and _applies(kind, function):
            yield _action(uri, kind, f"{_PREFIXES[0]}.{kind.value}", function)
        for prefix in _PREFIXES:
            yield _action(uri, kind, f"{prefix}.{kind.value}", None)


def kinds_for(outline: Outline, supported: tuple[TestKind, ...]) -> list[TestKind]:
    """Sorts of tests that make sense for a file, of those that can be written."""
    wanted = [TestKind.LIVEVIEW] if outline.is_liveview else [TestKind.EXUNIT, TestKind.STREAMDATA]
    if outline.is_liveview and any(not _is_callback(each) for each in outline.public):
        wanted.append(TestKind.EXUNIT)
    return [kind for kind in wanted if kind in supported]


def _applies(kind: TestKind, function: Function) -> bool:
    """A property needs something to vary."""
    return kind is not TestKind.STREAMDATA or function.arity > 0


def _is_callback(function: Function) -> bool:
    return function.name in ("mount", "render", "handle_event", "handle_info", "handle_params", "update")


def _action(uri: str, kind: TestKind, action_kind: str, function: Function | None) -> types.CodeAction:
    what = function.signature if function is not None else "this module"
    title = f"Generate {_NAMES[kind]} for {what}"
    functions = [function.signature] if function is not None else []
    argument = {"uri": uri, "functions": functions, "kind": kind.value}
    return types.CodeAction(
        title=title,
        kind=action_kind,
        command=types.Command(title=title, command=GENERATE, arguments=[argument]),
    )


def _fixes(server: TestgenServer, uri: str, diagnostics: Any) -> Iterator[types.CodeAction]:
    for diagnostic in diagnostics:
        mutant = mutant_of(diagnostic, server, uri)
        if mutant is not None:
            title = "Write a test that kills this mutant"
            argument = {"uri": uri, "mutants": [mutant["mutant"]]}
            yield types.CodeAction(
                title=title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                command=types.Command(title=title, command=GENERATE, arguments=[argument]),
            )
