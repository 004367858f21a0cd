"""A report for a person: survivors by function with their diffs, then the counts and the two scores.

Colour and width are the console's business: none of the first where the output is no terminal or NO_COLOR
is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from testgen.mutation import MutantResult, MutationReport, Outcome, Score

_STYLES = {"-": "red", "+": "green"}
_COUNTED = (
    (Outcome.KILLED, "killed", "green"),
    (Outcome.TIMEOUT, "timed out", "yellow"),
    (Outcome.SURVIVED, "survived", "red"),
    (Outcome.NO_COVERAGE, "not covered", "red"),
    (Outcome.INVALID, "invalid", "dim"),
    (Outcome.IGNORED, "not run", "dim"),
    (Outcome.PENDING, "interrupted", "yellow"),
)


def print_reports(reports: Sequence[MutationReport], console: Console) -> None:
    """Prints each of `reports` on `console`, and what they come to where there are several."""
    for report in reports:
        _print_report(report, console)
    if len(reports) > 1:
        total = Score.of(result for report in reports for result in report.results)
        if total.value is not None and total.strict is not None:
            _line(console, f"all: score {percent(total.value)}, strict {percent(total.strict)}", "bold")


def _print_report(report: MutationReport, console: Console) -> None:
    """The survivors first and the score last."""
    _print_survivors(report, console)
    for note in report.notes:
        _line(console, f"note: {note}", "yellow")
    _print_counts(report, console)
    _print_score(report, console)


def _print_survivors(report: MutationReport, console: Console) -> None:
    for function, results in groupby(report.survivors, key=_function):
        _line(console, function, "bold")
        for result in results:
            _print_survivor(result, report, console)


def _function(result: MutantResult) -> str:
    mutant = result.mutant
    return f"{mutant.module}.{mutant.function}" if mutant.function else mutant.module


def _print_survivor(result: MutantResult, report: MutationReport, console: Console) -> None:
    mutant = result.mutant
    not_covered = " (no test reaches it)" if result.outcome is Outcome.NO_COVERAGE else ""
    _line(console, f"  {report.file}:{mutant.start.line}  {mutant.operator}{not_covered}", "cyan")
    changed = [(line[0], line[1:]) for line in mutant.diff(report.source) if line[1:].strip()]
    indent = min((len(text) - len(text.lstrip()) for _, text in changed), default=0)
    for sign, text in changed:
        _line(console, f"    {sign} {text[indent:].rstrip()}", _STYLES.get(sign, ""))


def _print_counts(report: MutationReport, console: Console) -> None:
    parts = Text()
    for outcome, word, style in _COUNTED:
        if number := report.count(outcome):
            parts.append(", " if parts else "")
            parts.append(f"{number} {word}", style)
    tests = f", {len(report.tests)} test{'' if len(report.tests) == 1 else 's'}" if report.tests else ""
    heading = f"{report.file}: {len(report.results)} mutants{tests}: "
    console.print(Text(heading).append_text(parts), soft_wrap=True, highlight=False)
    if reasons := _reasons(report.with_outcome(Outcome.IGNORED)):
        _line(console, f"not run: {reasons}", "dim")


def _reasons(results: Iterable[MutantResult]) -> str:
    """Why mutants did not run, with how often, the most frequent first."""
    counts: dict[str, int] = {}
    for result in results:
        reason = result.message or "no reason given"
        counts[reason] = counts.get(reason, 0) + 1
    return "; ".join(f"{number} {reason}" for reason, number in sorted(counts.items(), key=lambda it: -it[1]))


def _print_score(report: MutationReport, console: Console) -> None:
    if report.score is None or report.strict_score is None:
        _line(console, "score: none, as no mutant counts", "bold")
        return
    style = "bold green" if report.score >= 0.8 else "bold yellow" if report.score >= 0.6 else "bold red"
    _line(
        console,
        f"score {percent(report.score)}, strict {percent(report.strict_score)}{_doubts(report)}",
        style,
    )
    _line(console, _how(report), "dim")


def _doubts(report: MutationReport) -> str:
    doubts = ""
    if (sample := report.sample) is not None:
        interval = f"95% interval {percent(sample.low)} to {percent(sample.high)}"
        doubts += f" (sample of {sample.size} of {sample.population} mutants, {interval}, seed {sample.seed})"
    if report.interrupted:
        doubts += " (interrupted: of the mutants that ran)"
    return doubts


def _how(report: MutationReport) -> str:
    """How the verdicts were come by: time, VMs, and the share that needed a fresh one."""
    if report.from_cache:
        return f"from the cache, in {report.timings.total_s:.2f} s"
    timings = report.timings
    ran = sum(not result.cached for result in report.results if result.outcome.scored)
    per_s = ran / timings.mutants_s if timings.mutants_s > 0 else 0.0
    rate = f" ({per_s:.{0 if per_s >= 10 else 1}f} a second)" if ran else ""
    vms = f"{report.num_vms} VM{'' if report.num_vms == 1 else 's'}"
    if report.jobs > 1:
        vms += f", {timings.speed_up:.1f} times as fast as one"
    fresh = f", {percent(report.fresh_vm_share)} of verdicts from a fresh VM" if report.fresh_vm_share else ""
    return f"{timings.total_s:.1f} s, of which {timings.mutants_s:.1f} s for mutants{rate}; {vms}{fresh}"


def percent(share: float) -> str:
    """A share as a percentage that never rounds up to 100 nor down to 0: `99.9%` for 1999 of 2000."""
    rounded = round(share * 100, 1)
    if rounded == 100.0 and share < 1:
        rounded = 99.9
    elif rounded == 0.0 and share > 0:
        rounded = 0.1
    return f"{rounded:.1f}%"


def _line(console: Console, text: str, style: str = "") -> None:
    """One line of plain text: no markup, no highlighting, never broken by the width of a pipe."""
    console.print(Text(text, style), soft_wrap=True, highlight=False)
