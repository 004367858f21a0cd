"""Complete configurations of trainings, by stage and size, and what each stage asks of a configuration.

A recipe is a function that returns a whole configuration; what differs between sizes is in view in one place.
"""

from __future__ import annotations

from pathlib import Path

from testgen_training.errors import ConfigInvalid
from testgen_training.examples.example import Limits
from testgen_training.examples.mixture import Mixture
from testgen_training.fitting.config import Config, Optimization
from testgen_training.model import base, large, nano

FINETUNING = Mixture(objectives={"call": 0.45, "test": 0.20, "name": 0.15, "assertion": 0.10, "span": 0.10})
"""What serving asks, with a tenth of span prediction so that what was learnt of the language stays."""


def nano_pretraining(corpus: Path, tokenizer: Path, output: Path) -> Config:
    """On two CPU cores; 100 million tokens are about ten core-hours."""
    return Config(
        corpus=corpus,
        tokenizer=tokenizer,
        output=output,
        shape=nano(),
        limits=Limits(source_tokens=384, target_tokens=128),
        steps=12_000,
        batch_tokens=4_096,
        accumulate=2,
        precision="fp32",
        threads=1,
    )


def nano_finetuning(corpus: Path, initial: Path, output: Path) -> Config:
    """After `nano_pretraining`, at a third of its rate."""
    return Config(
        corpus=corpus,
        tokenizer=initial / "tokenizer.json",
        output=output,
        initial=initial,
        mixture=FINETUNING,
        limits=Limits(source_tokens=384, target_tokens=128),
        optimization=Optimization(rate=6e-3, warmup_steps=100),
        steps=3_000,
        batch_tokens=4_096,
        accumulate=2,
        precision="fp32",
        threads=1,
        patience=8,
    )


def base_pretraining(corpus: Path, tokenizer: Path, output: Path) -> Config:
    """On one GPU of 40 GB or more, in bf16."""
    return Config(
        corpus=corpus,
        tokenizer=tokenizer,
        output=output,
        shape=base(),
        limits=Limits(source_tokens=2_048, target_tokens=512),
        optimization=Optimization(rate=2e-2, warmup_steps=2_000),
        steps=100_000,
        batch_tokens=32_768,
        accumulate=4,
        gradient_checkpointing=True,
        validate_every=1_000,
        checkpoint_every=1_000,
        tensorboard=True,
    )


def large_pretraining(corpus: Path, tokenizer: Path, output: Path) -> Config:
    """On one GPU of 80 GB, or several by accelerate."""
    return Config(
        corpus=corpus,
        tokenizer=tokenizer,
        output=output,
        shape=large(),
        limits=Limits(source_tokens=4_096, target_tokens=768),
        optimization=Optimization(rate=1e-2, warmup_steps=4_000),
        steps=150_000,
        batch_tokens=32_768,
        accumulate=8,
        gradient_checkpointing=True,
        validate_every=1_000,
        checkpoint_every=1_000,
        tensorboard=True,
    )


def checked(stage: str, config: Config) -> Config:
    """The configuration, if it fits the stage: a pretraining has no initial model, a finetuning one."""
    if stage == "pretrain" and config.initial is not None:
        raise ConfigInvalid(
            "Pretraining starts from random weights.", "Leave `initial` out, or run `finetune`."
        )
    if stage == "finetune" and config.initial is None:
        raise ConfigInvalid(
            "Finetuning needs a model to start from.", "Set `initial` to the `best` folder of a pretraining."
        )
    return config
