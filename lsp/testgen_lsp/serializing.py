"""A converter for messages that writes what there are a thousand of in a row, code lenses, without detours.

The general way takes three quarters of the time that the lenses of a file of 5,000 lines cost.
"""

from __future__ import annotations

from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.protocol import default_converter


def converter() -> Converter:
    """As pygls makes it, but for code lenses."""
    made: Converter = default_converter()  # type: ignore[no-untyped-call]
    made.register_unstructure_hook(types.CodeLens, _lens)
    return made


def _lens(lens: types.CodeLens) -> dict[str, Any]:
    """The lens as JSON has it; its command's arguments are plain values already."""
    start, end = lens.range.start, lens.range.end
    document: dict[str, Any] = {
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        }
    }
    if lens.command is not None:
        command = {"title": lens.command.title, "command": lens.command.command}
        document["command"] = {**command, "arguments": list(lens.command.arguments or ())}
    return document
