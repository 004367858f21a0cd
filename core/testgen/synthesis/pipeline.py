"""One generation from a path to the text of a test file: analyse, search, select, render, verify.

Writing the text where the user wants it is `delivery`'s, saying what happened `report`'s. A Ctrl-C ends the
search; what was found until then is still verified and returned.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from testgen.agent import Agent
from testgen.build import PrivateBuild
from testgen.errors import AgentError, AgentFailure, BaselineFailed, PathUnusable
from testgen.mutation import Mutant
from testgen.progress import Progress
from testgen.project import Project, ProjectKind
from testgen.scoring.baseline import troubles
from testgen.settings import Settings
from testgen.synthesis import delivery
from testgen.synthesis.additions import ModuleOutline
from testgen.synthesis.analysis import Module
from testgen.synthesis.answers import Built
from testgen.synthesis.assembly import Assembly, Draft
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import Chosen
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.crew import Crew
from testgen.synthesis.examples import Examples, run_examples
from testgen.synthesis.explanations import Explained, explain
from testgen.synthesis.found import KILLED_BEFORE, Found
from testgen.synthesis.interrupts import Cancellation, Stage, stopping
from testgen.synthesis.proposers.doctests import Doctests
from testgen.synthesis.proposers.model import Model
from testgen.synthesis.report import Generated, LeftAlone
from testgen.synthesis.scope import subjects
from testgen.synthesis.search import Search
from testgen.synthesis.selection import Choice, select
from testgen.synthesis.stop import Stop
from testgen.synthesis.subject import Subject
from testgen.synthesis.verification import verify
from testgen.synthesis.watch import Watch
from testgen.synthesis.workbench import UNSETTLED, Workbench, is_cancelled
from testgen.toolchain import Toolchain

_DRAFTS = 3
"""So often tests are chosen anew because some fail beside the others."""
_EXAMPLE_CHOICES = 1_000_000_000
"""Ids of the choices that stand for a module's doctests, above those of candidates."""


def generate(
    config: GenerateConfig,
    progress: Progress,
    *,
    warm: Workbench | None = None,
    cancellation: Cancellation | None = None,
    watch: Watch | None = None,
    making: type[Generation] | None = None,
) -> Generated:
    """The test file for a source file, verified; nothing is written.

    `making` is how tests of another kind than ExUnit's are made. `warm` is a workbench on the same project
    that an earlier generation used; it is left open. Without it a VM is started and ended.
    `cancellation` ends it from another thread; `watch` is told what is found.

    Raises TestgenError: what the parts raise, BaselineFailed where the existing test file does not pass,
    NothingTestable where no test could be made at all.
    """
    begun = time.monotonic()
    project = Project.find(config.path)
    target = _target(config, project)
    before = delivery.read_existing(target) if config.before is None else config.before
    if config.append and before is None:
        raise PathUnusable(
            f"{target} does not exist, so there is nothing to append to.", "Leave out `--append`."
        )
    settings = Settings.load(project.top)
    with nullcontext(warm) if warm else started(project, settings, progress) as bench:
        run = (making or Generation)(config, project, target, before, bench, progress)
        run.cancellation = cancellation or run.cancellation
        run.watch = watch or run.watch
        return run.result(begun, settings.mutation.operators)


@contextmanager
def started(project: Project, settings: Settings, progress: Progress) -> Iterator[Workbench]:
    """A workbench on a VM of its own, ended with the block. Raises what starting an agent raises."""
    progress.phase("starting Elixir")
    toolchain = Toolchain.find(project.root)
    with (
        PrivateBuild.open(project, toolchain) as build,
        Workbench(lambda: Agent.start(project, settings=settings, build=build)) as bench,
    ):
        yield bench


def _target(config: GenerateConfig, project: Project) -> Path:
    return config.output.absolute() if config.output else project.test_path


@dataclass(kw_only=True)
class State:
    """What a generation gathers on its way."""

    built: Built
    found: Found = field(default_factory=Found)
    killed_before: frozenset[int] = frozenset()
    examples: dict[str, Examples] = field(default_factory=dict)
    searches: list[Search] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_late: bool = False
    """Whether the budget was used up before the search was done."""


