"""`testgen score`: its options, where its reports go, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from testgen.exit_code import ExitCode

if TYPE_CHECKING:
    from testgen.mutation import MutationReport
    from testgen.progress import Progress

_STDOUT = Path("-")
_Result = TypeVar("_Result")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("tests", nargs=-1, type=click.Path(path_type=Path), metavar="[TEST]...")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE|-",
    help="Write the report in Stryker's mutation-testing schema; - is stdout.",
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report as one HTML page.",
)
@click.option("--changed", metavar="GIT_REF", help="Only mutants on lines that changed since this commit.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Run N mutants, spread over operators and functions.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of the sample and of test order.",
)
@click.option(
    "--min-score",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with status 3 below this score.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="VMs at the same time, at most; another is opened where it saves time.",
)
@click.option("--all-tests", is_flag=True, help="Do not stop at the first test that kills a mutant.")
@click.option("--no-cache", is_flag=True, help="Run every mutant, whatever earlier runs found.")
@click.option(
    "--engine",
    type=click.Choice(["builtin", "muzak"]),
    default="builtin",
    show_default=True,
    help="Who mutates: testgen, or the project's own Muzak.",
)
@click.option("--profile", metavar="NAME", help="Profile of .muzak.exs, with --engine muzak.")
@click.pass_context
def score(
    ctx: click.Context,
    path: Path,
    tests: tuple[Path, ...],
    json_file: Path | None,
    html_file: Path | None,
    changed: str | None,
    sample: int | None,
    seed: int,
    min_score: float | None,
    jobs: int,
    all_tests: bool,
    no_cache: bool,
    engine: str,
    profile: str | None,
) -> None:
    """Mutate the module at PATH and tell which mutants its tests let live.

    The tests are TEST, files or folders; without any, test/my_app/cart_test.exs for lib/my_app/cart.ex, or
    else the test files that mention the module.

    The score is (killed + timed out) / (killed + timed out + survived + not covered); the strict score
    beside it counts only killed. Exit status: 0, 3 below --min-score, 4 when the tests fail without any
    mutant, 130 after Ctrl-C with a report of what was found.
    """
    if engine == "muzak":
        _refuse_for_muzak(tests=tests, changed=changed, jobs=jobs > 1, all_tests=all_tests)
        from testgen.scoring.muzak import MuzakConfig, run_muzak

        muzak = MuzakConfig(path=path, mutations=sample, seed=seed, profile=profile)
        verdict = _with_progress(lambda progress: run_muzak(muzak, progress))
        reports = verdict.reports
        min_score = verdict.min_score if min_score is None else min_score
    else:
        if profile is not None:
            raise click.UsageError("--profile names a profile of .muzak.exs and needs --engine muzak.")
        from testgen.scoring import ScoreConfig
        from testgen.scoring import score as run_score

        config = ScoreConfig(
            path=path,
            tests=tests,
            changed=changed,
            sample=sample,
            seed=seed,
            jobs=jobs,
            all_tests=all_tests,
            use_cache=not no_cache,
        )
        reports = (_with_progress(lambda progress: run_score(config, progress)),)
    _deliver(reports, json_file, html_file)
    ctx.exit(_status(reports, min_score))


def _refuse_for_muzak(**given: object) -> None:
    """Muzak runs the whole suite, in one VM, and knows nothing of git."""
    for name, value in given.items():
        if value:
            shown = "[TEST]" if name == "tests" else f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{shown} does nothing with --engine muzak, which has no such choice.")


def _with_progress(run: Callable[[Progress], _Result]) -> _Result:
    from testgen.progress import for_stderr

    progress = for_stderr()
    try:
        return run(progress)
    finally:
        progress.close()


def _deliver(reports: tuple[MutationReport, ...], json_file: Path | None, html_file: Path | None) -> None:
    """Writes the reports that were asked for; the one for people goes to stdout unless JSON does."""
    from testgen.atomic_write import write_text
    from testgen.scoring.stryker import to_stryker
    from testgen.scoring.terminal import print_reports

    if json_file is not None:
        text = json.dumps(to_stryker(reports), ensure_ascii=False, indent=2) + "\n"
        if json_file == _STDOUT:
            click.echo(text, nl=False)
        else:
            write_text(json_file, text)
    if html_file is not None:
        from testgen.scoring.html import to_html

        write_text(html_file, to_html(reports))
    if json_file != _STDOUT:
        from rich.console import Console

        print_reports(reports, Console())


def _status(reports: tuple[MutationReport, ...], min_score: float | None) -> ExitCode:
    """The exit status: an interrupt before anything else, then the score against the one asked for."""
    from testgen.mutation import Score

    score = Score.of(result for report in reports for result in report.results).value
    if any(report.interrupted for report in reports):
        return ExitCode.INTERRUPTED
    if min_score is not None and score is not None and score * 100 < min_score:
        return ExitCode.BELOW_MIN_SCORE
    return ExitCode.OK
