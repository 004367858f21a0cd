"""Runs every variant with every seed, one after the other, and writes one file: curves, fits, means with
their spread.

A trial that is complete is not run again, so that trials can be added to and stopped at any time.
"""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict
from pathlib import Path
from typing import Any

from testgen import atomic_write
from testgen_training import configuration, stage
from testgen_training.errors import CorpusUnusable
from testgen_training.fitting import config as fitting
from testgen_training.fitting.run import run as train
from testgen_training.trials.config import Config
from testgen_training.trials.curve import fitted

RESULTS = "results.json"


def run(config: Config) -> Path:
    """Tries everything and returns the file of results. Raises what a training raises."""
    path = config.output / RESULTS
    stage.open_output(config.output, config, may_differ=frozenset({"variants", "seeds"}))
    found = {
        name: [_tried(config, name, settings, seed) for seed in config.seeds]
        for name, settings in {"base": (), **config.variants}.items()
    }
    results = {name: summary(trials) for name, trials in found.items()}
    atomic_write.write_text(
        path, json.dumps({"measure": config.measure, "variants": results}, indent=2) + "\n"
    )
    return path


def _tried(config: Config, name: str, settings: tuple[str, ...], seed: int) -> dict[str, Any]:
    output = config.output / f"{name}-{seed}"
    own = (*settings, f'output="{output}"', f"seed={seed}")
    train(configuration.load(fitting.Config, config.base, own))
    points = [
        (float(each["tokens"]), float(each[config.measure]))
        for each in stage.read_metrics(output)
        if config.measure in each
    ]
    manifest = stage.manifest_of(output)
    assert manifest is not None
    return {
        "seed": seed,
        "points": points,
        "last": points[-1][1],
        "num_parameters": manifest["num_parameters"],
        "tokens_per_second": manifest["tokens_per_second"],
        "seconds": manifest["progress"]["seconds"],
    }


def summary(trials: list[dict[str, Any]]) -> dict[str, Any]:
    """Mean and spread of the last losses, and the power law through all points of all seeds."""
    lasts = [each["last"] for each in trials]
    points = [point for each in trials for point in each["points"]]
    try:
        curve: dict[str, float] | None = asdict(fitted(points))
    except CorpusUnusable:
        curve = None
    return {
        "mean": round(statistics.fmean(lasts), 4),
        "spread": round(max(lasts) - min(lasts), 4),
        "curve": curve,
        "trials": trials,
    }
