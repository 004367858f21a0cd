"""The VMs of one run: opened on one private build, counted, and ended together however the run ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType

from testgen.agent import Agent
from testgen.build import PrivateBuild
from testgen.progress import Progress
from testgen.project import Project
from testgen.sandbox import Sandbox, pick
from testgen.scoring.config import ScoreConfig
from testgen.scoring.preparation import OnPhase
from testgen.scoring.suite import Suite
from testgen.scoring.vm import ScoringVm
from testgen.settings import Settings
from testgen.toolchain import Toolchain


class Fleet:
    """Opens VMs for one run. The first must be ready before another is opened: it compiles the shared
    build.
    """

    def __init__(
        self, project: Project, toolchain: Toolchain, config: ScoreConfig, suite: Suite, progress: Progress
    ) -> None:
        self._project = project
        self._toolchain = toolchain
        self._config = config
        self._suite = suite
        self._progress = progress
        self._settings = Settings.load(project.top)
        self._sandbox: Sandbox = pick()
        self._build: PrivateBuild | None = None
        self._agents: list[Agent] = []
        self._lock = threading.Lock()
        self._closed = False
        self._recompiled_functions: tuple[str, ...] = ()

    @property
    def num_vms(self) -> int:
        """How many VMs were opened in all."""
        return len(self._agents)

    @property
    def peak_bytes(self) -> int:
        """The most memory that the VMs had together, if those that ran at the same time peaked together."""
        peaks = sorted((agent.peak_bytes for agent in self._agents), reverse=True)
        return sum(peaks[: self._config.jobs])

    def open_first(self) -> ScoringVm:
        """The first VM; its steps are told as they begin."""
        vm = self._open(self._progress.phase)
        self._recompiled_functions = vm.prepared.recompiled_functions
        return vm

    def open_another(self) -> ScoringVm:
        """One more VM, silently. Safe to call from several threads."""
        return self._open(None)

    def close(self) -> None:
        """Ends every VM and gives the private build back. May be called twice."""
        with self._lock:
            self._closed = True
            agents: Sequence[Agent] = list(self._agents)
        for agent in agents:
            agent.close()
        if self._build is not None:
            self._build.close()
            self._build = None

    def __enter__(self) -> Fleet:
        self._build = PrivateBuild.open(self._project, self._toolchain)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self, on_phase: OnPhase | None) -> ScoringVm:
        if on_phase is not None:
            on_phase("starting Elixir")
        agent = Agent.start(
            self._project,
            sandbox=self._sandbox,
            settings=self._settings,
            build=self._build,
            readable=self._suite.files,
        )
        with self._lock:
            self._agents.append(agent)
            closed = self._closed
        if closed:
            agent.close()
        return ScoringVm.prepare(
            agent,
            self._project,
            self._config,
            self._suite,
            self._settings,
            on_phase,
            self._recompiled_functions,
        )
