"""One scoring run from a path to a report: find, prepare, select, run, assemble."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from testgen.mutation import MutantResult, MutationReport, Outcome, SampleEstimate, SuiteTest, Timings
from testgen.progress import Progress, SilentProgress
from testgen.project import Project
from testgen.scoring import cache
from testgen.scoring.config import ScoreConfig
from testgen.scoring.fleet import Fleet
from testgen.scoring.preparation import Prepared
from testgen.scoring.sampling import estimate
from testgen.scoring.selection import Selection, select
from testgen.scoring.suite import Suite, find_suite, named_suite
from testgen.scoring.vm import ScoringVm
from testgen.scoring.workers import MutantRun
from testgen.toolchain import Toolchain


def score(config: ScoreConfig, progress: Progress | None = None) -> MutationReport:
    """Runs the mutants of a source file against its tests.

    On KeyboardInterrupt while mutants run, the report of what was found until then, marked `interrupted`;
    earlier than that there is nothing to report, and the interrupt passes through. No process is left
    either way. Raises TestgenError: BaselineFailed where the tests fail without a mutant, and what the
    parts raise.
    """
    return _Run(config, progress or SilentProgress()).report()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """What running the chosen mutants gave."""

    results: Mapping[str, MutantResult]
    interrupted: bool = False
    num_vms: int = 0
    peak_bytes: int = 0
    poisonings: tuple[str, ...] = ()
    unverified: frozenset[str] = frozenset()
    mutants_s: float = 0.0
    busy_s: float = 0.0


class _Run:
    def __init__(self, config: ScoreConfig, progress: Progress) -> None:
        self._config = config
        self._progress = progress
        self._begun = time.monotonic()
        self._project = Project.find(config.path)
        self._toolchain = Toolchain.find(self._project.root)
        self._suite = self._find_suite()
        self._key = cache.cache_key(self._project, self._suite, config, self._toolchain)
        self._source = self._project.source.read_bytes().decode(errors="replace")

    def report(self) -> MutationReport:
        known = cache.load(self._key) if self._config.use_cache else None
        if known is not None:
            selection = select(known.prepared.mutants, self._config, self._project)
            if all(mutant.key in known.results for mutant in selection.chosen):
                return self._assemble(known.prepared, selection, _Ran(results=known.results), from_cache=True)
        with Fleet(self._project, self._toolchain, self._config, self._suite, self._progress) as fleet:
            vm = fleet.open_first()
            open_s = sum(vm.prepared.phases_s.values())
            selection = select(vm.prepared.mutants, self._config, self._project)
            ran = self._run_mutants(fleet, vm, selection, known.results if known else {}, open_s)
        if self._config.use_cache:
            results = {key: found for key, found in ran.results.items() if key not in ran.unverified}
            cache.store(self._key, cache.CacheEntry(prepared=vm.prepared, results=results))
        return self._assemble(vm.prepared, selection, ran)

    def _find_suite(self) -> Suite:
        if self._config.tests:
            return named_suite(self._project, self._config.tests)
        return Suite(files=()) if self._config.sources else find_suite(self._project)

    def _run_mutants(
        self,
        fleet: Fleet,
        vm: ScoringVm,
        selection: Selection,
        known: Mapping[str, MutantResult],
        open_s: float,
    ) -> _Ran:
        todo = [mutant for mutant in selection.chosen if mutant.key not in known]
        tally = _Tally(self._progress, len(todo))
        run = MutantRun(
            todo, vm, fleet.open_another, jobs=self._config.jobs, open_s=open_s, on_result=tally.add
        )
        begun = time.monotonic()
        interrupted = False
        try:
            run.finish()
        except KeyboardInterrupt:
            interrupted = True
        return _Ran(
            results={**known, **run.results},
            interrupted=interrupted,
            num_vms=fleet.num_vms,
            peak_bytes=fleet.peak_bytes,
            poisonings=tuple(run.poisonings),
            unverified=frozenset(run.unverified),
            mutants_s=time.monotonic() - begun,
            busy_s=run.busy_s,
        )

    def _assemble(
        self, prepared: Prepared, selection: Selection, ran: _Ran, *, from_cache: bool = False
    ) -> MutationReport:
        results = _all_results(prepared, selection, ran.results)
        return MutationReport(
            file=str(self._project.source_relative),
            source=self._source,
            results=results,
            tests=tuple(_with_relative_file(test, self._project) for test in prepared.tests),
            test_sources=self._test_sources(),
            project_root=str(self._project.root),
            versions={"elixir": self._toolchain.elixir_version, "otp": self._toolchain.otp},
            timings=self._timings(prepared, ran),
            jobs=self._config.jobs,
            num_vms=ran.num_vms,
            peak_bytes=ran.peak_bytes,
            sample=self._estimate(results, selection),
            changed_since=self._config.changed,
            interrupted=ran.interrupted,
            from_cache=from_cache,
            notes=(*prepared.notes, *self._notes(ran)),
        )

    def _estimate(self, results: tuple[MutantResult, ...], selection: Selection) -> SampleEstimate | None:
        if self._config.sample is None or len(selection.chosen) == selection.population:
            return None
        return estimate(results, selection.population, self._config.seed)

    def _timings(self, prepared: Prepared, ran: _Ran) -> Timings:
        phases = dict(prepared.phases_s)
        baseline_s = phases.pop("baseline", 0.0)
        total_s = time.monotonic() - self._begun
        return Timings(
            setup_s=max(0.0, total_s - baseline_s - ran.mutants_s),
            baseline_s=baseline_s,
            mutants_s=ran.mutants_s,
            busy_s=ran.busy_s,
            total_s=total_s,
            phases_s=phases,
        )

    def _test_sources(self) -> dict[str, str]:
        named = {test.name: test.source for test in self._config.sources}
        for path in self._suite.files:
            named[_relative(path, self._project)] = path.read_text(encoding="utf-8", errors="replace")
        return named

    def _notes(self, ran: _Ran) -> list[str]:
        notes = [
            f"a VM was replaced {count} times: {reason}" if count > 1 else f"a VM was replaced: {reason}"
            for reason, count in Counter(ran.poisonings).items()
        ]
        if self._suite.others:
            others = ", ".join(_relative(path, self._project) for path in self._suite.others)
            notes.append(f"not run, though it mentions the module too: {others} (name it after the path)")
        return notes


class _Tally:
    """Counts verdicts for the progress; a later verdict on the same mutant replaces the earlier one."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._outcomes: dict[str, Outcome] = {}
        progress.phase("running mutants", total)

    def add(self, result: MutantResult) -> None:
        self._outcomes[result.mutant.key] = result.outcome
        counts = Counter(outcome.value.replace("_", " ") for outcome in list(self._outcomes.values()))
        self._progress.advance(len(self._outcomes), counts)


def _all_results(
    prepared: Prepared, selection: Selection, results: Mapping[str, MutantResult]
) -> tuple[MutantResult, ...]:
    """A result for every mutant of the file, those that did not run included, in source order."""
    found = list(prepared.left_out)
    for mutant in prepared.mutants:
        if reason := selection.left_aside.get(mutant.key):
            found.append(MutantResult(mutant=mutant, outcome=Outcome.IGNORED, message=reason))
        elif result := results.get(mutant.key):
            covered_by = prepared.covered_by.get(mutant.key, ())
            found.append(replace(result, mutant=mutant, covered_by=covered_by))
        else:
            found.append(MutantResult(mutant=mutant, outcome=Outcome.PENDING, message="interrupted"))
    return tuple(sorted(found, key=lambda result: (result.mutant.start, result.mutant.id)))


def _with_relative_file(test: SuiteTest, project: Project) -> SuiteTest:
    return replace(test, file=_relative(Path(test.file), project))


def _relative(path: Path, project: Project) -> str:
    return str(path.relative_to(project.root)) if path.is_relative_to(project.root) else str(path)
