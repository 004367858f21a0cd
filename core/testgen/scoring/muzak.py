"""Scoring with the project's own Muzak (https://github.com/devonestes/muzak), run through Mix.

Muzak is a dependency of the user's project, under CC-BY-NC-ND; nothing of it is copied here. Its verdict is
taken only where it can be trusted, on the evidence of its own output:

- It does not check that the suite passes: the suite runs first, and must pass.
- On Elixir 1.14 and newer its stock release cannot read Mix's manifest, runs no test at all and reports
  100%: a run in which no test ran is refused.
- It counts a mutation that does not compile as found: here it is invalid and left out of the score.

It restarts applications and removes compiled modules, so it works on the private build, never on the user's.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from testgen.build import PrivateBuild
from testgen.errors import BaselineFailed, NothingTestable, ProjectInvalid, UntrustedVerdict
from testgen.mutation import Mutant, MutantResult, MutationReport, Outcome, Position, Timings
from testgen.progress import Progress
from testgen.scoring.mix_task import Finished, MixTasks
from testgen.scoring.muzak_output import Fate, Mutation, MuzakRun, parse
from testgen.scoring.muzak_project import find_target, min_coverage, require_muzak
from testgen.scoring.suite import modules_of
from testgen.toolchain import Toolchain

_SUITE_S = 1800.0
_MUZAK_S = 24 * 3600.0
_UNTESTED_BEFORE_GIVING_UP = 5
_OUTCOMES = {
    Fate.FOUND: Outcome.KILLED,
    Fate.SURVIVED: Outcome.SURVIVED,
    Fate.NOT_COMPILED: Outcome.INVALID,
    Fate.NOT_TESTED: Outcome.INVALID,
    Fate.UNFINISHED: Outcome.PENDING,
}
_UNTRUSTED = (
    "Muzak ran no test against any of the {number} mutations it made, and would report 100%. Its stock "
    "release does that on Elixir 1.14 and newer (this is {elixir}): it cannot read Mix's manifest, takes "
    "every mutation for one that does not compile, and counts it as found."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MuzakConfig:
    """One run of `run_muzak`."""

    path: Path
    """A source file, optionally with a line as `lib/cart.ex:12`, which becomes `--only`; or a folder of the
    project, and then the profile's `mutation_filter` chooses."""
    mutations: int | None = None
    seed: int | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MuzakVerdict:
    """A report for each mutated file, and the `min_coverage` of the profile, in percent."""

    reports: tuple[MutationReport, ...]
    min_score: float | None


def run_muzak(config: MuzakConfig, progress: Progress) -> MuzakVerdict:
    """Runs the project's suite, then its Muzak.

    Raises ProjectInvalid where the project has no Muzak or no such profile, BaselineFailed where the suite
    fails, NothingTestable where there is nothing to mutate, UntrustedVerdict where Muzak ran no tests or
    broke off.
    """
    return _MuzakRun(config, progress).verdict()


