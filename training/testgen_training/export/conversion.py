"""From a model in torch to CTranslate2's files, and the check that both say the same.

The converter is CTranslate2's own, given the model in memory. Compared are log-probabilities of given
targets, not argmaxes: an output scale that is missing on one side changes every probability while greedy
answers still agree.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import END, PAD

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

Pair = tuple[Sequence[int], Sequence[int]]
"""Ids of a source and of a target that ends with the end token."""


def to_ctranslate2(
    model: T5ForConditionalGeneration, tokenizer: Tokenizer, folder: Path, quantization: str
) -> None:
    """Writes the model with weights of the given type (`int8`, `float32`) to a new folder.

    A copy is converted: the converter's optimization changes the weights that it is given in place.
    """
    from ctranslate2.converters.transformers import T5Loader

    with torch.no_grad():
        spec = T5Loader().get_model_spec(copy.deepcopy(model))
        vocabulary = [tokenizer.library.id_to_token(number) for number in range(tokenizer.size)]
        spec.register_source_vocabulary(vocabulary)
        spec.register_target_vocabulary(vocabulary)
        spec.config.decoder_start_token = PAD
        spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = PAD, END, PAD
        spec.validate()
        spec.optimize(quantization=quantization)
        folder.mkdir(parents=True, exist_ok=True)
        spec.save(str(folder))


def differences(left: Sequence[float], right: Sequence[float], pairs: Sequence[Pair]) -> list[float]:
    """Of log-probabilities, per token of the target."""
    return [
        abs(one - other) / len(target) for one, other, (_, target) in zip(left, right, pairs, strict=True)
    ]


def log_probabilities(model: T5ForConditionalGeneration, pairs: Sequence[Pair]) -> list[float]:
    """Of each target given its source, by the model in torch."""
    found = []
    with torch.no_grad():
        for source, target in pairs:
            logits = model(
                input_ids=torch.tensor([list(source)]),
                decoder_input_ids=torch.tensor([[0, *target[:-1]]]),
            ).logits
            chosen = logits[0].float().log_softmax(-1).gather(1, torch.tensor([list(target)]).T)
            found.append(float(chosen.sum()))
    return found
