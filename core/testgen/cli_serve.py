"""`testgen serve`: runs the user's daemon, tells of the one that runs, or ends it.

The daemon is another package of the same distribution, found by its entry point: the product imports no
front.
"""

from __future__ import annotations

import asyncio
import json
from importlib.metadata import entry_points
from typing import Any

import click

_GROUP = "testgen.daemon"


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Listen on this loopback port, 0 for a free one, instead of a Unix socket.",
)
@click.option(
    "--idle",
    type=click.FloatRange(min=0),
    default=1800.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop when nobody needed it for so long; 0: never.",
)
@click.option("--quiet", is_flag=True, help="Write to the log file only.")
@click.option("--status", "asks", flag_value="status", help="Print how the daemon is, as JSON.")
@click.option("--stop", "asks", flag_value="stop", help="End the daemon that runs.")
def serve(port: int | None, idle: float, quiet: bool, asks: str | None) -> None:
    """Run the daemon that editors use: one per user, shared by all editors and projects.

    Editors start it by themselves. It keeps a VM warm for each project in use, runs jobs one after the
    other for each, and stops when nobody needs it. It listens on a socket that only you can open.

    Exit status: 0; 9 when a daemon runs already; 71 when it cannot listen, or none runs.
    """
    if asks is not None:
        click.echo(json.dumps(asyncio.run(_asked(asks)), indent=2))
        return
    run = next(iter(entry_points(group=_GROUP, name="serve"))).load()
    run(port=port, idle_s=idle or None, quiet=quiet)


async def _asked(what: str) -> dict[str, Any]:
    from testgen.daemon_client import Daemon
    from testgen.wire_codec import encode

    async with await Daemon.connect() as daemon:
        status = await daemon.status()
        if what == "stop":
            await daemon.stop()
        return encode(status)
