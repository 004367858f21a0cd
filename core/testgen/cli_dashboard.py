"""`testgen dashboard`: opens the daemon's page in a browser."""

from __future__ import annotations

import asyncio

import click


@click.command()
@click.option("--no-open", is_flag=True, help="Print the address, which works once, and open nothing.")
def dashboard(no_open: bool) -> None:
    """Show what the daemon does, and how good and how fast it was, in a browser.

    Starts the daemon where none runs. The page is on a loopback port of its own; its address works once.
    """
    url = asyncio.run(_address())
    click.echo(url)
    if not no_open:
        click.launch(url)


async def _address() -> str:
    from testgen.daemon_start import ensure_daemon

    async with await ensure_daemon() as daemon:
        return (await daemon.open_dashboard()).url
