"""`testgen doctor`: its option and its output."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what works on this machine, and how to mend what does not.

    Tries Elixir, OTP, the sandbox, the agent and the caches by using them. Exit status: 0, or that of what
    is broken.
    """
    from testgen.doctor import render, run_doctor

    report = run_doctor()
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        from rich.console import Console

        render(report, Console())
    ctx.exit(report.exit_code)
