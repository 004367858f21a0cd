"""Which licence a file is under: that of the nearest folder above it which says one.

A subfolder may differ from the root (one large repository is Apache-2.0 at its root and under a
source-available licence in one folder), so the question is asked per file. Texts are recognised by
`identify`, which compares with the SPDX texts; short notices and `licenses:` in a mix.exs are read here.
What is not understood is not permissive.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from identify.identify import license_id

from testgen.reading import syntax

PERMISSIVE = frozenset(
    [
        "Apache-2.0",
        "MIT",
        "MIT-0",
        "ISC",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "0BSD",
        "Unlicense",
        "Zlib",
        "CC0-1.0",
        "BSL-1.0",
    ]
)
UNKNOWN = "unknown"
_LICENCE_FILE = re.compile(
    r"(licen[cs]e|copying|unlicense)([.-](md|txt|mit|apache|apache2|markdown))?\Z", re.IGNORECASE
)
_README = re.compile(r"readme(\.(md|txt|markdown))?\Z", re.IGNORECASE)
_HEADER = re.compile(r"SPDX-License-Identifier:\s*([\w.+-]+)")
_OVER_LINES = re.IGNORECASE | re.DOTALL
_NOTICES = (
    ("Elastic-2.0", re.compile(r"elastic license", re.IGNORECASE)),
    ("AGPL-3.0", re.compile(r"affero general public", re.IGNORECASE)),
    ("GPL", re.compile(r"gnu (lesser )?general public", re.IGNORECASE)),
    ("MPL-2.0", re.compile(r"mozilla public license", re.IGNORECASE)),
    ("BUSL-1.1", re.compile(r"business source license", re.IGNORECASE)),
    ("CC-BY-NC", re.compile(r"noncommercial|non-commercial", re.IGNORECASE)),
    ("Apache-2.0", re.compile(r"apache license,?\s+version 2\.0|apache 2(\.0)? license", re.IGNORECASE)),
    ("MIT", re.compile(r"permission is hereby granted, free of charge.{0,900}provided .as is", _OVER_LINES)),
    (
        "ISC",
        re.compile(r"permission to use, copy, modify, and(/or)? distribute this software", re.IGNORECASE),
    ),
)
"""Restrictive ones first: a file that mentions both is taken at its worst."""
_NAMES = {
    **dict.fromkeys(
        ("apache", "apache-2", "apache 2", "apache 2.0", "apache v2", "apache v2.0"), "Apache-2.0"
    ),
    **dict.fromkeys(("apache license 2.0", "apache license, version 2.0"), "Apache-2.0"),
    **dict.fromkeys(("mit license", "the mit license"), "MIT"),
    **dict.fromkeys(("bsd-3", "bsd 3-clause"), "BSD-3-Clause"),
    "bsd-2": "BSD-2-Clause",
}
"""How `licenses:` in a mix.exs is written where it is no SPDX id."""


@dataclass(slots=True)
class Licences:
    """The licences of one repository, by folder."""

    by_folder: dict[str, str] = field(default_factory=dict)

    def of(self, path: str, text: str = "") -> str:
        """SPDX id of a file's licence: its header's, or the nearest folder's; `UNKNOWN` where nobody says."""
        if found := _HEADER.search(text[:2000]):
            return found.group(1)
        for folder in PurePosixPath(path).parents:
            if (name := self.by_folder.get(str(folder))) is not None:
                return name
        return UNKNOWN


def says_licence(path: str) -> bool:
    """Whether a file may say what its folder is licensed under."""
    name = PurePosixPath(path).name
    return name == "mix.exs" or _LICENCE_FILE.match(name) is not None or _README.match(name) is not None


def licences_of(files: Mapping[str, bytes]) -> Licences:
    """Reads the files that `says_licence` picked: a licence text counts most, then mix.exs, then a readme."""
    found = Licences()
    for path in sorted(files, key=_weight):
        folder, name = str(PurePosixPath(path).parent), PurePosixPath(path).name
        said = _of_mix_file(files[path]) if name == "mix.exs" else of_text(files[path])
        if said == UNKNOWN and (_README.match(name) or folder in found.by_folder):
            continue
        if said is not None:
            found.by_folder[folder] = said
    return found


def _weight(path: str) -> tuple[int, str]:
    """Weakest first: what comes later overrides."""
    name = PurePosixPath(path).name
    return (0 if _README.match(name) else 1 if name == "mix.exs" else 2, path)


@lru_cache(maxsize=512)
def of_text(data: bytes) -> str:
    """SPDX id of a licence text; `UNKNOWN` where it is none that is known, or not UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return UNKNOWN
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "LICENSE")
        path.write_text(text, encoding="utf-8")
        if found := license_id(str(path)):
            return found
    return next((name for name, pattern in _NOTICES if pattern.search(text)), UNKNOWN)


def _of_mix_file(data: bytes) -> str | None:
    """The first entry of `licenses:`; None where the file has no such key."""
    for node in syntax.walk(syntax.parse(data)):
        if node.type != "pair" or len(node.named_children) != 2:
            continue
        key, value = node.named_children
        if syntax.text(key).strip() in ("licenses:", "licences:") and value.type == "list":
            names = [syntax.string_content(each) or "" for each in value.named_children]
            return _NAMES.get(names[0].strip().lower(), names[0].strip()) if names else UNKNOWN
    return None
