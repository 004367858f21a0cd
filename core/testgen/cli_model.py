"""`testgen model`: which language model proposes tests, beside what needs none."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from testgen.wire import Models


@click.command()
@click.argument("action", type=click.Choice(["list", "use", "off"]), default="list")
@click.argument("model", required=False)
@click.option("--adapter", metavar="NAME", help="With `use`: the adapter to load it with.")
@click.option("--json", "as_json", is_flag=True, help="Print the models as JSON.")
def model(action: str, model: str | None, adapter: str | None, as_json: bool) -> None:
    """List the models there are, use one, or use none.

    Models are GGUF files in the models folder, which TESTGEN_MODELS_DIR names. The daemon runs them; it is
    started where none runs. A choice holds from the next job on, and for later daemons too.
    """
    if (action == "use") != (model is not None):
        raise click.UsageError("`use` wants the name of a model, and nothing else does.")
    models = asyncio.run(_asked(action, model, adapter))
    from testgen.wire_codec import encode

    if as_json:
        click.echo(json.dumps(encode(models), indent=2))
        return
    for line in _lines(models):
        click.echo(line)


async def _asked(action: str, model: str | None, adapter: str | None) -> Models:
    from testgen.daemon_start import ensure_daemon

    async with await ensure_daemon() as daemon:
        if action == "list":
            return await daemon.models()
        return await daemon.choose_model(model, adapter)


def _lines(models: Models) -> list[str]:
    lines = [f"{'*' if each.id == models.chosen else ' '} {each.id}{_told(each)}" for each in models.models]
    state = f"{models.state}: {models.problem}" if models.problem else models.state
    return [
        *lines,
        f"In use: {models.chosen or 'none'}{f' with {models.adapter}' if models.adapter else ''} ({state})",
    ]


def _told(model: Any) -> str:
    adapters = f", adapters {', '.join(model.adapters)}" if model.adapters else ""
    return f"  {model.engine}, {model.size_bytes >> 20} MB{adapters}"
