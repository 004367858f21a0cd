"""The search for tests of one view: visits, written as tests, run on the mutants that still live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from testgen.synthesis.found import Found
from testgen.synthesis.liveview.actions import Action, group_of
from testgen.synthesis.liveview.components import alone, renderings
from testgen.synthesis.liveview.events import Events, own_code, pushed
from testgen.synthesis.liveview.facts import Facts, Moment, Shown, moment
from testgen.synthesis.liveview.markup import Page
from testgen.synthesis.liveview.messages import broadcasts, messages, vocabulary
from testgen.synthesis.liveview.opening import frame, mounts, prelude
from testgen.synthesis.liveview.rendered import rendered
from testgen.synthesis.liveview.visits import Explorer, Mount, Visit, is_telling
from testgen.synthesis.liveview.writing import MOUNT, Draft, drafts, merged
from testgen.synthesis.render import Suite, render
from testgen.synthesis.selection import Choice, select
from testgen.synthesis.stop import Stop
from testgen.synthesis.subject import Subject
from testgen.synthesis.workbench import Workbench

_AT_ONCE = 60
"""So many tests are judged together."""


class Search:
    """Finds tests of one LiveView."""

    def __init__(
        self,
        bench: Workbench,
        subject: Subject,
        facts: Facts,
        found: Found,
        stop: Stop,
        source: str,
    ) -> None:
        """`source` is the code of the view and of its templates."""
        self._bench = bench
        self._subject = subject
        self._facts = facts
        self._found = found
        self._stop = stop
        self._source = own_code(subject.module, source)
        self.events = Events.of(subject.module, source)
        self._drafts: dict[int, Draft] = {}
        self._kills: dict[int, frozenset[int]] = {}
        self._tried: set[tuple[str, ...]] = set()
        self._next = 1
        self.visits: list[Visit] = []
        """All that were made, those that failed among them."""

    def run(self, mutants: Sequence[int]) -> None:
        """Visits the view, or renders the components, and notes which tests kill which of the mutants."""
        if self._is_rendered:
            self._render(mutants)
        else:
            self._visit(mutants)

    @property
    def _is_rendered(self) -> bool:
        return self._facts.of(self._subject.module.name).kind != "view"

    def _render(self, mutants: Sequence[int]) -> None:
        alive = set(mutants)
        for ways in self._ways():
            asked: dict[int, tuple[str, Sequence[str]]] = {
                number: (way.expression, ()) for number, way in enumerate(ways)
            }
            visits = [Visit(mount=ways[n], moments=moments) for n, moments in self._walk(asked)]
            self.visits += visits
            fresh = [draft for visit in visits for draft in rendered(visit, visits)]
            if self._stop or not alive:
                return
            alive -= self._judge(fresh, sorted(alive))

    def _ways(self) -> Iterator[list[Mount]]:
        """Ways to render each component."""
        facts = self._facts.of(self._subject.module.name)
        if facts.kind == "component":
            yield list(alone(self._subject, self._source))
        for component in facts.components:
            yield list(renderings(component, self._subject, self._source))

    def _visit(self, mutants: Sequence[int]) -> None:
        explorer = Explorer(
            walk=self._walk,
            words=vocabulary(self._subject.module),
            from_elsewhere=self._from_elsewhere(),
            stopped=lambda: bool(self._stop),
        )
        alive = set(mutants)
        for level in explorer.explore(self._mounts()):
            self.visits += level
            if not self.visits:
                return
            pages = [v.last.page for v in self.visits if isinstance(v.last, Shown)]
            fresh = [d for v in (self.visits[0], *level) if is_telling(v) for d in self._drafts_of(v, pages)]
            for start in range(0, len(fresh), _AT_ONCE):
                if self._stop or not alive:
                    return
                alive -= self._judge(fresh[start : start + _AT_ONCE], sorted(alive))

    def chosen(self, killed_before: frozenset[int]) -> list[tuple[int, Draft]]:
        """The fewest tests that kill all that any kills."""
        choices = [
            Choice(id=number, kills=kills, cost=self._drafts[number].cost)
            for number, kills in self._kills.items()
        ]
        picked = [(choice.id, self._drafts[choice.id]) for choice in select(choices, killed_before)]
        return sorted(merged(picked), key=lambda each: (self._place(each[1].group), each[0]))

    def _place(self, group: str) -> int:
        """Mounting comes first, then events in the order of their clauses, then the rest."""
        components = self._facts.of(self._subject.module.name).components
        known = [MOUNT, *map(group_of, self.events.names), *(f"{each.name}/1" for each in components)]
        return known.index(group) if group in known else len(known)

    def _from_elsewhere(self) -> tuple[Action, ...]:
        sent = list(messages(self._subject))
        heard = list(broadcasts(self._source, sent))
        return (*(heard or sent), *pushed(self._subject, self.events))

    def _mounts(self) -> list[Mount]:
        return mounts(self._subject, self._facts, self._source)

    def _walk(
        self, asked: Mapping[int, tuple[str, Sequence[str]]]
    ) -> Iterator[tuple[int, tuple[Moment, ...]]]:
        self._found.ran += len(asked)
        for number, trace in self._bench.live_walk(
            self._facts.endpoint, prelude(self._subject.aliases), asked
        ):
            yield number, tuple(moment(each) for each in trace)

    def _drafts_of(self, visit: Visit, pages: Sequence[Page]) -> Iterator[Draft]:
        for draft in drafts(visit, pages, uses_conn=bool(self._facts.conn_case)):
            sort = (*draft.done[-1:], *draft.body)
            if sort not in self._tried:
                self._tried.add(sort)
                yield draft

    def _judge(self, fresh: Sequence[Draft], mutants: Sequence[int]) -> set[int]:
        """Runs drafts as they would be delivered; the mutants that any of them kills."""
        numbered = {self._next + i: draft for i, draft in enumerate(fresh)}
        self._next += len(fresh)
        cases = [draft.named(f"number {number}", number) for number, draft in numbered.items()]
        suite = Suite(
            module=f"{self._subject.home_module}Tried",
            shown_as=self._subject.shown_as,
            aliases=self._subject.aliases,
            cases=tuple(cases),
            frame=frame(self._facts, is_rendered=self._is_rendered),
            shares_setup=False,
        )
        tests, errors, _ = self._bench.load_tests(sources=[("tried_test.exs", render(suite))])
        if errors:
            return set()
        baseline = self._bench.baseline()
        ids = {t.id: int(t.name.rsplit(" ", 1)[1]) for t in tests if baseline[t.id].status == "passed"}
        killed: dict[int, set[int]] = {}
        for mutant, status, killers in self._bench.run_mutants(mutants):
            if status == "killed":
                for killer in killers:
                    if killer in ids:
                        killed.setdefault(ids[killer], set()).add(mutant)
        for number, kills in killed.items():
            self._drafts[number] = numbered[number]
            self._kills[number] = frozenset(kills)
            for mutant in kills:
                self._found.add(mutant, [number])
        return set().union(*killed.values()) if killed else set()
