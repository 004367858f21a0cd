"""Lenses are written as every other message is, only faster."""

from __future__ import annotations

from lsprotocol import types
from pygls.protocol import default_converter

from testgen_lsp.lenses import _lens
from testgen_lsp.serializing import converter


def test_a_lens_is_written_as_the_general_way_writes_it() -> None:
    lens = _lens(3, "Generate tests 🛒", "testgen.generate", {"uri": "file:///a.ex", "functions": ["f/1"]})
    answer = types.METHOD_TO_TYPES[types.TEXT_DOCUMENT_CODE_LENS][1]
    message = answer(id=1, result=[lens, lens])  # type: ignore[call-arg]
    assert converter().unstructure(message) == default_converter().unstructure(message)
