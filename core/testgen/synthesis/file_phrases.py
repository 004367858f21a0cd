"""Files in words: `for an empty file`, where a test's setup writes into the test's own folder."""

from __future__ import annotations

import re
from collections.abc import Sequence

from testgen.synthesis.reader import read
from testgen.synthesis.terms import Str

_WRITTEN = re.compile(r"File\.write!\((?P<path>.*), (?P<text>\"(?:[^\"\\]|\\.)*\")\)\Z")
_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


def on_files(setup: Sequence[str], *, alone: bool) -> str:
    """What the call is about; empty where no folder of the test's own takes part. `alone` where nothing else
    is said of the call.
    """
    if not any("tmp_dir" in line for line in setup):
        return ""
    written = [found for line in setup if (found := _WRITTEN.match(line))]
    preposition = "for" if alone else "in"
    if not any(line.startswith("path = ") for line in setup):
        return f"{preposition} {_folder(len(written))}"
    if not written:
        return "where there is no file"
    return f"{preposition} {_file(read(written[-1]['text']))}"


def _file(text: object) -> str:
    if not isinstance(text, Str):
        return "a file"
    if not text.value:
        return "an empty file"
    lines = len(text.value.rstrip("\n").split("\n"))
    if lines == 1:
        return f"a file with '{text.value.strip()}'" if len(text.value) <= 20 else "a file of one line"
    return f"a file of {_number(lines)} lines"


def _folder(files: int) -> str:
    if not files:
        return "an empty folder"
    return f"a folder with {_number(files)} file{'s' if files > 1 else ''}"


def _number(count: int) -> str:
    return _COUNTS[count] if count < len(_COUNTS) else str(count)
