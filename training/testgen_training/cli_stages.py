"""The commands of `testgen-train`: each reads a configuration, calls its stage's `run`, and prints where the
output is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from testgen_training import configuration

_Config = TypeVar("_Config")


def _configured(command: Callable[..., None]) -> click.Command:
    """Adds what every stage takes."""
    with_settings = click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set one key, over the file; dots lead into tables: quality.max_age_days=900.",
    )(command)
    with_file = click.option(
        "--config",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Read the configuration from a TOML file.",
    )(with_settings)
    return click.command()(with_file)


def _load(cls: type[_Config], file: Path | None, settings: tuple[str, ...]) -> _Config:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    return configuration.load(cls, file, settings)


@_configured
def corpus(file: Path | None, settings: tuple[str, ...]) -> None:
    """Read repositories, pair code with tests, and write the splits."""
    from testgen_training.corpus import Config, run

    click.echo(run(_load(Config, file, settings)))


@_configured
def tokenizer(file: Path | None, settings: tuple[str, ...]) -> None:
    """Train the tokenizer and measure it on held-out repositories."""
    from testgen_training.tokenizer import Config, run

    click.echo(run(_load(Config, file, settings)))


@click.command()
def ontology() -> None:
    """Write the ontology, as the lines that prompts begin with, into the package."""
    from testgen_training.ontology.linearise import write

    click.echo(write())


@_configured
def pretrain(file: Path | None, settings: tuple[str, ...]) -> None:
    """Train a model from random weights, with all objectives."""
    _fit("pretrain", file, settings)


@_configured
def finetune(file: Path | None, settings: tuple[str, ...]) -> None:
    """Train a pretrained model on what it will be asked: calls, tests, names."""
    _fit("finetune", file, settings)


def _fit(stage: str, file: Path | None, settings: tuple[str, ...]) -> None:
    from testgen_training.fitting.config import Config
    from testgen_training.fitting.run import run
    from testgen_training.recipes import checked

    config: Any = _load(Config, file, settings)
    click.echo(run(checked(stage, config)))


@_configured
def trials(file: Path | None, settings: tuple[str, ...]) -> None:
    """Run variants of a training with several seeds and compare their curves."""
    from testgen_training.trials import Config, run

    click.echo(run(_load(Config, file, settings)))


@_configured
def export(file: Path | None, settings: tuple[str, ...]) -> None:
    """Write a trained model as a bundle that testgen opens."""
    from testgen_training.export import Config, run

    click.echo(run(_load(Config, file, settings)))


@_configured
def evaluate(file: Path | None, settings: tuple[str, ...]) -> None:
    """Measure a model on held-out repositories."""
    from testgen_training.evaluation import Config, run

    click.echo(run(_load(Config, file, settings)))
