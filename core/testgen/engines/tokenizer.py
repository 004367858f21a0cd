"""The tokenizer of a model bundle: texts and byte strings to ids and back, exactly.

The library is imported when a tokenizer is opened. Ids below 256 plus the control tokens are single bytes,
so every byte string has an encoding, valid UTF-8 or not; a control token's spelling inside a byte string is
plain bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from testgen.prompt import CONTROL_TOKENS

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library

_INVALID = re.compile("([\udc80-\udcff])")


def byte_characters() -> dict[int, str]:
    """The printable character that stands for each byte in a byte-level vocabulary (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {
        byte: chr(256 + place) for place, byte in enumerate(rest)
    }


@dataclass(frozen=True)
class Tokenizer:
    """A trained vocabulary."""

    library: Library
    _counts: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(cls, path: Path) -> Tokenizer:
        """Reads a `tokenizer.json`. Raises OSError or ValueError where it is missing or damaged."""
        return cls.of_json(path.read_text(encoding="utf-8"))

    @classmethod
    def of_json(cls, text: str) -> Tokenizer:
        """From the content of a `tokenizer.json`."""
        from tokenizers import Tokenizer as Library

        try:
            return cls(Library.from_str(text))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"no tokenizer: {error}") from error

    @property
    def size(self) -> int:
        """Number of ids."""
        return self.library.get_vocab_size()

    def id_of(self, token: str) -> int:
        """Id of a control token. Raises KeyError where the vocabulary lacks it."""
        found = self.library.token_to_id(token)
        if found is None:
            raise KeyError(token)
        return found

    def encode(self, text: str) -> list[int]:
        """Ids of a text in which control tokens mean what they say."""
        return self.library.encode(text, add_special_tokens=False).ids

    def count(self, text: str) -> int:
        """Number of ids of a text. Kept per text: pieces of a module are counted again and again."""
        found = self._counts.get(text)
        if found is None:
            if len(self._counts) > 50_000:
                self._counts.clear()
            found = self._counts[text] = len(self.encode(text))
        return found

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids; bytes that are no UTF-8 become U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", "replace")

    def encode_bytes(self, data: bytes) -> list[int]:
        """Ids of any byte string; nothing in it is taken for a control token."""
        ids: list[int] = []
        for part in _INVALID.split(data.decode("utf-8", "surrogateescape")):
            if _INVALID.fullmatch(part):
                ids.append(self._byte_ids[ord(part) - 0xDC00])
            elif part:
                ids.extend(self._encode_plain(part))
        return ids

    def decode_bytes(self, ids: Sequence[int]) -> bytes:
        """The bytes of ids, control tokens by their spelling."""
        return b"".join(self._bytes_of[each] for each in ids)

    def _encode_plain(self, text: str) -> list[int]:
        self.library.encode_special_tokens = True
        try:
            return self.encode(text)
        finally:
            self.library.encode_special_tokens = False

    @cached_property
    def _byte_ids(self) -> dict[int, int]:
        return {byte: self.id_of(character) for byte, character in byte_characters().items()}

    @cached_property
    def _bytes_of(self) -> dict[int, bytes]:
        back = {character: byte for byte, character in byte_characters().items()}
        control = set(CONTROL_TOKENS)
        return {
            number: token.encode() if token in control else bytes(back[character] for character in token)
            for token, number in self.library.get_vocab().items()
        }