class Generation:
    """One generation of ExUnit tests. Other kinds override `open`, `search`, `deliverable`, `explained`."""

    def __init__(
        self,
        config: GenerateConfig,
        project: Project,
        target: Path,
        before: str | None,
        bench: Workbench,
        progress: Progress,
    ) -> None:
        self._config = config
        self._project = project
        self._target = target
        self._before = before
        self._bench = bench
        self._progress = progress
        self._numbers = itertools.count(1)
        self._path = str(project.source_relative)
        self._crew_cancel = bench.cancel
        self.cancellation, self.watch = Cancellation(), Watch()

    def result(self, begun: float, operators: Sequence[str]) -> Generated:
        """The steps in order."""
        stop = Stop(deadline=float("inf"))
        with stopping(stop, self._cancel), self.cancellation.over(stop, self._cancel):
            modules, outline, opened_notes = self.open()
            chosen_subjects, aside = subjects(
                modules, self._config.functions, outline, self._before or "", self._path
            )
            self._progress.phase("making mutants")
            state = State(built=self._bench.build_mutants(self._path, operators), notes=opened_notes)
            self._run_existing(state)
            self.cancellation.checkpoint()
            stop.within(self._config.budget_s)
            with self._crew(operators) as crew:
                stop.enter(Stage.SEARCHING)
                try:
                    self.search(state, chosen_subjects, stop, crew)
                except AgentError as error:
                    if not (stop.requested and is_cancelled(error)):
                        raise
            state.is_late = bool(stop) and not stop.requested
            stop.enter(Stage.VERIFYING)
            draft = self.deliverable(state, chosen_subjects, outline)
        for test in draft.tests:
            self.watch.accepted(test)
        return self._report(state, draft, chosen_subjects, aside, begun, interrupted=stop.requested)

    def open(self) -> tuple[tuple[Module, ...], tuple[ModuleOutline, ...], list[str]]:
        """The file's modules, the outline of the existing tests, and what was wrong with the project."""
        self._progress.phase("compiling the project")
        opened = self._bench.open()
        self._progress.phase("reading the module")
        modules = self._bench.analyze(self._path)
        return modules, self._outline(), troubles(opened)

    def _outline(self) -> tuple[ModuleOutline, ...]:
        if self._before is None:
            return ()
        outline, error = self._bench.outline(self._before)
        shown = _relative(self._target, self._project)
        if error:
            raise BaselineFailed(
                f"{shown} does not parse: line {error[0]}: {error[1]}.",
                "Mend it, or name another file with `--output FILE`; nothing was changed.",
            )
        if not outline:
            raise BaselineFailed(
                f"{shown} defines no test module to add to.", "Name another file with `--output FILE`."
            )
        return outline

    def _run_existing(self, state: State) -> None:
        """What the tests that are there kill already."""
        if self._before is None or not (self._target.is_file() or self._config.before is not None):
            return
        self._progress.phase("running the existing tests")
        if self._config.before is not None:
            tests, errors, _ = self._bench.load_tests(sources=[(self._target.name, self._before)])
        else:
            tests, errors, _ = self._bench.load_tests(files=[str(self._target)])
        shown = _relative(self._target, self._project)
        if errors:
            raise BaselineFailed(
                f"{shown} does not load:\n\n{errors[0]}", "Mend it first; nothing was changed."
            )
        failures = [run for run in self._bench.baseline().values() if run.status not in ("passed", "skipped")]
        if failures:
            told = "\n".join(f"  {run.id}\n{_indented(run.message)}" for run in failures[:5])
            raise BaselineFailed(
                f"{len(failures)} of {len(tests)} tests in {shown} fail before anything is added:\n\n{told}",
                "Make them pass first (`mix test`), or write elsewhere with `--output FILE`.",
            )
        killed = {
            mutant
            for mutant, status, _ in self._bench.run_mutants([m.id for m in state.built.mutants])
            if status == "killed"
        }
        state.killed_before = frozenset(killed)
        state.found.killers.update(dict.fromkeys(killed, KILLED_BEFORE))

    @contextmanager
    def _crew(self, operators: Sequence[str]) -> Iterator[Workbench | Crew]:
        """The VMs that search: the one there is, or as many as were asked for."""
        if self._config.jobs == 1:
            yield self._bench
            return
        with ExitStack() as stack:
            more = [stack.enter_context(self._bench.another()) for _ in range(self._config.jobs - 1)]
            crew = Crew([self._bench, *_prepared(more, self._path, operators)])
            self._crew_cancel = crew.cancel
            yield crew
            self._crew_cancel = self._bench.cancel

    def _cancel(self) -> None:
        self._crew_cancel()

    def search(self, state: State, chosen: Sequence[Subject], stop: Stop, crew: Workbench | Crew) -> None:
        """Looks for tests of each subject until `stop`."""
        for subject in chosen:
            mutants = self._mutants_of(state, subject)
            self._progress.phase(f"searching tests for {subject.module.name}")
            if stop:
                break
            if not self._config.functions and Doctests.name not in self._config.without:
                self._examples(state, subject, mutants)
            search = Search(
                crew,
                subject,
                mutants,
                state.found,
                numbers=self._numbers,
                seed=self._config.seed,
                stop=stop,
                progress=self._progress,
                extra=self._model(),
                without=self._config.without,
                watch=self.watch,
            )
            state.searches.append(search)
            search.run()

    def _model(self) -> Sequence[Model]:
        if self._config.engine is None:
            return ()
        source = self._project.source.read_text(encoding="utf-8", errors="replace")
        return (Model(engine=self._config.engine, source=source, seed=self._config.seed),)

    def _mutants_of(self, state: State, subject: Subject) -> list[Mutant]:
        """Mutants that a test of the subject should tell: those of other functions than the asked ones are
        not.
        """
        wanted = set(self._config.functions)
        public = {function.signature for function in subject.module.functions}
        return [
            mutant
            for mutant in state.built.mutants
            if mutant.module == subject.module.name
            and (not wanted or mutant.function in wanted or mutant.function not in public)
        ]

    def _examples(self, state: State, subject: Subject, mutants: Sequence[Mutant]) -> None:
        if self._before is not None and "doctest " in self._before:
            return
        examples = run_examples(self._bench, subject, [mutant.id for mutant in mutants])
        if examples is None:
            return
        state.notes += examples.notes
        if examples.kills:
            state.examples[subject.module.name] = examples
            state.found.killers.update(examples.kills)

    def deliverable(
        self, state: State, chosen: Sequence[Subject], outline: tuple[ModuleOutline, ...]
    ) -> Draft:
        """The best draft: where tests fail beside the others, candidates of another sort get their place."""
        drafts: list[Draft] = []
        refused: set[int] = set()
        while len(drafts) < _DRAFTS:
            drafts.append(self._draft(state, chosen, outline, refused))
            alike = {each for search in state.searches for each in search.alike(drafts[-1].failed)}
            if alike <= refused:
                break
            refused |= alike
        return max(drafts, key=lambda draft: list(draft.outcomes.values()).count("killed"))

    def _draft(
        self,
        state: State,
        chosen: Sequence[Subject],
        outline: tuple[ModuleOutline, ...],
        refused: AbstractSet[int],
    ) -> Draft:
        self._progress.phase("choosing tests")
        selected, with_examples = _selected(state, refused, self._config.mutants)
        assembly = Assembly(
            self._bench,
            chosen,
            outline=outline,
            before=self._before,
            target=self._target,
            standalone=self._project.source if self._project.kind is ProjectKind.FILE else None,
            examples={name: state.examples[name] for name in with_examples},
        )
        self._progress.phase("verifying the test file")
        stuck = {m.id for m in state.built.mutants if state.found.only_stuck(m.id)}
        confirmed = [m.id for m in state.built.mutants if m.id not in stuck]
        draft = assembly.verified(selected, confirmed, state.killed_before, verify)
        return replace(draft, outcomes={**draft.outcomes, **dict.fromkeys(stuck, "timeout")})

    def explained(self, state: State, draft: Draft, chosen: Sequence[Subject]) -> Explained:
        """What is to be said beside the tests."""
        return explain(
            list(itertools.zip_longest(chosen, state.searches)),
            state.built.mutants,
            draft,
            state.found,
            state.examples,
            killed_before=state.killed_before,
            late_s=self._config.budget_s if state.is_late else None,
        )

    def _report(
        self,
        state: State,
        draft: Draft,
        chosen: Sequence[Subject],
        aside: Sequence[LeftAlone],
        begun: float,
        *,
        interrupted: bool,
    ) -> Generated:
        source = self._project.source.read_text(encoding="utf-8", errors="replace")
        explained = self.explained(state, draft, chosen)
        return Generated(
            source_path=self._path,
            test_path=_relative(self._target, self._project),
            text=draft.text,
            before=self._before,
            source=source,
            tests=draft.tests,
            mutants=state.built.mutants,
            outcomes=dict(draft.outcomes),
            killed_before=state.killed_before,
            num_pruned=state.built.num_pruned,
            num_invalid=state.built.num_invalid,
            left_alone=(*aside, *explained.left_alone),
            findings=explained.findings,
            reasons=explained.survivors,
            notes=tuple(dict.fromkeys((*state.notes, *draft.notes, *_lost(self._bench, draft.outcomes)))),
            candidates_run=state.found.ran,
            dropped=draft.dropped,
            interrupted=interrupted,
            elapsed_s=time.monotonic() - begun,
            timings_s=dict(self._bench.timings_s),
        )


