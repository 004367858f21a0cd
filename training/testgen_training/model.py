"""The encoder-decoder: T5 v1.1 blocks in transformers (gated GELU, RMS norm, relative positions), by size.

Shazeer 2020 (arXiv:2002.05202) for the gate, and for its hidden width being smaller than without one; Raffel
et al. 2020 (arXiv:1910.10683) for the rest; more encoder than decoder layers, since it is the decoder that
runs once per token (Kasai et al. 2020, arXiv:2006.10369). Embeddings are tied, with the decoder's output
scaled by d_model^-0.5 as T5 does when they are: the one arrangement that CTranslate2's converter reproduces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from testgen_training.errors import ConfigInvalid

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The size of a model."""

    vocabulary: int = 8192
    width: int = 256
    """d_model."""
    heads: int = 4
    head_width: int = 64
    hidden: int = 512
    """Width inside the gated feed-forward block."""
    encoder_layers: int = 4
    decoder_layers: int = 3
    position_buckets: int = 32
    position_reach: int = 256
    """Tokens from which on distances share a bucket."""
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name in (
            "vocabulary",
            "width",
            "heads",
            "head_width",
            "hidden",
            "encoder_layers",
            "decoder_layers",
        ):
            if getattr(self, name) < 1:
                raise ConfigInvalid(f"{name} is {getattr(self, name)}; it must be at least 1.")
        if not 0 <= self.dropout < 1:
            raise ConfigInvalid(f"dropout is {self.dropout}; it must be at least 0 and below 1.")

    @property
    def num_parameters(self) -> int:
        """Of the whole model, by arithmetic."""
        inner = self.heads * self.head_width
        attention, feed = 4 * self.width * inner, 3 * self.width * self.hidden
        encoder = self.encoder_layers * (attention + feed + 2 * self.width)
        decoder = self.decoder_layers * (2 * attention + feed + 3 * self.width)
        positions = 2 * self.position_buckets * self.heads
        return self.vocabulary * self.width + encoder + decoder + positions + 2 * self.width


def nano() -> Shape:
    """The model that ships: small enough to train and to run on a CPU."""
    return Shape()


def base() -> Shape:
    """About 125 million parameters, for one GPU: 12 layers, a deep encoder and a shallow decoder."""
    return Shape(
        vocabulary=32_000,
        width=768,
        heads=12,
        hidden=2304,
        encoder_layers=8,
        decoder_layers=4,
        dropout=0.1,
    )


def large() -> Shape:
    """About 350 million parameters: 24 layers."""
    return Shape(
        vocabulary=32_000,
        width=1024,
        heads=16,
        hidden=2560,
        encoder_layers=16,
        decoder_layers=8,
        dropout=0.1,
    )


SHAPES = {"nano": nano, "base": base, "large": large}
"""The sizes by name."""


def build(shape: Shape, *, seed: int) -> T5ForConditionalGeneration:
    """A model with random weights."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(seed)
    return T5ForConditionalGeneration(T5Config(**settings(shape)))


def settings(shape: Shape) -> dict[str, Any]:
    """The shape in the words of transformers' `T5Config`."""
    return {
        "vocab_size": shape.vocabulary,
        "d_model": shape.width,
        "d_kv": shape.head_width,
        "d_ff": shape.hidden,
        "num_layers": shape.encoder_layers,
        "num_decoder_layers": shape.decoder_layers,
        "num_heads": shape.heads,
        "relative_attention_num_buckets": shape.position_buckets,
        "relative_attention_max_distance": shape.position_reach,
        "dropout_rate": shape.dropout,
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
    }
