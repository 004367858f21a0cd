"""From a module to its tests and back: the command `testgen.goToTest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from testgen_lsp import outline as outlines
from testgen_lsp import places
from testgen_lsp.server import TestgenServer
from testgen_lsp.state import read_text


async def go(server: TestgenServer, given: dict[str, Any]) -> dict[str, Any] | None:
    """Shows the other file, at the tests of a function where one is named; answers its place."""
    path = places.path_of(str(given.get("uri", "")))
    if path is None:
        raise ValueError("testgen.goToTest wants {uri, function?}")
    pair = places.pair_of_test(path) if places.is_test(path.name) else places.pair_of_source(path)
    target = None if pair is None else pair.source if places.is_test(path.name) else pair.test
    if target is None or not target.is_file():
        server.say(f"{path.name} has no {'source' if places.is_test(path.name) else 'test'} file yet.")
        return None
    line = _line_of(target, given.get("function"))
    place = types.Range(types.Position(line, 0), types.Position(line, 0))
    window = server.client_capabilities.window
    if window and window.show_document and window.show_document.support:
        await server.window_show_document_async(
            types.ShowDocumentParams(uri=places.uri_of(target), take_focus=True, selection=place)
        )
    return {"uri": places.uri_of(target), "line": line}


def _line_of(target: Path, function: object) -> int:
    """The describe of a function; the first line where there is none."""
    outline = outlines.read(read_text(target) or "")
    found = [each.line for each in outline.tests if each.kind == "describe" and each.name == function]
    return found[0] if found else 0
