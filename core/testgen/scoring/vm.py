"""One VM that runs mutants of one file against one suite.

Mutants are named by their keys here, which are the same in every VM; the numbers of a VM's own build stay
inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testgen.agent import Agent
from testgen.errors import AgentError, UntrustedVerdict
from testgen.mutation import MutantResult, Outcome
from testgen.project import Project
from testgen.scoring.config import ScoreConfig
from testgen.scoring.preparation import OnPhase, Prepared, prepare
from testgen.scoring.suite import Suite
from testgen.settings import Settings

_SILENCE_S = 120.0

OnResult = Callable[[MutantResult], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEnd:
    """How a batch of mutants ended: with `poisoned`, the verdicts of `suspects` must come from a fresh VM."""

    poisoned: bool = False
    reason: str | None = None
    suspects: frozenset[str] = frozenset()


class ScoringVm:
    """A VM that can run mutants of one file against one suite."""

    def __init__(self, agent: Agent, prepared: Prepared, *, all_tests: bool) -> None:
        self._agent = agent
        self._all_tests = all_tests
        self._by_key = {mutant.key: mutant for mutant in prepared.mutants}
        self._by_id = {mutant.id: mutant for mutant in prepared.mutants}
        self.prepared = prepared
        self.fresh = True
        """Whether no mutant has run in this VM yet."""

    @classmethod
    def prepare(
        cls,
        agent: Agent,
        project: Project,
        config: ScoreConfig,
        suite: Suite,
        settings: Settings,
        on_phase: OnPhase | None = None,
        recompiled_functions: Sequence[str] = (),
    ) -> ScoringVm:
        """Makes the VM of `agent` ready. The first of a run, the one with `on_phase`, also runs the suite
        with the module as it is; what it finds to be recompiled, the others are to be given.

        Raises BaselineFailed when a test does not load or fails without a mutant, AgentError and
        AgentDied as the agent does.
        """
        prepared = prepare(agent, project, config, suite, settings, on_phase, recompiled_functions)
        return cls(agent, prepared, all_tests=config.all_tests)

    def run(self, keys: Sequence[str], on_result: OnResult) -> BatchEnd:
        """Runs the mutants in the order given, telling each verdict as it comes.

        Raises AgentDied, and UntrustedVerdict for a test that tampers with the run.
        """
        ids = [self._by_key[key].id for key in keys]
        self.fresh = False
        stream = self._agent.stream(
            "run_mutants", timeout_s=self._silence_s, mutants=ids, all_tests=self._all_tests
        )
        try:
            for event in stream:
                if event.name == "outcome":
                    on_result(self._result(event.data))
        except AgentError as error:
            if error.kind != "untrusted_test":
                raise
            raise UntrustedVerdict(
                error.message, "Take that test out, or name the others after the path."
            ) from error
        end = stream.result
        return BatchEnd(
            poisoned=bool(end.get("poisoned")),
            reason=end.get("reason"),
            suspects=frozenset(self._by_id[id_].key for id_ in end.get("suspects") or ()),
        )

    def close(self) -> None:
        self._agent.close()

    @property
    def _silence_s(self) -> float:
        """The longest wait for the next verdict: far above what the agent's own limits allow one mutant."""
        return _SILENCE_S + 20 * self.prepared.baseline_s

    def _result(self, data: Mapping[str, Any]) -> MutantResult:
        mutant = self._by_id[data["mutant"]]
        return MutantResult(
            mutant=mutant,
            outcome=Outcome(data["status"]),
            killed_by=tuple(self.prepared.test_names[id_] for id_ in sorted(data.get("killed_by") or ())),
            message=data.get("message"),
            duration_us=data.get("duration_us") or 0,
        )
