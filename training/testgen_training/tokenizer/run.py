"""The tokenizer stage: a byte-level BPE over Elixir, and a table of how many bytes its tokens carry.

Text is cut before merging so that an operator, `&1`, `:ok`, `@doc` or `~s` is never joined to its neighbour,
and a line's indentation is one piece (Sennrich et al. 2016, arXiv:1508.07909; byte level as in GPT-2).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from testgen import atomic_write
from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import CONTROL_TOKENS
from testgen_training import stage
from testgen_training.corpus import records
from testgen_training.errors import CorpusUnusable
from testgen_training.tokenizer.config import Config
from testgen_training.tokenizer.fertility import fertility
from testgen_training.tokenizer.wholes import OPERATORS, WHOLES

TOKENIZER = "tokenizer.json"
_CHARS_PER_REPEAT = 20_000
"""The trainer sees each whole once per so many characters: oftener than the last merge of a 50k vocabulary.
"""


def run(config: Config) -> Path:
    """Trains, or finds trained, a tokenizer; returns its file. Raises CorpusUnusable without a text."""
    path = config.output / TOKENIZER
    if stage.manifest_of(config.output) is not None:
        return path
    stage.open_output(config.output, config)
    texts = _texts(config)
    if not texts:
        raise CorpusUnusable(f"{config.corpus} has no training text.", "Run `testgen-train corpus` first.")
    atomic_write.write_text(path, train(texts, config.size))
    table = fertility(Tokenizer.open(path), config.corpus, config.peer)
    stage.finish(config.output, [TOKENIZER], {"bytes_read": sum(map(len, texts)), "bytes_per_token": table})
    return path


def train(texts: list[str], size: int) -> str:
    """The content of a `tokenizer.json` trained on texts."""
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as Library

    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern()), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    library.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(CONTROL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator(_with_wholes(texts), trainer)
    content: str = library.to_str()
    return content


def pattern() -> str:
    """The regular expression of the pieces that are never joined with each other."""
    operators = "|".join(
        "".join(f"\\x{{{ord(character):x}}}" for character in operator)
        for operator in sorted(OPERATORS, key=len, reverse=True)
    )
    return "|".join(
        (
            r"\n[ ]*",
            r" ?phx-[a-z-]+",
            r" ?:[A-Za-z_][A-Za-z0-9_]*[?!]?",
            r" ?@[a-z_][A-Za-z0-9_]*",
            r" ?~[A-Za-z]",
            r" ?&[0-9]+",
            r" ?[A-Za-z_][A-Za-z0-9_]*[?!]?(?::(?=\s|\z))?",
            r" ?[0-9]{1,4}",
            f" ?(?:{operators})",
            r""" ?[()\[\]{}"',.;%]{1,4}""",
            r" ?[^\sA-Za-z0-9_]",
            r"\s+",
        )
    )


def _with_wholes(texts: list[str]) -> Iterator[str]:
    repeats = max(200, sum(map(len, texts)) // _CHARS_PER_REPEAT)
    for whole in WHOLES:
        for written in (whole, f" {whole}"):
            yield from [written] * repeats
    yield from texts


def _texts(config: Config) -> list[str]:
    path = config.corpus / "train" / "files.jsonl"
    if not path.exists():
        raise CorpusUnusable(f"{path} is missing.", "Run `testgen-train corpus` first.")
    texts = [each.text for each in records.read(path) if isinstance(each, records.FileRecord)]
    random.Random(config.seed).shuffle(texts)
    chosen, room = [], config.max_bytes
    for text in texts:
        if room <= 0:
            break
        chosen.append(text)
        room -= len(text)
    return chosen
