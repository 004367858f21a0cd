"""The steps that make a VM ready for mutants: open the project, build the mutants, load the suite, run it.

Knows the operations of the agent that this takes, and turns their maps into values.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from testgen.agent import Agent
from testgen.mutation import Mutant, MutantResult, Outcome, Strategy, SuiteTest
from testgen.project import Project
from testgen.scoring.baseline import require_loaded, require_passing, troubles, unstable
from testgen.scoring.config import ScoreConfig
from testgen.scoring.suite import Suite
from testgen.settings import Settings

_BUILD_S = 600.0
_LOAD_S = 300.0
_BASELINE_S = 900.0
_NUMBERINGS = 2**32

OnPhase = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a VM knows once it is ready; the same for every VM of a run, times apart."""

    mutants: tuple[Mutant, ...]
    left_out: tuple[MutantResult, ...]
    """Mutants that never run: pruned as equivalent, or invalid."""
    tests: tuple[SuiteTest, ...]
    covered_by: Mapping[str, tuple[str, ...]]
    """Ids of the tests that reach a mutant, by the mutant's key."""
    test_names: Mapping[int, str] = field(default_factory=dict)
    """Ids of the tests by the numbers that this VM knows them by."""
    versions: Mapping[str, str] = field(default_factory=dict)
    recompiled_functions: tuple[str, ...] = ()
    """Functions that the first VM found to behave otherwise when switched; the others are told."""
    notes: tuple[str, ...] = ()
    phases_s: Mapping[str, float] = field(default_factory=dict)

    @property
    def baseline_s(self) -> float:
        """What one run of the suite took, as the tests report it."""
        return sum(test.duration_us for test in self.tests) / 1e6


def prepare(
    agent: Agent,
    project: Project,
    config: ScoreConfig,
    suite: Suite,
    settings: Settings,
    on_phase: OnPhase | None,
    recompiled_functions: Sequence[str] = (),
) -> Prepared:
    """Takes all steps in the VM of `agent`; see `ScoringVm.prepare`."""
    return _Preparation(agent, settings, on_phase, recompiled_functions).run(project, config, suite)


class _Preparation:
    """The steps, each timed and told."""

    def __init__(
        self,
        agent: Agent,
        settings: Settings,
        on_phase: OnPhase | None,
        recompiled_functions: Sequence[str],
    ) -> None:
        self._agent = agent
        self._settings = settings
        self._recompiled_functions = recompiled_functions
        self._first = on_phase is not None
        self._on_phase: OnPhase = on_phase or (lambda _: None)
        self._phases_s: dict[str, float] = {}

    def run(self, project: Project, config: ScoreConfig, suite: Suite) -> Prepared:
        opened = self._step("compile", "compiling the project", self._open)
        built = self._step("build", "making mutants", lambda: self._build(project))
        loaded = self._step("load", "loading the tests", lambda: self._load(project, config, suite))
        ran = self._step(
            "baseline", "running the tests without a mutant", lambda: self._baseline(config, opened, loaded)
        )
        mutants = _mutants(built, ran)
        return Prepared(
            mutants=mutants,
            left_out=_left_out(built),
            tests=_tests(loaded, ran),
            covered_by=_covered_by(mutants, ran),
            test_names={test["id"]: test["name"] for test in ran["tests"]},
            versions={name: opened[name] for name in ("elixir", "otp") if name in opened},
            recompiled_functions=tuple(fallback["function"] for fallback in ran.get("fallbacks") or ()),
            notes=_notes(opened, built, ran),
            phases_s=self._phases_s,
        )

    def _step(self, name: str, what: str, step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self._on_phase(what)
        begun = time.monotonic()
        try:
            return step()
        finally:
            self._phases_s[name] = time.monotonic() - begun

    def _open(self) -> dict[str, Any]:
        return self._agent.open_project(start_app=self._settings.sandbox.start_application)

    def _build(self, project: Project) -> dict[str, Any]:
        built: dict[str, Any] = self._agent.call(
            "mutants",
            timeout_s=_BUILD_S,
            path=str(project.source_relative),
            operator_modules=list(self._settings.mutation.operators),
            recompile=list(self._recompiled_functions),
            # The suite must not know which numbers are mutants'.
            numbering=secrets.randbelow(_NUMBERINGS),
        )
        return built

    def _load(self, project: Project, config: ScoreConfig, suite: Suite) -> dict[str, Any]:
        sources = [{"name": test.name, "source": test.source} for test in config.sources]
        files = [str(path) for path in suite.files]
        loaded: dict[str, Any] = self._agent.call(
            "load_tests", timeout_s=_LOAD_S, files=files, sources=sources
        )
        require_loaded(loaded, files, project)
        return loaded

    def _baseline(
        self, config: ScoreConfig, opened: Mapping[str, Any], loaded: Mapping[str, Any]
    ) -> dict[str, Any]:
        seeds = [config.seed + order for order in range(config.baseline_orders)]
        ran: dict[str, Any] = self._agent.call(
            "baseline", timeout_s=_BASELINE_S, seeds=seeds, compare_unswitched=self._first
        )
        names = {test["id"]: f"{test['module']} {test['name']}" for test in loaded["tests"]}
        for test in ran["tests"]:
            test["name"] = names[test["id"]]
        require_passing(ran, opened)
        return ran


def _mutants(built: Mapping[str, Any], ran: Mapping[str, Any]) -> tuple[Mutant, ...]:
    """The mutants with the strategies that the baseline left them."""
    recompiled = frozenset(ran.get("recompiled") or ())
    mutants = (Mutant.from_wire(data) for data in built["mutants"])
    return tuple(
        replace(mutant, strategy=Strategy.RECOMPILE) if mutant.id in recompiled else mutant
        for mutant in mutants
    )


def _left_out(built: Mapping[str, Any]) -> tuple[MutantResult, ...]:
    pruned = [
        MutantResult(
            mutant=Mutant.from_wire(data),
            outcome=Outcome.IGNORED,
            message=f"equivalent: {data.get('reason') or 'it cannot change what the code does'}",
        )
        for data in built.get("pruned") or ()
    ]
    invalid = [
        MutantResult(mutant=Mutant.from_wire(data), outcome=Outcome.INVALID, message=data.get("message"))
        for data in built.get("invalid") or ()
    ]
    return (*pruned, *invalid)


def _tests(loaded: Mapping[str, Any], ran: Mapping[str, Any]) -> tuple[SuiteTest, ...]:
    by_id = {test["id"]: test for test in ran["tests"]}
    return tuple(SuiteTest.from_wire(test, by_id.get(test["id"])) for test in loaded["tests"])


def _covered_by(mutants: Sequence[Mutant], ran: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    keys = {mutant.id: mutant.key for mutant in mutants}
    covered: dict[str, list[str]] = {}
    for test in ran["tests"]:
        for id_ in test.get("covers") or ():
            if test["status"] == "passed" and (key := keys.get(id_)):
                covered.setdefault(key, []).append(test["name"])
    return {key: tuple(tests) for key, tests in covered.items()}


def _notes(opened: Mapping[str, Any], built: Mapping[str, Any], ran: Mapping[str, Any]) -> tuple[str, ...]:
    notes = [
        f"{fallback['function']} is recompiled for each mutant rather than switched: {fallback['reason']}"
        for fallback in (*(built.get("fallbacks") or ()), *(ran.get("fallbacks") or ()))
    ]
    notes.extend(troubles(opened))
    notes.extend(unstable(ran))
    return tuple(notes)
