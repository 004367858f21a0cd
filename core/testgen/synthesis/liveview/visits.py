"""Visits to a view: it is mounted, things are done, and pages are seen; which visits are worth a try."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from testgen.synthesis.liveview.actions import Action, Vocabulary, actions
from testgen.synthesis.liveview.facts import Broken, Left, Moment, Shown
from testgen.synthesis.liveview.markup import Page

Walk = Callable[[Mapping[int, tuple[str, Sequence[str]]]], Iterator[tuple[int, tuple[Moment, ...]]]]
"""Runs visits, given as mount and steps by number, and tells what each was like."""

_DEEPEST = 3
_PAGES = 24
_PER_PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A way to open a view."""

    source: str
    """The expression that opens it: `live(conn, "/counter")`."""
    told: str = ""
    """What is special about it, in words; empty for the plain way."""
    group: str = ""
    """What its tests are grouped under, where that is not the mount."""
    needs: tuple[str, ...] = ()
    """Lines that have to come before."""

    @property
    def expression(self) -> str:
        """All of it, to be evaluated."""
        return "\n".join((*self.needs, self.source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was done, and what came of it."""

    mount: Mount
    steps: tuple[Action, ...] = ()
    moments: tuple[Moment, ...] = ()
    """One for the mount, then one for each step, as far as the visit went."""

    @property
    def last(self) -> Moment:
        """How it ended."""
        return self.moments[-1]

    @property
    def before(self) -> Page | None:
        """The page that the last step was done on."""
        if len(self.moments) < 2:
            return None
        found = self.moments[-2]
        return found.page if isinstance(found, Shown) else None

    @property
    def is_whole(self) -> bool:
        """Whether all that was meant to be done was."""
        return len(self.moments) == len(self.steps) + 1


@dataclass(kw_only=True)
class Explorer:
    """Opens a view and does on every new page all that can be done, breadth first."""

    walk: Walk
    words: Vocabulary
    from_elsewhere: tuple[Action, ...] = ()
    """What other processes may send, and JavaScript push."""
    stopped: Callable[[], bool] = lambda: False
    visits: list[Visit] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def explore(self, mounts: Sequence[Mount]) -> Iterator[list[Visit]]:
        """Visits, one level after the other: mounts, then one thing done, then two."""
        frontier = self._run([(mount, ()) for mount in mounts])
        yield frontier
        for _ in range(_DEEPEST):
            if self.stopped():
                return
            frontier = self._run(self._next(frontier))
            if not frontier:
                return
            yield frontier

    def _next(self, frontier: Iterable[Visit]) -> list[tuple[Mount, tuple[Action, ...]]]:
        """What can be done on pages that were not seen before."""
        found: list[tuple[Mount, tuple[Action, ...]]] = []
        for visit in frontier:
            if not isinstance(visit.last, Shown) or len(self._seen) >= _PAGES:
                continue
            page = visit.last.page
            if page.fingerprint in self._seen:
                continue
            self._seen.add(page.fingerprint)
            possible = [*actions(page, self.words), *self.from_elsewhere][:_PER_PAGE]
            found += [(visit.mount, (*visit.steps, action)) for action in possible]
        return found

    def _run(self, planned: Sequence[tuple[Mount, tuple[Action, ...]]]) -> list[Visit]:
        asked = {
            number: (mount.expression, [step.source for step in steps])
            for number, (mount, steps) in enumerate(planned)
        }
        found = []
        for number, moments in self.walk(asked):
            mount, steps = planned[number]
            found.append(Visit(mount=mount, steps=steps, moments=moments))
        whole = [visit for visit in found if visit.is_whole]
        self.visits += whole
        return whole


def is_telling(visit: Visit) -> bool:
    """Whether a test can be made of the visit: it showed or left something."""
    return isinstance(visit.last, Shown | Left) and not isinstance(visit.last, Broken)
