"""A generation of tests for LiveViews and components: the steps of every generation, with visits in place of
calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from testgen.errors import NothingTestable, ProjectInvalid
from testgen.mutation import Mutant
from testgen.progress import Progress
from testgen.synthesis import pipeline
from testgen.synthesis.additions import ModuleOutline
from testgen.synthesis.analysis import Module
from testgen.synthesis.assembly import Assembly, Draft
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.crew import Crew
from testgen.synthesis.explanations import Explained
from testgen.synthesis.interrupts import Cancellation
from testgen.synthesis.liveview.events import with_templates
from testgen.synthesis.liveview.explaining import explained
from testgen.synthesis.liveview.facts import Facts, ModuleFacts
from testgen.synthesis.liveview.opening import frame
from testgen.synthesis.liveview.search import Search
from testgen.synthesis.liveview.writing import name_all
from testgen.synthesis.pipeline import Generation, State
from testgen.synthesis.report import Generated
from testgen.synthesis.stop import Stop
from testgen.synthesis.subject import Subject
from testgen.synthesis.verification import verify
from testgen.synthesis.watch import Watch
from testgen.synthesis.workbench import Workbench


def generate(
    config: GenerateConfig,
    progress: Progress,
    *,
    warm: Workbench | None = None,
    cancellation: Cancellation | None = None,
    watch: Watch | None = None,
) -> Generated:
    """As `testgen.synthesis.pipeline.generate`, for LiveViews.

    Raises ProjectInvalid where the project has no Phoenix LiveView, NothingTestable where the file has
    neither a LiveView nor a component, besides what that raises.
    """
    return pipeline.generate(
        config, progress, warm=warm, cancellation=cancellation, watch=watch, making=LiveViewGeneration
    )


class LiveViewGeneration(Generation):
    """One generation for the LiveViews and components of a file."""

    _facts: Facts
    _searched: dict[str, Search]

    def open(self) -> tuple[tuple[Module, ...], tuple[ModuleOutline, ...], list[str]]:
        """The modules that are LiveViews or components."""
        modules, outline, notes = super().open()
        facts = Facts.from_wire(self._bench.live_facts([module.name for module in modules]))
        has_conn = self._before is None or facts.conn_case in self._before
        self._facts = facts if has_conn else replace(facts, conn_case="")
        self._searched = {}
        _refuse(self._facts, self._path)
        return tuple(m for m in modules if self._facts.of(m.name).kind), outline, notes

    def search(self, state: State, chosen: Sequence[Subject], stop: Stop, crew: Workbench | Crew) -> None:
        """Visits each view and keeps what kills mutants; one VM does it, however many there are."""
        del crew
        views_first = sorted(chosen, key=lambda each: self._facts.of(each.module.name).kind != "view")
        for subject in views_first:
            if stop:
                break
            self._progress.phase(f"visiting {subject.module.name}")
            alive = (m for m in state.built.mutants if not state.found.killers[m.id])
            mutants = [mutant.id for mutant in alive if self._is_wanted(mutant)]
            source = with_templates(self._project.source)
            search = Search(self._bench, subject, self._facts, state.found, stop, source)
            self._searched[subject.module.name] = search
            search.run(mutants)

    def _is_wanted(self, mutant: Mutant) -> bool:
        """Whether tests are wanted for it; whichever module it is in, a view may reach it."""
        functions, keys = self._config.functions, self._config.mutants
        return (not functions or mutant.function in functions) and (not keys or mutant.key in keys)

    def deliverable(
        self, state: State, chosen: Sequence[Subject], outline: tuple[ModuleOutline, ...]
    ) -> Draft:
        """The chosen visits as a verified file."""
        self._progress.phase("choosing tests")
        assembly = Assembly(
            self._bench,
            chosen,
            outline=outline,
            before=self._before,
            target=self._target,
            standalone=None,
            examples={},
            frame=frame(self._facts, is_rendered=all(m.kind != "view" for m in self._kinds())),
        )
        ready = {
            name: name_all(search.chosen(state.killed_before), assembly.taken_names(name))
            for name, search in self._searched.items()
        }
        self._progress.phase("verifying the test file")
        mutants = [mutant.id for mutant in state.built.mutants]
        return assembly.verified_cases(ready, mutants, state.killed_before, verify)

    def _kinds(self) -> list[ModuleFacts]:
        return [module for module in self._facts.modules if module.kind]

    def explained(self, state: State, draft: Draft, chosen: Sequence[Subject]) -> Explained:
        """Findings, and why mutants live on."""
        del chosen
        visited = {name: (search.events, search.visits) for name, search in self._searched.items()}
        return explained(visited, state.built.mutants, draft)


def _refuse(facts: Facts, path: str) -> None:
    if not facts.live_view:
        raise ProjectInvalid(
            "The project has no Phoenix LiveView, so there is no LiveView to test.",
            "Ask for another kind: `--kind exunit`.",
        )
    if not facts.parser:
        raise ProjectInvalid(
            "Phoenix.LiveViewTest reads pages with a library that the project does not have.",
            'Add `{:floki, ">= 0.30.0", only: :test}` to the dependencies in mix.exs'
            " (`:lazy_html` from LiveView 1.1 on), and run `mix deps.get`.",
        )
    if not facts.endpoint:
        raise ProjectInvalid(
            "The project has no Phoenix endpoint, which LiveViewTest needs.",
            "Ask for another kind: `--kind exunit`.",
        )
    if not any(module.kind for module in facts.modules):
        raise NothingTestable(
            f"{path} has neither a LiveView nor a component.", "Ask for another kind: `--kind exunit`."
        )
