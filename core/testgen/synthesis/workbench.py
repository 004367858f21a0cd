"""The agent's operations that synthesis uses, as typed calls: maps become values here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from testgen.agent import Agent
from testgen.errors import AgentDied, AgentError
from testgen.mutation import Mutant
from testgen.sandbox import Ending
from testgen.synthesis.additions import ModuleOutline
from testgen.synthesis.analysis import Module
from testgen.synthesis.answers import Built, Kill, Loaded, TestRun, Warned, kill, killers, loaded_test, run_of
from testgen.synthesis.backlog import Backlog, Lost
from testgen.synthesis.candidate import Candidate, Observation
from testgen.synthesis.exploring import Explored, Exploring

_BUILD_S = 600.0
_SILENCE_S = 120.0
_RUN_S = 600.0
_VMS_FOR_MUTANTS = 12
_VMS_FOR_MATRIX = 4
_LIMITS = {"max_heap_mb": 48, "max_binary_mb": 48, "hard_factor": 3}
"""Of generated tests: what observing allowed them, several times over."""
UNSETTLED = "unsettled"
"""Status of a mutant that has no verdict because too many VMs were lost."""

Verdict = tuple[int, str, tuple[str, ...]]
"""A mutant, its status, and the tests that kill it."""


class Workbench:
    """One agent with the project open and one file's mutants built."""

    def __init__(self, start: Callable[[], Agent]) -> None:
        """`start` gives an agent whose project is not open yet; it is called again when a VM is lost."""
        self._start = start
        self._agent = start()
        self._is_abandoned = False
        self._loaded: tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None = None
        self._build: tuple[str, tuple[str, ...]] | None = None
        self._opened: Mapping[str, Any] | None = None
        self.timings_s: dict[str, float] = {}
        self.restarts: list[str] = []
        """Why VMs were replaced."""
        self._settings: dict[int, tuple[Candidate, str, tuple[tuple[str, str], ...], str]] = {}
        self._in_vm: set[int] = set()
        """Candidates that the VM holds; a fresh one observes them again before it runs mutants on them."""

    def __enter__(self) -> Workbench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._agent.close()

    @property
    def alive(self) -> bool:
        """Whether its VM runs."""
        return self._agent.alive

    @property
    def pid(self) -> int:
        """Process id of its VM's outermost process."""
        return self._agent.pid

    def begin(self) -> None:
        """Another generation begins: what is told of the last one is forgotten."""
        self.timings_s.clear()
        self.restarts.clear()
        self._settings.clear()
        self._loaded = None

    def abandon(self) -> None:
        """Ends the VM for good, from any thread: what is under way fails, and no other VM is started."""
        self._is_abandoned = True
        self._agent.close()

    def another(self) -> Workbench:
        """A workbench on a VM of its own, on the same project."""
        return Workbench(self._start)

    def prepare(self, path: str, operators: Sequence[str]) -> None:
        """Opens the project and builds the mutants."""
        self.open()
        self.build_mutants(path, operators)

    def restart(self, reason: str) -> None:
        """A fresh VM with the project open and the mutants built: the old one died, or cannot be trusted."""
        self.restarts.append(reason)
        self._agent.close()
        if self._is_abandoned:
            raise AgentDied("The VM was ended on request.", reason=Ending.KILLED.value)
        self._in_vm.clear()
        self._opened = None
        self._agent = self._start()
        self.open()
        if self._build is not None:
            self.build_mutants(*self._build)

    def open(self) -> Mapping[str, Any]:
        """Opens and compiles the project; what that answered, where the VM has it open already."""
        if self._opened is None:
            self._opened = self._timed("open", self._agent.open_project)
        return self._opened

    def analyze(self, path: str) -> tuple[Module, ...]:
        """Modules of the file."""
        reply = self._timed("analyze", lambda: self._agent.call("analyze", timeout_s=_SILENCE_S, path=path))
        return tuple(Module.from_wire(each) for each in reply["modules"])

    def build_mutants(self, path: str, operators: Sequence[str]) -> Built:
        """Builds and loads the switched module; candidates observed before are forgotten."""
        self._build = (path, tuple(operators))
        self._in_vm.clear()
        reply = self._timed(
            "mutants",
            lambda: self._agent.call(
                "mutants", timeout_s=_BUILD_S, path=path, operator_modules=list(operators), watch=True
            ),
        )
        return Built(
            mutants=tuple(Mutant.from_wire(each) for each in reply["mutants"]),
            num_pruned=len(reply.get("pruned") or ()),
            num_invalid=len(reply.get("invalid") or ()),
            fallbacks=tuple(str(each["function"]) for each in reply.get("fallbacks") or ()),
        )

    def check(self, source: str) -> list[str]:
        """Calls in test source that are refused, in words."""
        reply = self._agent.call("check", timeout_s=_SILENCE_S, source=source)
        return [f"{each['call']}: {each['reason']}" for each in reply.get("violations") or ()]

    def observe(
        self,
        module: str,
        candidates: Mapping[int, Candidate],
        *,
        aliases: Sequence[tuple[str, str]],
        prelude: str = "",
    ) -> Iterator[Observation]:
        """Runs candidates against the unmodified module, twice each; observations as they come."""
        self._settings |= {n: (each, module, tuple(aliases), prelude) for n, each in candidates.items()}
        wire = [
            {"id": number, "setup": list(each.setup), "call": each.call}
            for number, each in candidates.items()
        ]
        stream = self._agent.stream(
            "observe",
            timeout_s=_SILENCE_S,
            module=module,
            aliases=[list(pair) for pair in aliases],
            prelude=prelude,
            candidates=wire,
            runs=2,
            limits={},
        )
        begun = time.monotonic()
        for event in stream:
            if event.name == "observation":
                yield Observation.from_wire(event.data)
        self._in_vm.update(candidates)
        self._add("observe", begun)

    def kill_matrix(self, candidates: Sequence[int], mutants: Sequence[int]) -> Iterator[Kill]:
        """Which candidates kill which mutants.

        Kills that a poisoned VM cannot answer for are looked for again in a fresh one, a few times; of a
        mutant for which that does not help, nothing is said. Raises AgentDied where a mutant ends the VM,
        after the kills that came before it.
        """
        backlog, is_fresh = Backlog(mutants), False
        for _ in range(_VMS_FOR_MATRIX):
            lost = None
            while backlog and lost is None:
                self._observe_again([number for number in candidates if number not in self._in_vm])
                group, kills = backlog.take(), list[Kill]()
                try:
                    lost = self._kill_group(candidates, group, kills)
                except (AgentDied, AgentError):
                    yield from kills
                    raise
                settled = backlog.settle(group, [kill.mutant for kill in kills], lost, was_fresh=is_fresh)
                yield from (kill for kill in kills if kill.mutant in settled.stand)
                is_fresh = False
            if lost is None:
                return
            self.restart(lost.reason)
            is_fresh = True

    def _kill_group(
        self, candidates: Sequence[int], mutants: Sequence[int], kills: list[Kill]
    ) -> Lost | None:
        """Adds to `kills`, which holds what there was when the VM ends; what a poisoned VM said of itself."""
        begun = time.monotonic()
        stream = self._agent.stream(
            "kill_matrix", timeout_s=_SILENCE_S, candidates=list(candidates), mutants=list(mutants)
        )
        kills += (kill(event.data) for event in stream if event.name == "kills")
        self._add("kill_matrix", begun)
        return _poisoned(stream.result)

    def explore(self, asked: Exploring) -> Explored:
        """Searches inputs inside the VM, see `Testgen.Exploration`.

        Raises AgentDied where an input ends the VM.
        """
        self._observe_again([number for number, _ in asked.seeds if number not in self._in_vm])
        begun = time.monotonic()
        stream = self._agent.stream(
            "explore",
            timeout_s=_SILENCE_S,
            **asked.to_wire(),
        )
        found = [event.data for event in stream if event.name == "input"]
        self._add("explore", begun)
        return Explored.from_wire(found, stream.result)

    def _observe_again(self, numbers: Sequence[int]) -> None:
        groups: dict[tuple[str, tuple[tuple[str, str], ...], str], dict[int, Candidate]] = {}
        for number in numbers:
            candidate, module, aliases, prelude = self._settings[number]
            groups.setdefault((module, aliases, prelude), {})[number] = candidate
        for (module, aliases, prelude), members in groups.items():
            for _ in self.observe(module, members, aliases=aliases, prelude=prelude):
                pass

    def live_facts(self, modules: Sequence[str]) -> Mapping[str, Any]:
        """What the project's LiveViews are, see `Testgen.LiveView.Facts`."""
        reply: Mapping[str, Any] = self._timed(
            "live_facts",
            lambda: self._agent.call("live_facts", timeout_s=_SILENCE_S, modules=list(modules)),
        )
        return reply

    def live_walk(
        self, endpoint: str, prelude: str, walks: Mapping[int, tuple[str, Sequence[str]]]
    ) -> Iterator[tuple[int, Sequence[Mapping[str, Any]]]]:
        """Visits a LiveView, each time from the start: how it is opened, and what is done then, by number.

        Gives what each step showed, see `Testgen.LiveView.Walk`.
        """
        begun = time.monotonic()
        wire = [
            {"id": number, "mount": mount, "steps": list(steps)} for number, (mount, steps) in walks.items()
        ]
        stream = self._agent.stream(
            "live_walk", timeout_s=_SILENCE_S, endpoint=endpoint, prelude=prelude, walks=wire
        )
        for event in stream:
            if event.name == "walked":
                yield int(event.data["id"]), event.data["trace"]
        self._add("live_walk", begun)

    def load_tests(self, *, files: Sequence[str] = (), sources: Sequence[tuple[str, str]] = ()) -> Loaded:
        """Compiles and loads test files and sources."""
        self._loaded = (tuple(files), tuple(sources))
        reply = self._timed(
            "load_tests",
            lambda: self._agent.call(
                "load_tests",
                timeout_s=_RUN_S,
                files=list(files),
                sources=[{"name": name, "source": source} for name, source in sources],
            ),
        )
        return Loaded(
            tests=tuple(loaded_test(each) for each in reply["tests"]),
            errors=tuple(str(each["message"]) for each in reply["errors"]),
            warnings=tuple(
                Warned(line=each["line"], message=str(each["message"])) for each in reply["warnings"]
            ),
        )

    def baseline(self) -> dict[str, TestRun]:
        """One run of the loaded tests without any mutant."""
        reply = self._timed(
            "baseline",
            lambda: self._agent.call(
                "baseline", timeout_s=_RUN_S, runs=1, seeds=[0], compare_unswitched=False
            ),
        )
        return {str(each["id"]): run_of(each) for each in reply["tests"]}

    def run_mutants(self, mutants: Sequence[int]) -> Iterator[Verdict]:
        """Every covering test of those loaded on each mutant: mutant, status, tests that kill it.

        A mutant that ends the VM counts as timed out; the others go on in a fresh one. So do those whose
        verdicts a poisoned VM cannot answer for. Those left when too many VMs were lost are `UNSETTLED`.
        """
        backlog, is_fresh = Backlog(mutants), False
        for _ in range(_VMS_FOR_MUTANTS):
            lost = None
            while backlog and lost is None:
                group = backlog.take()
                verdicts, lost = self._run_group(group)
                settled = backlog.settle(group, list(verdicts), lost, was_fresh=is_fresh)
                yield from (each for number, each in verdicts.items() if number in settled.stand)
                if settled.blamed is not None:
                    yield settled.blamed, "timeout", ()
                is_fresh = False
            if lost is None:
                return
            self.restart(lost.reason)
            self._load_again()
            is_fresh = True
        yield from ((mutant, UNSETTLED, ()) for mutant in backlog.left)

    def _run_group(self, mutants: Sequence[int]) -> tuple[dict[int, Verdict], Lost | None]:
        """Verdicts by mutant, in the order they ran, and how the VM was lost."""
        verdicts: dict[int, Verdict] = {}
        doubtful: set[int] = set()
        begun = time.monotonic()
        try:
            stream = self._agent.stream(
                "run_mutants", timeout_s=_SILENCE_S, mutants=list(mutants), all_tests=True, limits=_LIMITS
            )
            for event in stream:
                if event.name == "outcome":
                    number = int(event.data["mutant"])
                    verdicts[number] = number, str(event.data["status"]), killers(event.data)
                    doubtful = {number} if event.data.get("suspect") else set()
            return verdicts, _poisoned(stream.result)
        except (AgentDied, AgentError) as error:
            return verdicts, Lost(reason=why_lost(error), suspects=frozenset(doubtful), ended=True)
        finally:
            self._add("run_mutants", begun)

    def _load_again(self) -> None:
        if self._loaded is not None:
            files, sources = self._loaded
            self.load_tests(files=files, sources=sources)
            self.baseline()

    def run_tests(self, seeds: Sequence[int], *, run_async: bool) -> dict[str, str]:
        """Runs the loaded tests by ExUnit itself; what failed in any run, with its message."""
        args: dict[str, Any] = {"seeds": list(seeds), "async": run_async}
        reply = self._timed("run_tests", lambda: self._agent.call("run_tests", timeout_s=_RUN_S, **args))
        return {
            str(failure["test"]): str(failure.get("message") or "")
            for run in reply["runs"]
            for failure in run["failures"]
        }

    def format(self, source: str, path: str) -> str:
        """The source as the project's formatter writes it; as it is where the formatter refuses."""
        reply = self._agent.call("format", timeout_s=_SILENCE_S, source=source, path=path)
        return str(reply["source"])

    def outline(self, source: str) -> tuple[tuple[ModuleOutline, ...], tuple[int, str] | None]:
        """What stands where in a test file, or the line and message of its syntax error."""
        reply = self._agent.call("outline", timeout_s=_SILENCE_S, source=source)
        error = reply.get("error")
        if error:
            return (), (int(error.get("line") or 1), str(error.get("message") or ""))
        return tuple(ModuleOutline.from_wire(each) for each in reply["modules"]), None

    def cancel(self) -> None:
        """Ends the operation under way."""
        self._agent.cancel()

    def _timed(self, name: str, step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            return step()
        finally:
            self._add(name, begun)

    def _add(self, name: str, begun: float) -> None:
        self.timings_s[name] = self.timings_s.get(name, 0.0) + time.monotonic() - begun


def _poisoned(reply: Mapping[str, Any]) -> Lost | None:
    if not reply.get("poisoned"):
        return None
    return Lost(
        reason=str(reply.get("reason") or "a mutant changed the VM for good"),
        suspects=frozenset(int(each) for each in reply.get("suspects") or ()),
    )


def why_lost(error: AgentDied | AgentError) -> str:
    """Why a VM is lost; anything else that an operation answers is passed on."""
    if isinstance(error, AgentDied):
        return error.reason
    if error.kind != "internal":
        raise error
    return next(iter(error.message.splitlines()), error.kind)


def is_cancelled(error: AgentError) -> bool:
    """Whether an operation ended because it was asked to."""
    return error.kind == "cancelled"
