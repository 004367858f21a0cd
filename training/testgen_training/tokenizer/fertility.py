"""How many bytes a token carries on held-out repositories, beside another tokenizer on the same text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from testgen.engines.tokenizer import Tokenizer
from testgen_training.corpus import records

_MAX_BYTES = 5_000_000


def fertility(tokenizer: Tokenizer, corpus: Path, peer: Path | None = None) -> dict[str, dict[str, float]]:
    """Bytes per token by split and role of file; `peer` beside it where one is given."""
    found: dict[str, dict[str, float]] = {}
    counters: dict[str, Callable[[str], int]] = {"this": tokenizer.count}
    if peer is not None:
        counters["peer"] = peer_counter(peer)
    for split in ("validation", "test"):
        for role in ("code", "test"):
            texts = _texts(corpus / split / "files.jsonl", role)
            if texts:
                found[f"{split} {role}"] = {
                    name: round(_bytes_per_token(count, texts), 3) for name, count in counters.items()
                }
    return found


def peer_counter(path: Path) -> Callable[[str], int]:
    """Counts tokens with another tokenizer: a `tokenizer.json`, or what a GGUF file brings."""
    if path.suffix != ".gguf":
        from tokenizers import Tokenizer as Library

        library = Library.from_file(str(path))
        return lambda text: len(library.encode(text, add_special_tokens=False).ids)
    from transformers import AutoTokenizer

    read = AutoTokenizer.from_pretrained(str(path.parent), gguf_file=path.name)
    return lambda text: len(read(text, add_special_tokens=False)["input_ids"])


def _texts(path: Path, role: str) -> list[str]:
    texts, room = [], _MAX_BYTES
    for each in records.read(path) if path.exists() else ():
        if isinstance(each, records.FileRecord) and each.role == role and room > 0:
            texts.append(each.text)
            room -= len(each.text)
    return texts


def _bytes_per_token(count: Callable[[str], int], texts: list[str]) -> float:
    return sum(len(text.encode("utf-8")) for text in texts) / max(1, sum(map(count, texts)))
