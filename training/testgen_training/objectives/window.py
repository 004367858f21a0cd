"""A stretch of whole lines of a source file, as long as an encoder allows."""

from __future__ import annotations

import random

from testgen.engines.tokenizer import Tokenizer


def window_ids(text: str, tokenizer: Tokenizer, max_tokens: int, rng: random.Random) -> list[int]:
    """Ids of consecutive lines from a random line on, at most `max_tokens`.

    A file that fits comes whole. The encoding is that of bytes: a control token spelled out in a source is
    text.
    """
    if len(text) < 2 * max_tokens:
        ids = tokenizer.encode_bytes(text.encode("utf-8"))
        if len(ids) <= max_tokens:
            return ids
    lines = text.splitlines(keepends=True)
    start = rng.randrange(max(1, len(lines) - 10))
    stretch = "".join(lines[start : start + max_tokens // 4])[: max_tokens * 6]
    return tokenizer.encode_bytes(stretch.encode("utf-8"))[:max_tokens]
