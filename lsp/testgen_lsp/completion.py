"""Completions for people who write the test themselves: what a started assertion would observe.

In a test, `assert Cart.total(cart)` is offered with the value that the call returns, run by the daemon with
the lines of the test before it. Nothing is offered where that takes too long, is refused, or differs from run
to run.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from testgen.errors import TestgenError
from testgen.wire import Alias, CompleteRequest, CompleteResult, Workspace
from testgen_lsp import places
from testgen_lsp.outline import Outline
from testgen_lsp.server import TestgenServer

_ASSERT = re.compile(r"^(\s*)assert\s+(\S.*?)\s*(==?)?\s*$")
_COMPARED = re.compile(r"(==|!=|=~|<=|>=|<|>|\bin\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An assertion that somebody began."""

    call: str
    setup: tuple[str, ...]
    line: int
    indent: str
    column: int
    """Where its text begins, in codepoints."""


def started(lines: Sequence[str], outline: Outline, line: int, column: int) -> Started | None:
    """The assertion before the cursor, where one stands alone at the end of a line of a test."""
    test = outline.test_at(line) or outline.test_at(line, "property")
    if test is None or not test.line < line or line >= len(lines):
        return None
    text = lines[line].rstrip("\r\n")
    found = _ASSERT.match(text[:column])
    if found is None or text[column:].strip() or _COMPARED.search(found[2]) or not _is_balanced(found[2]):
        return None
    setup = tuple(each.strip() for each in lines[test.line + 1 : line] if _is_statement(each))
    return Started(call=found[2], setup=setup, line=line, indent=found[1], column=len(found[1]))


def _is_balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}")) and text.count('"') % 2 == 0


def _is_statement(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not stripped.startswith(("#", "assert", "refute"))


async def completions(server: TestgenServer, params: types.CompletionParams) -> list[types.CompletionItem]:
    """At most one item."""
    uri = params.text_document.uri
    settings = server.settings
    if not (settings.completions and settings.trusted and places.is_test(uri)):
        return []
    document = server.workspace.get_text_document(uri)
    inner = document.position_codec.position_from_client_units(document.lines, params.position)
    outline = server.state.outline(document)
    begun = started(document.lines, outline, inner.line, inner.character)
    if begun is None:
        return []
    try:
        lines = await asyncio.wait_for(_observed(server, uri, outline, begun), settings.completion_s)
    except (TestgenError, asyncio.TimeoutError):
        return []
    return [_item(begun, lines, params.position)] if lines else []


async def _observed(server: TestgenServer, uri: str, outline: Outline, begun: Started) -> tuple[str, ...]:
    path = places.path_of(uri)
    root = places.workspace_root(path, server.folders) if path is not None else None
    if path is None or root is None:
        return ()
    pair = places.pair_of_test(path)
    module = next((each.name for each in outline.modules), "").removesuffix("Test")
    daemon = await server.connection.daemon()
    job = await daemon.submit(
        CompleteRequest(
            key=uuid.uuid4().hex,
            client=server.client_name[:100],
            workspace=Workspace(root=str(root), trusted=server.settings.trusted),
            path=str(pair.source if pair is not None else path),  # the test file may be on no disk yet
            call=begun.call,
            setup=begun.setup,
            module=module,
            aliases=tuple(Alias(shown=shown, module=full) for shown, full in outline.aliases),
        )
    )
    try:
        async for _ in daemon.events(job.id):
            pass
    except asyncio.CancelledError:
        await daemon.cancel(job.id)
        raise
    status = await daemon.job(job.id)
    result = await daemon.result(status) if status.has_result else None
    return result.lines if isinstance(result, CompleteResult) else ()


def _item(begun: Started, lines: tuple[str, ...], position: types.Position) -> types.CompletionItem:
    text = "\n".join([lines[0], *(begun.indent + line for line in lines[1:])])
    start = types.Position(begun.line, begun.column)  # blanks before it: a unit each in every encoding
    return types.CompletionItem(
        label=text.splitlines()[0],
        kind=types.CompletionItemKind.Value,
        detail="observed by running it",
        filter_text=f"assert {begun.call}",
        insert_text_format=types.InsertTextFormat.PlainText,
        sort_text="0",
        preselect=True,
        text_edit=types.TextEdit(range=types.Range(start, position), new_text=text),
    )
