"""Does switching leave a module as it was? Asks the suites of real repositories.

Give it folders with checked-out Mix repositories. Each is copied, its own suite runs twice as it is and once
(twice, where something differs) with every module under `lib` built and loaded with all its mutants, none of
them active; tests are compared one by one. A repository whose suite does not run on this machine even as it
is counts as left out, with the reason. Dependencies are taken from the other folders given (and from those
after `--packages`).

    python -m benchmarks.switching_study checkouts/*
    python -m benchmarks.switching_study some/repo --packages checkouts/* --keep /tmp/work

It does not cover umbrella projects, nor modules that tests compile themselves.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks.switching import workspace
from benchmarks.switching.comparison import Comparison, changed, compare
from benchmarks.switching.counts import entry, merged, totals
from benchmarks.switching.suite import SuiteRun, run_suite
from testgen.toolchain import Toolchain, agent_ebin


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A repository that is no part of the figures, and why."""

    repository: str
    commit: str
    reason: str


def study(
    checkout: workspace.Checkout, *, folder: Path, ebin: Path, timeout_s: float
) -> Comparison | LeftOut:
    """Three runs of one repository's suite in its copy under `folder`."""
    project = folder / checkout.app
    sources = sorted(str(path.relative_to(project)) for path in (project / "lib").rglob("*.ex"))

    def run(switch: list[str], limit_s: float) -> SuiteRun:
        return run_suite(project, ebin=ebin, switch=switch, timeout_s=limit_s)

    first = run([], timeout_s)
    if not first.finished or not sources:
        reason = (
            f"its suite does not run here: {first.output[-400:]}" if sources else "no Elixir file under lib"
        )
        return LeftOut(repository=checkout.repository, commit=checkout.commit, reason=reason)
    patient_s = timeout_s + 5 * first.seconds
    switched = run(sources, patient_s)
    # What ends otherwise is run once more, for it may be a matter of time.
    again = run(sources, patient_s) if changed(first, switched) else switched
    return compare(
        repository=checkout.repository,
        commit=checkout.commit,
        plain=(first, run([], timeout_s)),
        switched=(switched, again),
    )


def rows(counts: dict[str, Any]) -> list[record.Row]:
    """The study's two lines of the table."""
    beside = f"{counts['repositories']} public repositories"
    return [
        record.Row(
            what="source files whose switched build compiles",
            asked="95%",
            measured=f"{counts['files_built_percent']}% of {counts['files']:,}",
            beside=beside,
            met=counts["files_built_percent"] >= 95,
        ),
        record.Row(
            what="results of the repositories' own suites that stay the same, all modules switched",
            asked="99%",
            measured=f"{counts['tests_same_percent']}% of {counts['tests_compared']:,}",
            beside=beside,
            met=counts["tests_same_percent"] >= 99,
        ),
    ]


def say(result: Comparison | LeftOut) -> None:
    """One line per repository while it runs."""
    if isinstance(result, LeftOut):
        print(f"{result.repository}: left out, {result.reason.splitlines()[-1][:160]}", flush=True)
        return
    print(
        f"{result.repository}: {len(result.built)}/{len(result.with_modules)} files, "
        f"{result.same}/{result.compared} tests the same, {len(result.unsteady)} unsteady, "
        f"{result.plain_s} s plain, {result.switched_s} s switched",
        flush=True,
    )


def main(arguments: list[str]) -> int:
    """Runs the study, prints it and writes benchmarks/results/switching_study.json."""
    options = _options(arguments)
    checkouts = [workspace.Checkout.read(path.resolve()) for path in options.repositories]
    packages = [workspace.Checkout.read(path.resolve()) for path in options.packages]
    ebin = agent_ebin(Toolchain.find(Path.cwd()))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(exist_ok=True)
        workspace.lay_out(folder, checkouts + packages)
        results = []
        for checkout in checkouts:
            results.append(study(checkout, folder=folder, ebin=ebin, timeout_s=options.timeout))
            say(results[-1])
    names = shlex.join(path.name for path in options.repositories)
    return _report(results, command=f"python -m benchmarks.switching_study {names}", update=options.update)


def _report(results: Sequence[Comparison | LeftOut], *, command: str, update: bool) -> int:
    engine = record.versions()["commit"]
    entries = [entry(result, testgen=engine) for result in results if isinstance(result, Comparison)]
    left_out = [asdict(result) for result in results if isinstance(result, LeftOut)]
    if update and (old := record.read("switching_study")):
        entries = merged(old["figures"]["repositories"], entries)
        left_out = merged(old["figures"]["left_out"], left_out)
    counts = totals(entries)
    made = record.Record(
        benchmark="switching_study",
        command=command,
        rows=rows(counts),
        figures={"totals": counts, "repositories": entries, "left_out": left_out},
        seed=0,
        notes=["each repository's entry names the commit of testgen that it was measured with"],
    )
    record.write(made)
    return record.report(made)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.switching_study",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument(
        "--packages", nargs="*", default=[], type=Path, help="folders used as dependencies only"
    )
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it (faster the second time)")
    parser.add_argument("--update", action="store_true", help="keep the record's other repositories")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one run of a suite")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