class _MuzakRun:
    def __init__(self, config: MuzakConfig, progress: Progress) -> None:
        self._config = config
        self._progress = progress
        self._begun = time.monotonic()
        self._project, self._only = find_target(config.path)
        self._toolchain = Toolchain.find(self._project.root)
        require_muzak(self._project)

    def verdict(self) -> MuzakVerdict:
        with PrivateBuild.open(self._project, self._toolchain) as build:
            tasks = MixTasks(self._project, self._toolchain, build)
            if tasks.warning is not None:
                self._progress.warn(tasks.warning)
            min_score = min_coverage(self._project, self._config.profile, tasks)
            self._progress.phase("running the suite without a mutation")
            _require_passing(tasks.run(("mix", "test"), wall_clock_s=_SUITE_S))
            baseline_s = time.monotonic() - self._begun
            interrupted, finished = self._mutate(tasks)
        run = parse(finished.output)
        self._require_trust(run, finished, interrupted=interrupted)
        timings = Timings(
            baseline_s=baseline_s,
            mutants_s=time.monotonic() - self._begun - baseline_s,
            total_s=time.monotonic() - self._begun,
        )
        return MuzakVerdict(reports=self._reports(run, timings, interrupted=interrupted), min_score=min_score)

    def _mutate(self, tasks: MixTasks) -> tuple[bool, Finished]:
        """Runs Muzak until it ends, is interrupted, or has shown that it tests nothing."""
        so_far = [""]
        told = _Told(self._progress)
        self._progress.phase("Muzak makes mutations")

        def watch(output: str) -> bool:
            so_far[0] = output
            run = parse(output)
            told.tell(run)
            return run.num_done < _UNTESTED_BEFORE_GIVING_UP or not _untested(run)

        try:
            finished = tasks.run(
                ("mix", "muzak", *self._options()),
                environment={"DEBUG": "1"},
                wall_clock_s=_MUZAK_S,
                on_output=watch,
            )
        except KeyboardInterrupt:
            if not parse(so_far[0]).mutations:
                raise
            return True, Finished(output=so_far[0], status=None)
        return False, finished

    def _options(self) -> list[str]:
        config = self._config
        named = {
            "--mutations": config.mutations,
            "--seed": config.seed,
            "--profile": config.profile,
            "--only": self._only,
        }
        return [word for name, value in named.items() if value is not None for word in (name, str(value))]

    def _require_trust(self, run: MuzakRun, finished: Finished, *, interrupted: bool) -> None:
        if run.announced is None:
            raise ProjectInvalid(
                f"`mix muzak` did not get as far as making mutations:\n{finished.tail}",
                "See that `mix muzak` starts in the project.",
            )
        if run.announced == 0:
            raise NothingTestable(
                "Muzak found nothing to mutate.",
                "Name another file, or look at mutation_filter in .muzak.exs.",
            )
        if _untested(run):
            raise UntrustedVerdict(
                _UNTRUSTED.format(number=len(run.mutations), elixir=self._toolchain.elixir_version),
                "Run without --engine muzak, or use a Muzak that supports this Elixir.",
            )
        broke_off = len(run.mutations) < run.announced or run.mutations[-1].fate is Fate.UNFINISHED
        if broke_off and not interrupted:
            raise UntrustedVerdict(
                f"Muzak broke off after {len(run.mutations)} of {run.announced} mutations "
                f"({finished.ending.value}):\n{finished.tail}",
                "Run without --engine muzak.",
            )

    def _reports(self, run: MuzakRun, timings: Timings, *, interrupted: bool) -> tuple[MutationReport, ...]:
        by_file: dict[str, list[tuple[int, Mutation]]] = {}
        for number, mutation in enumerate(run.mutations, 1):
            by_file.setdefault(mutation.path, []).append((number, mutation))
        return tuple(
            self._report(file, by_file[file], timings, interrupted=interrupted) for file in sorted(by_file)
        )

    def _report(
        self, file: str, mutations: Sequence[tuple[int, Mutation]], timings: Timings, *, interrupted: bool
    ) -> MutationReport:
        source = (self._project.root / file).read_bytes().decode(errors="replace")
        return MutationReport(
            file=file,
            source=source,
            results=tuple(_result(number, mutation, source) for number, mutation in mutations),
            project_root=str(self._project.root),
            engine="muzak",
            versions={"elixir": self._toolchain.elixir_version, "otp": self._toolchain.otp},
            timings=timings,
            interrupted=interrupted,
        )


def _require_passing(suite: Finished) -> None:
    if suite.status != 0:
        raise BaselineFailed(
            f"The project's own tests do not pass (`mix test` ended with {suite.status}); Muzak does not "
            f"check that, and would take every mutation for found:\n{suite.tail}",
            "Make `mix test` pass first.",
        )


def _untested(run: MuzakRun) -> bool:
    """Whether mutations compiled and yet no test ran in the whole run."""
    fates = {mutation.fate for mutation in run.mutations}
    return Fate.NOT_TESTED in fates and not fates & {Fate.FOUND, Fate.SURVIVED}


class _Told:
    """Tells the progress of a run, each step once."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._num_done = -1

    def tell(self, run: MuzakRun) -> None:
        if run.announced is None or run.num_done == self._num_done:
            return
        if self._num_done < 0:
            self._progress.phase("Muzak runs mutations", run.announced)
        self._num_done = run.num_done
        fates = Counter(mutation.fate.value for mutation in run.mutations)
        del fates[Fate.UNFINISHED.value]
        self._progress.advance(run.num_done, fates)


def _result(number: int, mutation: Mutation, source: str) -> MutantResult:
    start, end = _span(mutation, source)
    modules = modules_of(source)
    mutant = Mutant(
        id=number,
        key=f"muzak@{mutation.line}#{number}",
        operator="muzak",
        group="muzak",
        module=modules[0] if modules else mutation.path,
        function=None,
        start=start,
        end=end,
        original=mutation.original,
        replacement=mutation.replacement,
    )
    message = mutation.failure
    if mutation.fate is Fate.NOT_TESTED:
        message = "nothing ran against it: what depends on the module did not compile"
    return MutantResult(mutant=mutant, outcome=_OUTCOMES[mutation.fate], message=message)


def _span(mutation: Mutation, source: str) -> tuple[Position, Position]:
    """Where the mutation lies: the line's text without its indent. Muzak formats the source first, so the
    lines
    may hold something else; then it is the whole of what is there."""
    lines = source.split("\n")
    number = min(mutation.line, len(lines))
    last = min(number + mutation.original.count("\n"), len(lines))
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    return Position(number, indent + 1), Position(last, len(lines[last - 1].rstrip()) + 1)
