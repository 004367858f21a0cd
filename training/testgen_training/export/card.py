"""The model card: what the model is, what it was trained on, what it was measured to do, and what it is not
for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CARD = """\
# {name}

An encoder-decoder of {millions:.1f} million parameters that proposes arguments, tests and names for Elixir
modules. It is one proposer of `testgen generate`: what it proposes is parsed, checked and executed before
anything is kept.

- **Architecture**: T5 v1.1 blocks; {shape}.
- **Prompt**: {source_tokens} tokens of the module, the focal function first; answers: {target_tokens}.
- **Licence**: Apache-2.0, as testgen.

## Training data

{data}

## Measured

{measured}

## Not for

Writing code that nobody runs. It knows no expected values: those come from execution. It has seen public
Elixir only, most of it libraries, and proposes what people wrote there.
"""


def card(about: Mapping[str, Any], corpus: Path | None, evaluation: Path | None) -> str:
    """The card in Markdown, its figures from the manifests and results given."""
    return _CARD.format(
        name=about["name"],
        millions=about["num_parameters"] / 1e6,
        shape=", ".join(f"{key.replace('_', ' ')} {value}" for key, value in about["shape"].items()),
        source_tokens=about["source_tokens"],
        target_tokens=about["target_tokens"],
        data=_data(corpus),
        measured=_measured(evaluation),
    )


def _data(corpus: Path | None) -> str:
    if corpus is None:
        return "Not recorded with this export."
    manifest = json.loads((corpus / "manifest.json").read_text(encoding="utf-8"))
    used = [each for each in manifest["repositories"] if each["split"] == "train"]
    licences: Counter[str] = Counter()
    for each in used:
        licences.update(each["licences"])
    counts = manifest["splits"]["train"]
    named = ", ".join(f"{licence} {count:,}" for licence, count in licences.most_common())
    return (
        f"{len(used)} public repositories, {counts['files']:,} files, {counts['bytes'] / 1e6:.0f} MB, "
        f"{counts['tests']:,} tests paired with their modules, {counts['calls']:,} literal calls. "
        f"Files by licence: {named}. Repositories that are used for evaluation were left out, "
        "and what shares 13-grams with them was dropped."
    )


def _measured(evaluation: Path | None) -> str:
    if evaluation is None:
        return "Not evaluated."
    results = json.loads(evaluation.read_text(encoding="utf-8"))
    rows = [
        f"| {task} | {each['nats_per_byte']:.3f} | {each['nats_per_byte_shuffled']:.3f} |"
        for task, each in results["tasks"].items()
    ]
    head = (
        "| task | nats per byte, held-out repositories | the same, sources shuffled |\n| --- | --- | --- |\n"
    )
    return head + "\n".join(rows)
