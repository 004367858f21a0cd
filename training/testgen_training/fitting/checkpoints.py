"""Checkpoints: everything that training needs to go on as if it had never stopped, whole or not at all.

A checkpoint is a folder written under another name and renamed; its `state.json` comes last and holds the
checksums. One that was cut off, by a crash or a full disk, is passed over for the one before it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_model

from testgen.errors import WriteFailed
from testgen_training import stage
from testgen_training.errors import CheckpointUnusable

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

_KEPT = 2
_MODEL, _REST, _STATE = "model.safetensors", "optimizers.pt", "state.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A complete checkpoint on disk."""

    folder: Path
    state: dict[str, Any]
    """Step, place in the stream, validation so far."""


def save(
    folder: Path,
    model: T5ForConditionalGeneration,
    optimizers: list[torch.optim.Optimizer],
    state: Mapping[str, Any],
) -> Path:
    """Writes `step_N` below `folder`, N being the state's step, and removes all but the newest two."""
    target = folder / f"step_{state['step']:08d}"
    partial = folder / f"partial_{state['step']:08d}"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        save_model(model, str(partial / _MODEL))
        torch.save(
            {"optimizers": [each.state_dict() for each in optimizers], "rng": torch.get_rng_state()},
            partial / _REST,
        )
        sums = {name: stage.describe(partial / name) for name in (_MODEL, _REST)}
        (partial / _STATE).write_text(json.dumps({**state, "files": sums}, indent=2), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    except (OSError, RuntimeError, SafetensorError) as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise WriteFailed(
            f"The checkpoint of step {state['step']} could not be written to {folder}: {error}.",
            "Make room on the disk and run the same command again: it goes on from the checkpoint before.",
        ) from error
    for old in sorted(folder.glob("step_*"))[:-_KEPT]:
        shutil.rmtree(old)
    return target


def newest(folder: Path) -> Checkpoint | None:
    """The newest complete checkpoint; damaged ones are passed over."""
    for path in sorted(folder.glob("step_*"), reverse=True):
        try:
            return opened(path)
        except CheckpointUnusable:
            continue
    return None


def opened(path: Path) -> Checkpoint:
    """A checkpoint whose files are whole. Raises CheckpointUnusable."""
    try:
        state: dict[str, Any] = json.loads((path / _STATE).read_text(encoding="utf-8"))
        for name, expected in state["files"].items():
            if stage.describe(path / name) != expected:
                raise CheckpointUnusable(
                    f"{path / name} is cut off or changed.", f"Remove {path}; the one before it is used."
                )
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointUnusable(f"{path} is no complete checkpoint: {error}.", f"Remove {path}.") from error
    return Checkpoint(path, state)


def restore(
    checkpoint: Checkpoint, model: T5ForConditionalGeneration, optimizers: list[torch.optim.Optimizer]
) -> None:
    """Puts weights, optimizers and random numbers back. Raises CheckpointUnusable where shapes differ."""
    load_weights(checkpoint.folder, model)
    rest = torch.load(checkpoint.folder / _REST, weights_only=True)
    for optimizer, state in zip(optimizers, rest["optimizers"], strict=True):
        optimizer.load_state_dict(state)
    torch.set_rng_state(rest["rng"])


def load_weights(folder: Path, model: T5ForConditionalGeneration) -> None:
    """Reads `model.safetensors` of a folder into a model. Raises CheckpointUnusable where they do not belong
    together.
    """
    try:
        weights = load_file(folder / _MODEL)
        missing, unexpected = model.load_state_dict(weights, strict=False)
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise CheckpointUnusable(
            f"{folder / _MODEL} does not belong to this model: {error}.",
            "Name the folder of a model of the same shape.",
        ) from error
    tied = {"lm_head.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "shared.weight"}
    if unexpected or set(missing) - tied:
        raise CheckpointUnusable(
            f"{folder / _MODEL} lacks {sorted(set(missing) - tied)[:3]} or has {unexpected[:3]} too many.",
            "Name the folder of a model of the same shape.",
        )
