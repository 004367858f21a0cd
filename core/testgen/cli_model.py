"""`testgen model`: which models there are, which one proposes tests, and whether one is whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from testgen.engines.installed import Installed


@click.group()
def model() -> None:
    """List, choose and check the models that propose tests.

    Models are bundles and GGUF files in the models folder, which TESTGEN_MODELS_DIR names. A choice holds
    from the next generation on; a daemon that runs notices it.
    """


@model.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_models(as_json: bool) -> None:
    """List the models on this machine; the one in use is marked."""
    from testgen.engines import installed

    choice = installed.chosen()
    found = installed.installed()
    if as_json:
        click.echo(
            json.dumps([{**_facts(each), "in_use": each.name == choice.model} for each in found], indent=2)
        )
        return
    for each in found:
        mark = "*" if each.name == choice.model else " "
        click.echo(f"{mark} {each.name:20} {each.size_bytes / 1e6:8.1f} MB  {_told(each, choice.adapter)}")
    if not found:
        click.echo(f"No models here. Put a bundle or a GGUF file into {installed.models_dir()}.", err=True)


@model.command()
@click.argument("name", required=False)
@click.option("--adapter", metavar="NAME", help="The adapter to load it with.")
@click.option("--none", "use_none", is_flag=True, help="Use no model.")
def use(name: str | None, adapter: str | None, use_none: bool) -> None:
    """Use a model from now on: NAME, or the path of one."""
    if (name is None) != use_none:
        raise click.UsageError("Give the name of a model, or --none.")
    from testgen.engines import installed

    if name is not None:
        _verify(installed.named(name))
    installed.choose(installed.Choice(model=name, adapter=adapter))


@model.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(name: str, as_json: bool) -> None:
    """Say what a model is."""
    from testgen.engines import installed

    facts = _facts(installed.named(name))
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for key, value in facts.items():
        click.echo(f"{key.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}")


@model.command()
@click.argument("name")
def verify(name: str) -> None:
    """Read every file of a model, compare it with its checksum where it has one, and open it."""
    from testgen.engines import installed, opening

    found = installed.named(name)
    _verify(found)
    click.echo(f"{found.name} is whole; opened by {opening.open_model(found).name}.")


def _verify(model: Installed) -> None:
    if model.bundle is not None:
        model.bundle.verify()


def _told(model: Installed, adapter: str | None) -> str:
    parts = [", ".join(model.bundle.formats) if model.bundle else model.engine]
    if model.adapters:
        parts.append(
            "adapters " + ", ".join(f"{each}*" if each == adapter else each for each in model.adapters)
        )
    return "  ".join([*parts, model.problem] if model.problem else parts)


def _facts(model: Installed) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": model.name,
        "path": str(model.path),
        "engine": model.engine,
        "bytes": model.size_bytes,
        "adapters": list(model.adapters),
    }
    if model.bundle is not None:
        facts |= {
            "num_parameters": model.bundle.num_parameters,
            "source_tokens": model.bundle.source_tokens,
            "target_tokens": model.bundle.target_tokens,
            "formats": list(model.bundle.formats),
        }
    return facts | ({"problem": model.problem} if model.problem else {})
