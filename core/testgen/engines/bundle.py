"""A model on disk: a folder with the tokenizer, weights in one or more formats, and a manifest with
checksums.

`bundle.json` is written last by the export; a folder without it is no bundle. What is opened here is files
only: the engines read the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testgen.engines.tokenizer import Tokenizer
from testgen.errors import ModelUnusable

MANIFEST = "bundle.json"
TOKENIZER = "tokenizer.json"
FORMAT = 1
"""Of the bundle and of the prompts that its model was trained on: another number, another prompt."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose manifest was read; `verify` reads the rest."""

    folder: Path
    name: str
    num_parameters: int
    source_tokens: int
    """The longest prompt that the model was trained on."""
    target_tokens: int
    formats: tuple[str, ...]
    """Folders with weights: `ct2-int8`, `ct2-float32`, `torch`."""
    about: Mapping[str, Any]
    """The whole manifest."""

    @classmethod
    def open(cls, folder: Path) -> Bundle:
        """Reads the manifest. Raises ModelUnusable where there is none, or one of another format."""
        path = folder / MANIFEST
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            if about["format"] != FORMAT:
                raise ModelUnusable(
                    f"{folder} has the format {about['format']}; this testgen reads {FORMAT}.",
                    "Export the model again with this release, or use another: testgen model list",
                )
            return cls(
                folder=folder,
                name=str(about["name"]),
                num_parameters=int(about["num_parameters"]),
                source_tokens=int(about["source_tokens"]),
                target_tokens=int(about["target_tokens"]),
                formats=tuple(about["formats"]),
                about=about,
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelUnusable(
                f"{folder} holds no model: {type(error).__name__}: {error}.", "testgen model list"
            ) from error

    def verify(self) -> None:
        """Reads every file and compares it with its checksum. Raises ModelUnusable at the first that
        differs.
        """
        for name, expected in self.about["files"].items():
            path = self.folder / name
            if not path.is_file():
                raise ModelUnusable(f"{path} is missing.", _AGAIN)
            if _checksum(path) != expected["sha256"]:
                raise ModelUnusable(f"{path} is cut off or changed.", _AGAIN)
        self.tokenizer()

    def tokenizer(self) -> Tokenizer:
        """The tokenizer. Raises ModelUnusable where it is damaged or another's."""
        try:
            found = Tokenizer.open(self.folder / TOKENIZER)
        except (OSError, ValueError) as error:
            raise ModelUnusable(f"{self.folder / TOKENIZER}: {error}.", _AGAIN) from error
        if found.size != self.about["vocabulary"]:
            raise ModelUnusable(
                f"The tokenizer of {self.name} has {found.size} ids, its model {self.about['vocabulary']}.",
                _AGAIN,
            )
        return found


_AGAIN = "Take the bundle from where it came once more; testgen model verify tells whether it is whole."


def _checksum(path: Path) -> str:
    checksum = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum.update(block)
    return checksum.hexdigest()
