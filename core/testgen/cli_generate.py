"""`testgen generate`: its options, where the tests go, what is told, and its exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from testgen.exit_code import ExitCode

if TYPE_CHECKING:
    from testgen.engines import Engine
    from testgen.project import Project
    from testgen.synthesis.report import Generated

_KINDS = ("exunit", "streamdata", "liveview")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    default="exunit",
    show_default=True,
    help="What sort of tests to write.",
)
@click.option(
    "--function",
    "functions",
    multiple=True,
    metavar="NAME/ARITY",
    help="Only tests for this function; may be given several times.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The test file, instead of the one that belongs to PATH by convention.",
)
@click.option("--append", is_flag=True, help="Add to a test file that exists; an error where there is none.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change as a unified diff.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Write nothing; print the whole test file.")
@click.option(
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to search for tests.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="VMs at the same time.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all random choices."
)
@click.option(
    "--model",
    "model",
    metavar="NAME",
    help="A model that proposes calls too: its name, a bundle's folder, or none.  [default: the one in use]",
)
@click.option(
    "--without",
    multiple=True,
    metavar="PROPOSER",
    hidden=True,
    help="Leave out a source of candidates; for measuring what it adds.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on stdout.")
@click.pass_context
def generate(
    ctx: click.Context,
    path: Path,
    kind: str,
    functions: tuple[str, ...],
    output: Path | None,
    append: bool,
    diff: bool,
    to_stdout: bool,
    budget: float,
    jobs: int,
    seed: int,
    model: str | None,
    without: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write ExUnit tests for the module at PATH.

    Calls are proposed from doctests, specs, clause heads, literals and existing tests, and by a model where
    one is in use (testgen model), run to see what they give, and kept for the mutants of the module that
    they kill. The tests go to test/my_app/cart_test.exs for lib/my_app/cart.ex; where that file exists, what
    is missing is added and no line of it is changed.

    Exit status: 0, 4 when the existing tests fail, 5 when nothing could be tested, 10 when the file cannot
    be written, 130 after Ctrl-C with the tests found until then delivered.
    """
    if kind != "exunit":
        raise click.UsageError(f"--kind {kind} is not there yet; only exunit is.")
    if sum((append, diff, to_stdout)) > 1:
        raise click.UsageError("--append, --diff and --stdout exclude each other.")
    _check_functions(functions)

    from testgen.progress import for_stderr
    from testgen.project import Project
    from testgen.synthesis import delivery
    from testgen.synthesis.config import GenerateConfig
    from testgen.synthesis.pipeline import generate as run

    try:
        config = GenerateConfig(
            path=path,
            functions=functions,
            output=output,
            append=append or None,
            budget_s=budget,
            jobs=jobs,
            seed=seed,
            without=without,
            engine=_engine(model),
        )
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    writes = not (diff or to_stdout)
    project = Project.find(path)
    target = output.absolute() if output else project.test_path
    if writes:
        delivery.check_writable(target)
    progress = for_stderr()
    try:
        result = run(config, progress)
    finally:
        progress.close()
    changed = bool(result.tests)
    if writes and changed:
        _write(project, target, result)
    _tell(result, writes=writes, diff=diff, to_stdout=to_stdout, as_json=as_json)
    ctx.exit(_exit_code(result))


def _engine(name: str | None) -> Engine | None:
    """The engine of the model named, or of the one in use; None where there is none."""
    from testgen.engines import choice

    wanted = choice.in_use() if name is None else name
    return None if wanted in (None, "none") else choice.open_engine(choice.named(wanted))


def _write(project: Project, target: Path, result: Generated) -> None:
    from testgen.synthesis import delivery

    delivery.check_unchanged(target, result.before)
    delivery.write(target, result.text)
    delivery.write_helper(project, target)


def _check_functions(functions: tuple[str, ...]) -> None:
    for function in functions:
        name, _, arity = function.rpartition("/")
        if not name or not arity.isdigit():
            raise click.UsageError(f"--function wants NAME/ARITY, such as add_item/2, not {function}.")


def _exit_code(result: Generated) -> ExitCode:
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if not result.tests and result.before is None:
        return ExitCode.NOTHING_TESTABLE
    return ExitCode.OK


def _tell(result: Generated, *, writes: bool, diff: bool, to_stdout: bool, as_json: bool) -> None:
    from testgen.synthesis.additions import unified
    from testgen.synthesis.report import to_json, to_text

    if as_json:
        status = _exit_code(result).name.lower()
        click.echo(json.dumps(to_json(result, status), indent=2, ensure_ascii=False))
    elif diff:
        click.echo(unified(result.before or "", result.text, result.test_path), nl=False)
    elif to_stdout:
        click.echo(result.text, nl=False)
    sys.stdout.flush()
    for line in to_text(result, _headline(result, writes=writes)):
        click.echo(line, err=True)


def _headline(result: Generated, *, writes: bool) -> str:
    num = len(result.tests)
    tests = f"{num} {'test' if num == 1 else 'tests'}"
    if not num and result.before is not None:
        return f"Nothing to add to {result.test_path}: no test was found that kills another mutant."
    if not num:
        return f"No test could be made for {result.source_path}."
    if not writes:
        return f"{tests} for {result.source_path}; nothing was written."
    added = "added to" if result.before is not None else "written to"
    return f"{tests} {added} {result.test_path}."
