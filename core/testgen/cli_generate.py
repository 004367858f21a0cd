"""`testgen generate`: its options, where the tests go, what is told, and its exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from testgen.exit_code import ExitCode
from testgen.test_kind import TestKind

if TYPE_CHECKING:
    from testgen.engines import Engine
    from testgen.progress import Progress
    from testgen.project import Project
    from testgen.synthesis.config import GenerateConfig


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([each.value for each in TestKind]),
    default="exunit",
    show_default=True,
    help="What sort of tests to write; streamdata is not there yet.",
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
    is missing is added and no line of it is changed. Where a daemon runs (testgen serve), its warm VM does
    the work, unless TESTGEN_NO_DAEMON is set.

    Exit status: 0, 4 when the existing tests fail, 5 when nothing could be tested, 10 when the file cannot
    be written, 130 after Ctrl-C with the tests found until then delivered.
    """
    if sum((append, diff, to_stdout)) > 1:
        raise click.UsageError("--append, --diff and --stdout exclude each other.")
    _check_functions(functions)

    from testgen.progress import for_stderr
    from testgen.project import Project
    from testgen.synthesis import delivery
    from testgen.synthesis.config import GenerateConfig

    try:
        config = GenerateConfig(
            path=path,
            kind=TestKind(kind),
            functions=functions,
            output=output,
            append=append or None,
            budget_s=budget,
            jobs=jobs,
            seed=seed,
            without=without,
            engine=_engine(model) if model is not None else None,
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
        found = _found(config, project, target, progress, may_be_remote=model is None)
    finally:
        progress.close()
    if writes and found.num_tests:
        _write(project, target, found)
    _tell(found, writes=writes, diff=diff, to_stdout=to_stdout, as_json=as_json)
    ctx.exit(_exit_code(found))


def _engine(name: str | None) -> Engine | None:
    """The engine of the model named, or of the one in use; None where there is none."""
    from testgen.engines import installed, opening

    choice = installed.chosen() if name is None else installed.Choice(model=None if name == "none" else name)
    return opening.open_chosen(choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A generation's result, made here or by the daemon."""

    text: str
    before: str | None
    num_tests: int
    interrupted: bool
    report: dict[str, Any]
    lines: Sequence[str]
    """The report for people, its first line left out."""


def _found(
    config: GenerateConfig, project: Project, target: Path, progress: Progress, *, may_be_remote: bool
) -> _Found:
    """On the daemon's warm VM where a daemon runs, else in this process; with the model in use."""
    from testgen.generate_remotely import generate_remotely

    would_fail = config.append is True and not target.exists()
    remote = None if would_fail or not may_be_remote else generate_remotely(config, project, progress)
    if remote is not None:
        return _Found(
            text=remote.text,
            before=remote.before,
            num_tests=len(remote.tests),
            interrupted=remote.interrupted,
            report=remote.report,
            lines=remote.lines,
        )
    from testgen.synthesis.generation import generate as run
    from testgen.synthesis.report import to_json, to_text

    result = run(replace(config, engine=_engine(None)) if may_be_remote else config, progress)
    return _Found(
        text=result.text,
        before=result.before,
        num_tests=len(result.tests),
        interrupted=result.interrupted,
        report=to_json(result, ""),
        lines=to_text(result, "")[1:],
    )


def _write(project: Project, target: Path, found: _Found) -> None:
    from testgen.synthesis import delivery

    delivery.check_unchanged(target, found.before)
    delivery.write(target, found.text)
    delivery.write_helper(project, target)


def _check_functions(functions: tuple[str, ...]) -> None:
    for function in functions:
        name, _, arity = function.rpartition("/")
        if not name or not arity.isdigit():
            raise click.UsageError(f"--function wants NAME/ARITY, such as add_item/2, not {function}.")


def _exit_code(found: _Found) -> ExitCode:
    if found.interrupted:
        return ExitCode.INTERRUPTED
    if not found.num_tests and found.before is None:
        return ExitCode.NOTHING_TESTABLE
    return ExitCode.OK


def _tell(found: _Found, *, writes: bool, diff: bool, to_stdout: bool, as_json: bool) -> None:
    if as_json:
        report = {**found.report, "status": _exit_code(found).name.lower()}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    elif diff:
        from testgen.synthesis.additions import unified

        click.echo(unified(found.before or "", found.text, found.report["test_file"]), nl=False)
    elif to_stdout:
        click.echo(found.text, nl=False)
    sys.stdout.flush()
    for line in (_headline(found, writes=writes), *found.lines):
        click.echo(line, err=True)


def _headline(found: _Found, *, writes: bool) -> str:
    source, target, num = found.report["file"], found.report["test_file"], found.num_tests
    tests = f"{num} {'test' if num == 1 else 'tests'}"
    if not num and found.before is not None:
        return f"Nothing to add to {target}: no test was found that kills another mutant."
    if not num:
        return f"No test could be made for {source}."
    if not writes:
        return f"{tests} for {source}; nothing was written."
    added = "added to" if found.before is not None else "written to"
    return f"{tests} {added} {target}."
