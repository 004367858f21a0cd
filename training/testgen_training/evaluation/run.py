"""The evaluation stage: losses per byte by task and repository, and the worth of proposals, into one file."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen import atomic_write
from testgen.engines.bundle import Bundle
from testgen.engines.ctranslate2 import CTranslate2Engine
from testgen.engines.tokenizer import Tokenizer
from testgen_training import stage
from testgen_training.corpus.records import CallRecord
from testgen_training.errors import CorpusUnusable
from testgen_training.evaluation import proposals
from testgen_training.evaluation.config import Config
from testgen_training.examples.corpus_view import CorpusView
from testgen_training.examples.example import Example, Workshop
from testgen_training.fitting.model_folder import load_model
from testgen_training.fitting.validation import by_task
from testgen_training.objectives import OBJECTIVES
from testgen_training.ontology import notions_of

if TYPE_CHECKING:
    from transformers import T5ForConditionalGeneration

RESULTS = "results.json"


def run(config: Config) -> Path:
    """Evaluates and returns the file of results. Raises CorpusUnusable where the split is empty."""
    path = config.output / RESULTS
    if stage.manifest_of(config.output) is not None:
        return path
    stage.open_output(config.output, config)
    view = CorpusView(config.corpus, config.split)
    tokenizer = Tokenizer.open(config.model / "tokenizer.json")
    workshop = Workshop(
        tokenizer=tokenizer,
        limits=config.limits,
        module=view.module,
        notions=notions_of if config.notions else lambda _module: "",
    )
    examples = examples_by_task(config, view, workshop)
    model = load_model(config.model)
    results: dict[str, Any] = {
        "split": config.split,
        "tasks": {task: _losses(model, own, config) for task, own in examples.items()},
    }
    if config.bundle is not None:
        results["proposals"] = _proposals(config, view)
    atomic_write.write_text(path, json.dumps(results, indent=2) + "\n")
    stage.finish(config.output, [RESULTS], {"model": str(config.model)})
    return path


def examples_by_task(config: Config, view: CorpusView, workshop: Workshop) -> dict[str, list[Example]]:
    """At most `max_examples` of each task, the same for every model with the same tokenizer and limits."""
    found: dict[str, list[Example]] = {}
    for task in config.tasks:
        objective = next(each for each in OBJECTIVES if each.task.value == task)
        groups = [group for pool in view.pools[objective.records].values() for group in pool]
        numbers = [number for group in groups for number in group]
        random.Random(f"{config.seed}:{task}").shuffle(numbers)
        own: list[Example] = []
        for number in numbers:
            rng = random.Random(f"{config.seed}:{task}:{number}")
            example = objective.example(view.record(objective.records, number), workshop, rng)
            if example is not None:
                own.append(example)
            if len(own) == config.max_examples:
                break
        if not own:
            raise CorpusUnusable(
                f"The split {config.split} gives no example of {task}.",
                "Name another split, or leave the task out.",
            )
        found[task] = own
    return found


def _losses(model: T5ForConditionalGeneration, examples: Sequence[Example], config: Config) -> dict[str, Any]:
    (task,) = {each.task.value for each in examples}
    by_repository = {
        name: round(by_task(model, list(own), config.batch_tokens)[task], 4)
        for name, own in _by_repository(examples)
    }
    return {
        "examples": len(examples),
        "answer_bytes": sum(each.num_answer_bytes for each in examples),
        "nats_per_byte": round(by_task(model, examples, config.batch_tokens)[task], 4),
        "nats_per_byte_shuffled": round(
            by_task(model, examples, config.batch_tokens, shuffled=True)[task], 4
        ),
        "by_repository": by_repository,
    }


def _by_repository(examples: Sequence[Example]) -> Iterable[tuple[str, list[Example]]]:
    names = sorted({each.repository for each in examples})
    return ((name, [each for each in examples if each.repository == name]) for name in names)


def _proposals(config: Config, view: CorpusView) -> dict[str, float]:
    assert config.bundle is not None
    engine = CTranslate2Engine.open(Bundle.open(config.bundle))
    calls = [
        record
        for group in view.pools["calls"][""]
        for number in group
        if isinstance(record := view.record("calls", number), CallRecord)
    ]
    modules = {call.module_id: view.module(call.module_id) for call in calls}
    asked = proposals.asked_of(calls, modules)
    random.Random(config.seed).shuffle(asked)
    asked = asked[: config.max_functions]
    judged = proposals.propose(
        engine,
        asked,
        [notions_of(each.module) if config.notions else "" for each in asked],
        num_samples=config.num_samples,
        temperature=config.temperature,
        seed=config.seed,
    )
    return proposals.summary(judged)
