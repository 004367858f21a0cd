"""Surviving mutants as hints on the source, each with what changed; gone when the source is edited."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from testgen.wire import Survivor
from testgen_lsp.arguments import plain
from testgen_lsp.places import path_of
from testgen_lsp.server import TestgenServer
from testgen_lsp.state import read_text

SOURCE = "testgen"


def publish(server: TestgenServer, uri: str) -> None:
    """Shows the survivors that are known of a source file, or that there are none."""
    known = server.state.known.get(uri)
    survivors = known.survivors if known is not None and server.settings.survivors else ()
    lines = _lines(server, uri) if survivors else []
    found = [_diagnostic(server, each, lines) for each in survivors]
    document = server.workspace.text_documents.get(uri)
    version = document.version if document is not None else None
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
    )


def clear(server: TestgenServer, uri: str) -> None:
    """The source was edited: what was found of it no longer holds."""
    if server.state.forget(uri):
        publish(server, uri)


def _lines(server: TestgenServer, uri: str) -> list[str]:
    document = server.workspace.text_documents.get(uri)
    path = path_of(uri)
    text = document.source if document is not None else (read_text(path) if path else None)
    return (text or "").splitlines(keepends=True)


def _diagnostic(server: TestgenServer, survivor: Survivor, lines: list[str]) -> types.Diagnostic:
    codec = server.workspace.position_codec
    inner = types.Range(
        types.Position(survivor.line - 1, survivor.column - 1),
        types.Position(survivor.end_line - 1, survivor.end_column - 1),
    )
    return types.Diagnostic(
        range=codec.range_to_client_units(lines, inner),
        message=f"No test notices this change:\n{chr(10).join(survivor.diff)}",
        severity=types.DiagnosticSeverity.Hint,
        source=SOURCE,
        code=survivor.operator,
        data={"mutant": survivor.key, "function": survivor.function},
    )


def mutant_of(diagnostic: types.Diagnostic, server: TestgenServer, uri: str) -> dict[str, Any] | None:
    """The mutant that a diagnostic of ours is about; by its place where the client dropped its data."""
    if diagnostic.source != SOURCE:
        return None
    data = plain(diagnostic.data)
    if isinstance(data, dict) and "mutant" in data:
        return data
    known = server.state.known.get(uri)
    for each in known.survivors if known else ():
        if each.line - 1 == diagnostic.range.start.line and each.operator == diagnostic.code:
            return {"mutant": each.key, "function": each.function}
    return None
