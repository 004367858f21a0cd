"""`testgen model`: which models there are, which one is used, and whether one is whole."""

from __future__ import annotations

import json

import click

from testgen.engines import choice
from testgen.engines.bundle import Bundle


@click.group()
def model() -> None:
    """List, choose and check the models that propose tests."""


@model.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_models(as_json: bool) -> None:
    """List the models on this machine; the one in use is marked."""
    in_use = choice.in_use()
    found = list(choice.bundles())
    if as_json:
        click.echo(json.dumps([{**_facts(each), "in_use": each.name == in_use} for each in found], indent=2))
        return
    for each in found:
        mark = "*" if each.name == in_use else " "
        click.echo(f"{mark} {each.name:20} {each.num_parameters / 1e6:8.1f}M  {', '.join(each.formats)}")
    if not found:
        click.echo(f"No models here. Put a bundle into {choice.models_dir()}.", err=True)


@model.command()
@click.argument("name", required=False)
@click.option("--none", "use_none", is_flag=True, help="Use no model.")
def use(name: str | None, use_none: bool) -> None:
    """Use a model from now on: NAME, or the folder of a bundle."""
    if (name is None) != use_none:
        raise click.UsageError("Give the name of a model, or --none.")
    choice.use(name)


@model.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(name: str, as_json: bool) -> None:
    """Say what a model is."""
    facts = _facts(choice.named(name))
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        click.echo(f"{key.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}")


@model.command()
@click.argument("name")
def verify(name: str) -> None:
    """Read every file of a model, compare it with its checksum, and open it."""
    bundle = choice.named(name)
    bundle.verify()
    click.echo(f"{bundle.name} is whole; opened by {choice.open_engine(bundle).name}.")


def _facts(bundle: Bundle) -> dict[str, object]:
    return {
        "name": bundle.name,
        "folder": str(bundle.folder),
        "num_parameters": bundle.num_parameters,
        "source_tokens": bundle.source_tokens,
        "target_tokens": bundle.target_tokens,
        "formats": list(bundle.formats),
        "bytes": sum(each["bytes"] for each in bundle.about["files"].values()),
    }
