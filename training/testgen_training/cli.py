"""`testgen-train`, the command: a stage of the pipeline each, configured by a TOML file and by settings on
top of it.

What a stage needs is imported when it is named. Errors, signals and exit statuses are those of `testgen`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from testgen import cli as testgen_cli

_COMMANDS = {
    "corpus": "testgen_training.cli_stages:corpus",
    "tokenizer": "testgen_training.cli_stages:tokenizer",
    "ontology": "testgen_training.cli_stages:ontology",
    "pretrain": "testgen_training.cli_stages:pretrain",
    "finetune": "testgen_training.cli_stages:finetune",
    "trials": "testgen_training.cli_stages:trials",
    "export": "testgen_training.cli_stages:export",
    "evaluate": "testgen_training.cli_stages:evaluate",
}


class _Stages(testgen_cli.LazyGroup):
    """The stages, in their order."""

    places: ClassVar[Mapping[str, str]] = _COMMANDS


@click.group(cls=_Stages, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="testgen", message="testgen-train %(version)s")
def cli() -> None:
    """Make testgen's models: corpus, tokenizer, training, export, evaluation.

    Every stage writes its resolved configuration, its metrics and, last, a manifest beside its output. A
    stage that was stopped goes on when it is run again; one that is complete does nothing.
    """


def main() -> None:
    """The console script."""
    testgen_cli.run(cli)