def _prepared(benches: Sequence[Workbench], path: str, operators: Sequence[str]) -> list[Workbench]:
    """Those that could be prepared, all at the same time; a VM less is no reason to fail."""
    ready: list[Workbench] = []

    def prepare(bench: Workbench) -> None:
        with suppress(AgentFailure):
            bench.prepare(path, operators)
            ready.append(bench)

    threads = [threading.Thread(target=prepare, args=(bench,), daemon=True) for bench in benches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ready


def _selected(state: State, refused: AbstractSet[int], keys: Sequence[str]) -> tuple[list[Chosen], list[str]]:
    """Candidates to deliver, and modules whose doctests are worth a line; of kills, those of the mutants with
    these keys count, all where none are named.
    """
    names = list(state.examples)
    choices = [each for search in state.searches for each in search.choices() if each.id not in refused]
    choices += [
        Choice(id=_EXAMPLE_CHOICES + i, kills=state.examples[name].kills, cost=0.0, oracle=Oracle.DOCTEST)
        for i, name in enumerate(names)
    ]
    if keys:
        wanted = frozenset(mutant.id for mutant in state.built.mutants if mutant.key in keys)
        choices = [
            replace(choice, kills=choice.kills & wanted) for choice in choices if choice.kills & wanted
        ]
    picked = [choice.id for choice in select(choices, state.killed_before)]
    with_examples = [name for i, name in enumerate(names) if _EXAMPLE_CHOICES + i in picked]
    numbers = [number for number in picked if number < _EXAMPLE_CHOICES]
    return [each for search in state.searches for each in search.chosen(numbers)], with_examples


def _lost(bench: Workbench, outcomes: Mapping[int, str]) -> list[str]:
    """Notes on VMs that were replaced, and on mutants that got no verdict because of it."""
    reasons, notes = bench.restarts, []
    if reasons:
        told = ", ".join(dict.fromkeys(reasons))
        notes.append(f"{len(reasons)} {'VM' if len(reasons) == 1 else 'VMs'} had to be replaced: {told}")
    num = sum(status == UNSETTLED for status in outcomes.values())
    if num:
        them = "1 mutant has" if num == 1 else f"{num} mutants have"
        notes.append(f"{them} no verdict: too many VMs were lost while the final tests ran on mutants")
    return notes


def _relative(path: Path, project: Project) -> str:
    return str(path.relative_to(project.root)) if path.is_relative_to(project.root) else str(path)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
