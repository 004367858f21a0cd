"""Identifier-aware masking: a name is masked wherever it occurs, and is to be found from how it is used.

Masked identifier prediction of CodeT5 (Wang et al. 2021, arXiv:2109.00859, section 3.2): all occurrences of
one identifier share a sentinel; the target lists each sentinel with its name. Deviation: half of the names
are masked, not all, so that a short stretch keeps something to read.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import SENTINELS, Target, Task
from testgen.reading import syntax
from testgen_training.corpus.records import FileRecord
from testgen_training.examples.example import Example, Workshop

_KEPT = frozenset(
    [
        *(
            "def",
            "defp",
            "defmodule",
            "defmacro",
            "defstruct",
            "do",
            "end",
            "use",
            "alias",
            "import",
            "require",
        ),
        *("if", "case", "cond", "with", "for", "unless", "raise", "quote", "unquote", "_", "__MODULE__"),
        *("test", "describe", "assert", "refute", "setup", "spec", "doc", "moduledoc", "type", "impl"),
        *("is_nil", "nil", "true", "false"),
    ]
)
"""Words of the language: masking them would ask for its grammar, not for names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """The objective."""

    share: float = 0.5
    """Of the distinct names that are masked."""
    task: Task = Task.IDENTIFIER
    records: str = "files"

    def example(self, record: FileRecord, workshop: Workshop, rng: random.Random) -> Example | None:
        """Masks names in one stretch of lines."""
        stretch = _stretch(record.text, workshop.limits.source_tokens * 3, rng)
        names = [name for name in identifiers(stretch) if name not in _KEPT]
        chosen = rng.sample(names, min(len(names), max(1, int(len(names) * self.share)), len(SENTINELS)))
        if not chosen:
            return None
        masked, target = mask(stretch, sorted(chosen, key=names.index))
        source = self.task.token + masked
        if workshop.tokenizer.count(source) > workshop.limits.source_tokens:
            return None
        return workshop.finished(self.task, record.repository, source, Target(forced="", answer=target))


def identifiers(code: str) -> list[str]:
    """Distinct identifiers in the order of their first use."""
    nodes = syntax.walk(syntax.parse(code.encode("utf-8")))
    return list(dict.fromkeys(syntax.text(node) for node in nodes if node.type == "identifier"))


def mask(code: str, names: list[str]) -> tuple[str, str]:
    """The code with every occurrence of each name replaced by its sentinel, and the target."""
    sentinel_of = dict(zip(names, SENTINELS, strict=False))
    data, parts, at = code.encode("utf-8"), [], 0
    for node in syntax.walk(syntax.parse(data)):
        if node.type == "identifier" and (sentinel := sentinel_of.get(syntax.text(node))):
            parts += [data[at : node.start_byte].decode("utf-8"), sentinel]
            at = node.end_byte
    target = "".join(sentinel + name for name, sentinel in sentinel_of.items())
    return "".join(parts) + data[at:].decode("utf-8"), target


def _stretch(text: str, max_chars: int, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    start = rng.randrange(max(1, len(lines) - 10))
    taken, room = [], max_chars
    for line in lines[start:]:
        room -= len(line)
        if room < 0:
            break
        taken.append(line)
    return "".join(taken)
