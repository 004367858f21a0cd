"""The export stage: the best weights as a bundle; a format that differs from its source is refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen import atomic_write
from testgen.engines import bundle as bundles
from testgen.engines.bundle import Bundle
from testgen.engines.ctranslate2 import CTranslate2Engine
from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import Task
from testgen_training import stage
from testgen_training.errors import CheckpointUnusable
from testgen_training.export.card import card
from testgen_training.export.config import Config
from testgen_training.export.conversion import Pair, differences, log_probabilities, to_ctranslate2
from testgen_training.fitting.model_folder import load_model, shape_of

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

_CARD = "MODEL_CARD.md"
_NUM_PAIRS = 16


def run(config: Config) -> Path:
    """Writes the bundle and returns its folder. Raises CheckpointUnusable where a format differs from its
    source.
    """
    model = load_model(config.model)
    tokenizer = Tokenizer.open(config.model / "tokenizer.json")
    config.output.mkdir(parents=True, exist_ok=True)
    (config.output / bundles.MANIFEST).unlink(missing_ok=True)
    atomic_write.write_text(
        config.output / bundles.TOKENIZER, (config.model / "tokenizer.json").read_text(encoding="utf-8")
    )
    for each in config.formats:
        _write(each, model, tokenizer, config.output / each)
    about = _about(config, model, tokenizer)
    atomic_write.write_text(config.output / _CARD, card(about, config.corpus, config.evaluation))
    _finish(config.output, about)
    found = compared(Bundle.open(config.output), model, tokenizer)
    _refuse_difference(config, found)
    _finish(config.output, {**about, "log_probability_difference_per_token": found})
    return config.output


def _write(each: str, model: T5ForConditionalGeneration, tokenizer: Tokenizer, folder: Path) -> None:
    if each == "torch":
        model.save_pretrained(folder)
    else:
        to_ctranslate2(model, tokenizer, folder, each.removeprefix("ct2-"))


def _about(config: Config, model: T5ForConditionalGeneration, tokenizer: Tokenizer) -> dict[str, Any]:
    return {
        "format": bundles.FORMAT,
        "name": config.name,
        "num_parameters": sum(each.numel() for each in model.parameters()),
        "shape": asdict(shape_of(config.model)),
        "vocabulary": tokenizer.size,
        "source_tokens": config.limits.source_tokens,
        "target_tokens": config.limits.target_tokens,
        "formats": list(config.formats),
        "versions": stage.versions(),
    }


def _finish(output: Path, about: Mapping[str, Any]) -> None:
    files = {str(path.relative_to(output)): stage.describe(path) for path in sorted(_files(output))}
    atomic_write.write_text(
        output / bundles.MANIFEST, json.dumps({**about, "files": files}, indent=2, ensure_ascii=False) + "\n"
    )


def _files(output: Path) -> Iterator[Path]:
    return (path for path in output.rglob("*") if path.is_file() and path.name != bundles.MANIFEST)


def compared(
    bundle: Bundle, model: T5ForConditionalGeneration, tokenizer: Tokenizer
) -> dict[str, dict[str, float]]:
    """By format of CTranslate2: largest and mean difference of a log-probability, in nats per token."""
    pairs = probe_pairs(tokenizer, bundle.source_tokens)
    wanted = log_probabilities(model, pairs)
    found = {}
    for each in bundle.formats:
        if each.startswith("ct2-"):
            engine = CTranslate2Engine.open(bundle, weights=each)
            values = [engine.log_probability(source, target) for source, target in pairs]
            gaps = differences(wanted, values, pairs)
            found[each] = {"largest": round(max(gaps), 6), "mean": round(sum(gaps) / len(gaps), 6)}
    return found


def probe_pairs(tokenizer: Tokenizer, source_tokens: int) -> list[Pair]:
    """Sources and targets of random ids, of all lengths: what two forms of a model are compared on."""
    rng = random.Random(0)
    first = tokenizer.id_of(Task.CALL.token)
    plain = range(256, tokenizer.size)
    return [
        (
            [first, *rng.choices(plain, k=rng.randint(1, source_tokens - 1))],
            [first, *rng.choices(plain, k=rng.randint(1, 24)), 1],
        )
        for _ in range(_NUM_PAIRS)
    ]


def _refuse_difference(config: Config, found: Mapping[str, Mapping[str, float]]) -> None:
    largest = found.get("ct2-float32", {}).get("largest", 0.0)
    if largest > config.tolerance:
        (config.output / bundles.MANIFEST).unlink()
        raise CheckpointUnusable(
            f"CTranslate2 in float32 differs from its source by {largest} nats per token, more than the "
            f"{config.tolerance} that are allowed.",
            "The conversion does not reproduce this model: compare transformers' and CTranslate2's releases.",
        )
