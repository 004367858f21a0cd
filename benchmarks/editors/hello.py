"""The peer of the language server's start: the smallest server that pygls allows, started in the same way."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("hello", "v1")


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(_params: types.HoverParams) -> types.Hover:
    """Says hello."""
    return types.Hover("hello")


if __name__ == "__main__":
    server.start_io()
