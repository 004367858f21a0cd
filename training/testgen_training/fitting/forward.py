"""One batch through the model: every distinct source is encoded once, however many examples share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from testgen_training.examples.batches import IGNORED, Batch

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

# R: distinct sources. B: examples. S: source tokens. T: target tokens. V: vocabulary. D: width.


def logits(model: T5ForConditionalGeneration, batch: Batch, *, shuffled: bool = False) -> Tensor:
    """Logits (B, T, V). `shuffled` gives each example the source of another: what is lost is what the source
    is worth.
    """
    from transformers.modeling_outputs import BaseModelOutput

    device = next(model.parameters()).device
    source_RS = torch.from_numpy(batch.source_RS).to(device)  # noqa: N806
    mask_RS = torch.from_numpy(batch.mask_RS).to(device)  # noqa: N806
    row_B = torch.from_numpy(batch.row_B).to(device)  # noqa: N806
    if shuffled:
        row_B = (row_B + 1) % len(source_RS)  # noqa: N806
    encoder = model.get_encoder()
    encoded_RSD = encoder(input_ids=source_RS, attention_mask=mask_RS).last_hidden_state  # noqa: N806
    done = model(
        encoder_outputs=BaseModelOutput(last_hidden_state=encoded_RSD[row_B]),
        attention_mask=mask_RS[row_B],
        decoder_input_ids=torch.from_numpy(batch.decoder_BT).to(device),
        use_cache=False,
    )
    found: Tensor = done.logits
    return found


def losses(logits_BTV: Tensor, batch: Batch) -> Tensor:  # noqa: N803
    """Negative log-likelihood of each answer, summed over its tokens: (B,), float32, in nats."""
    labels_BT = torch.from_numpy(batch.labels_BT).to(logits_BTV.device)  # noqa: N806
    each_BT = functional.cross_entropy(  # noqa: N806
        logits_BTV.float().transpose(1, 2), labels_BT, ignore_index=IGNORED, reduction="none"
    )
    return each_BT.sum(dim=1)
