"""A trained model as a folder: weights, shape and tokenizer, replaced as a whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from testgen_training import model as models
from testgen_training.errors import CheckpointUnusable
from testgen_training.fitting import checkpoints

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

_SHAPE = "shape.json"


def shape_of(folder: Path) -> models.Shape:
    """The shape of a model that `save_model` wrote. Raises CheckpointUnusable."""
    try:
        return models.Shape(**json.loads((folder / _SHAPE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointUnusable(
            f"{folder} holds no model: {error}.", "Name the `best` folder of a training."
        ) from error


def load_model(folder: Path) -> T5ForConditionalGeneration:
    """The model of a folder that `save_model` wrote, ready to be asked. Raises CheckpointUnusable."""
    built = models.build(shape_of(folder), seed=0)
    checkpoints.load_weights(folder, built)
    built.train(False)
    return built


def save_model(
    folder: Path, trained: T5ForConditionalGeneration, shape: models.Shape, tokenizer: Path
) -> None:
    """Writes a model beside `folder` and puts it in its place."""
    from safetensors.torch import save_model as save

    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    save(trained, str(partial / "model.safetensors"))
    (partial / _SHAPE).write_text(json.dumps(asdict(shape), indent=2), encoding="utf-8")
    shutil.copy(tokenizer, partial / "tokenizer.json")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
