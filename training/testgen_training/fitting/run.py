"""The loop: batches in, a model out, resumable at every checkpoint to the same numbers.

`best/` holds the weights with the lowest validation loss, `checkpoints/` what resuming needs,
`metrics.jsonl` the curves.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator

from testgen.engines.tokenizer import Tokenizer
from testgen_training import model as models
from testgen_training import stage
from testgen_training.errors import CheckpointUnusable, Diverged
from testgen_training.examples.batches import Batch, Loader, examples_of
from testgen_training.examples.corpus_view import CorpusView
from testgen_training.examples.example import Example, Workshop
from testgen_training.examples.mixture import Draws
from testgen_training.fitting import checkpoints
from testgen_training.fitting.config import Config
from testgen_training.fitting.forward import logits, losses
from testgen_training.fitting.model_folder import save_model, shape_of
from testgen_training.fitting.optimizers import optimizers_of, rate_share, set_rates
from testgen_training.fitting.validation import Validation, validate
from testgen_training.ontology import notions_of

_LOG = logging.getLogger(__name__)
_BEST, _CHECKPOINTS = "best", "checkpoints"
_MAY_DIFFER = frozenset({"threads", "tensorboard", "checkpoint_every"})


@dataclass(slots=True)
class Progress:
    """Where training is; everything that a checkpoint must hold beside weights."""

    step: int = 0
    loader: dict[str, int] = field(default_factory=dict)
    best: float = math.inf
    since_best: int = 0
    plateau_share: float = 1.0
    num_tokens: int = 0
    """Without padding, so far."""
    seconds: float = 0.0


class _Training:
    """The parts of one training, put together once."""

    def __init__(self, config: Config) -> None:
        self.config = config
        if config.threads:
            torch.set_num_threads(config.threads)
        self.tokenizer = Tokenizer.open(config.tokenizer)
        self.accelerator = Accelerator(mixed_precision=_precision(config.precision))
        self.shape = _shape(config, self.tokenizer)
        self.raw = models.build(self.shape, seed=config.seed)
        if config.initial is not None:
            checkpoints.load_weights(config.initial, self.raw)
        if config.gradient_checkpointing:
            self.raw.activation_checkpointing_enable({"use_reentrant": False})
        self.progress = Progress()
        made = optimizers_of(self.raw, config.optimization)
        self.model, *self.optimizers = self.accelerator.prepare(self.raw, *made)
        self.workshop = Workshop(
            tokenizer=self.tokenizer,
            limits=config.limits,
            module=lambda name: self.view.module(name),
            notions=notions_of if config.notions else lambda _module: "",
        )
        self.view = CorpusView(config.corpus, "train")
        draws = Draws(self.view, config.mixture, window=config.window, seed=config.seed)
        self.loader = Loader(self.view, draws, self.workshop, config.batch_tokens, config.seed)
        self.held_out = validation_examples(config, self.tokenizer)

    def resume(self) -> None:
        """Goes on from the newest complete checkpoint, if there is one."""
        found = checkpoints.newest(self.config.output / _CHECKPOINTS)
        if found is None:
            return
        checkpoints.restore(found, self.raw, self.optimizers)
        self.progress = Progress(**found.state["progress"])
        self.loader.window, self.loader.at = self.progress.loader["window"], self.progress.loader["at"]
        _LOG.info("resumed at step %d", self.progress.step)

    def checkpoint(self) -> None:
        """Writes a checkpoint of this moment."""
        self.progress.loader = self.loader.state()
        state = {"step": self.progress.step, "progress": asdict(self.progress)}
        checkpoints.save(self.config.output / _CHECKPOINTS, self.raw, self.optimizers, state)

    def step(self, batches: list[Batch]) -> float:
        """One step of all optimizers; the loss in nats per answer token. Raises Diverged."""
        num_answer_tokens = sum(len(each.answer_ids) for batch in batches for each in batch.examples)
        total = 0.0
        self.model.train()
        for batch in batches:
            loss = losses(logits(self.model, batch), batch).sum() / num_answer_tokens
            self.accelerator.backward(loss)
            total += float(loss.detach())
        if not math.isfinite(total):
            raise Diverged(
                f"The loss is {total} at step {self.progress.step}.",
                "Lower optimization.rate or raise warmup_steps; the last checkpoint is whole.",
            )
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.config.optimization.clip)
        share = rate_share(
            self.progress.step, self.config.steps, self.config.optimization, self.progress.plateau_share
        )
        set_rates(self.optimizers, share)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.progress.step += 1
        self.progress.num_tokens += sum(batch.num_tokens for batch in batches)
        return total

    def validated(self) -> Validation:
        """Validates, keeps the weights where they are the best so far, and lowers the rate on a plateau."""
        found = validate(self.raw, self.held_out, self.config.batch_tokens)
        progress = self.progress
        if found.overall < progress.best:
            progress.best, progress.since_best = found.overall, 0
            save_model(self.config.output / _BEST, self.raw, self.shape, self.config.tokenizer)
        else:
            progress.since_best += 1
            if progress.since_best % self.config.optimization.plateau_patience == 0:
                progress.plateau_share *= 0.1
        return found


def run(config: Config) -> Path:
    """Trains, or goes on training; returns the folder of the best weights.

    Raises CorpusUnusable for an empty split, CheckpointUnusable where parts do not belong together, Diverged
    for a loss that is not a number, WriteFailed where a checkpoint finds no room.
    """
    best = config.output / _BEST
    if stage.manifest_of(config.output) is not None:
        return best
    stage.open_output(config.output, config, may_differ=_MAY_DIFFER)
    training = _Training(config)
    training.resume()
    log = _log_of(config)
    batches = iter(training.loader)
    while training.progress.step < config.steps and not _is_stale(training):
        started_s = time.monotonic()
        loss = training.step([next(batches) for _ in range(config.accumulate)])
        training.progress.seconds += time.monotonic() - started_s
        _after_step(training, loss, log)
    _finish(training)
    return best


def _after_step(training: _Training, loss: float, log: Any) -> None:
    config, progress = training.config, training.progress
    is_last = progress.step == config.steps
    if progress.step % 20 == 0 or is_last:
        log(
            step=progress.step,
            loss=round(loss, 4),
            tokens=progress.num_tokens,
            seconds=round(progress.seconds, 1),
        )
    if progress.step % config.validate_every == 0 or is_last:
        log(step=progress.step, tokens=progress.num_tokens, **training.validated().as_metrics())
    if progress.step % config.checkpoint_every == 0 or is_last:
        training.checkpoint()


def _is_stale(training: _Training) -> bool:
    return 0 < training.config.patience <= training.progress.since_best


def _finish(training: _Training) -> None:
    progress = training.progress
    about = {
        "progress": asdict(progress),
        "num_parameters": sum(each.numel() for each in training.raw.parameters()),
        "tokens_per_second": round(progress.num_tokens / max(progress.seconds, 1e-9), 1),
        "threads": torch.get_num_threads(),
        "device": str(training.accelerator.device),
    }
    names = [f"{_BEST}/{path.name}" for path in sorted((training.config.output / _BEST).iterdir())]
    stage.finish(training.config.output, names, about)


def _log_of(config: Config) -> Any:
    """Writes metrics to the JSONL file and, where asked, to tensorboard."""
    if not config.tensorboard:
        return lambda **values: stage.log_metrics(config.output, **values)
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(config.output / "tensorboard"))

    def log(**values: Any) -> None:
        stage.log_metrics(config.output, **values)
        for name, value in values.items():
            if name != "step":
                writer.add_scalar(name, value, values["step"])
        writer.flush()

    return log


def _precision(wanted: str) -> str:
    if wanted == "auto":
        return "bf16" if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else "no"
    return "no" if wanted == "fp32" else wanted


def _shape(config: Config, tokenizer: Tokenizer) -> models.Shape:
    """Of the model to start from. Raises CheckpointUnusable where the tokenizer is another's."""
    shape = config.shape if config.initial is None else shape_of(config.initial)
    if shape.vocabulary != tokenizer.size:
        raise CheckpointUnusable(
            f"The model has {shape.vocabulary} ids, the tokenizer {tokenizer.size}.",
            f"Set shape.vocabulary={tokenizer.size}, or name the tokenizer that the model was trained with.",
        )
    return shape


def validation_examples(config: Config, tokenizer: Tokenizer, split: str = "validation") -> list[Example]:
    """The fixed examples that every validation of a configuration uses. Raises CorpusUnusable for an empty
    split.
    """
    view = CorpusView(config.corpus, split)
    workshop = Workshop(
        tokenizer=tokenizer,
        limits=config.limits,
        module=view.module,
        notions=notions_of if config.notions else lambda _module: "",
    )
    draws = Draws(view, config.mixture, window=config.validation_draws, seed=0)
    return list(examples_of(draws, view, workshop, 0))
