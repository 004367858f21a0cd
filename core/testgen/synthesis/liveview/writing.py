"""Visits written as tests: what was done, and what a visitor sees of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import TestCase
from testgen.synthesis.liveview.actions import FILLING_IN, Action
from testgen.synthesis.liveview.facts import Left, Shown
from testgen.synthesis.liveview.markup import Page
from testgen.synthesis.liveview.showing import Fact, changed, distinct, missing, shown
from testgen.synthesis.liveview.visits import Visit
from testgen.synthesis.terms import quote

MOUNT = "mount"
_NEW, _GONE, _AT_FIRST, _NOT_YET = 3, 2, 5, 4
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A test that a visit could become, before it has its name."""

    group: str
    """The `describe`."""
    outcome: str
    """What its name says first."""
    circumstances: str
    """What its name says where the outcome is not enough."""
    done: tuple[str, ...]
    """Lines that open the view and do things."""
    body: tuple[str, ...]
    """Lines that assert."""
    uses_conn: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """The whole test."""
        return (*self.done, *([""] if self.done and self.body else []), *self.body)

    @property
    def cost(self) -> float:
        """How much a reader must take in."""
        return sum(1.0 + len(line) / 60 + 0.5 * ("~r/" in line) for line in (*self.done, *self.body) if line)

    def named(self, name: str, number: int) -> TestCase:
        """The test under a name."""
        return TestCase(
            describe=self.group,
            name=name,
            lines=self.lines,
            oracle=Oracle.OBSERVED,
            made_of=(number,),
            isolated=True,
            context=("conn",) if self.uses_conn else (),
        )


def drafts(visit: Visit, pages: Sequence[Page], *, uses_conn: bool) -> Iterator[Draft]:
    """Tests of a visit, the plainest first; `pages` are all that were seen, to know what varies."""
    group = visit.steps[-1].group if visit.steps else MOUNT
    for outcome, body in _bodies(visit, pages):
        yield Draft(
            group=group,
            outcome=outcome,
            circumstances=_circumstances(visit),
            done=_done(visit),
            body=tuple(body),
            uses_conn=uses_conn,
        )


def _done(visit: Visit) -> tuple[str, ...]:
    if not visit.steps and isinstance(visit.last, Left):
        return ()
    steps = [step.source for step in visit.steps]
    return (f"{{:ok, view, _html}} = {visit.mount.source}", *([""] if steps else []), *steps)


def merged(chosen: Sequence[tuple[int, Draft]]) -> list[tuple[int, Draft]]:
    """Drafts that do the same put together as one test."""
    found: dict[tuple[str, ...], tuple[int, Draft]] = {}
    for number, draft in chosen:
        if draft.done and draft.done in found:
            first, other = found[draft.done]
            body = tuple(dict.fromkeys((*other.body, *draft.body)))
            found[draft.done] = (first, replace(other, body=body))
        else:
            found[draft.done or draft.body] = (number, draft)
    return list(found.values())


def _bodies(visit: Visit, pages: Sequence[Page]) -> Iterator[tuple[str, list[str]]]:
    """What is asserted, with the outcome in words."""
    match visit.last:
        case Left() as left:
            yield _left(visit, left)
        case Shown() as seen:
            yield from _shown(visit, seen, pages)


def _left(visit: Visit, left: Left) -> tuple[str, list[str]]:
    told = f"redirects to {left.to}"
    if not visit.steps:
        flash = f", flash: {_map(left.flash)}" if left.flash else ""
        how = f"{{:error, {{:{left.how}, %{{to: {quote(left.to)}{flash}}}}}}}"
        return told, [f"assert {how} = {visit.mount.source}"]
    if not left.flash:
        return told, [f"assert_redirect(view, {quote(left.to)})"]
    checks = [f"assert flash[{quote(kind)}] == {quote(text)}" for kind, text in left.flash.items()]
    said = " and ".join(left.flash.values())
    return f"{told} and says {said}", [f"flash = assert_redirect(view, {quote(left.to)})", *checks]


def _map(flash: Mapping[str, str]) -> str:
    return f"%{{{', '.join(f'{quote(kind)} => {quote(text)}' for kind, text in flash.items())}}}"


def _shown(visit: Visit, seen: Shown, pages: Sequence[Page]) -> Iterator[tuple[str, list[str]]]:
    patched = [f"assert_patch(view, {quote(seen.patched_to)})"] if seen.patched_to else []
    facts = _facts(visit, seen.page, pages)
    if seen.page.title and _title_is_new(visit, seen.page):
        patched.append(f"assert page_title(view) =~ {quote(seen.page.title)}")
    news = [fact for fact in facts if fact.holds or visit.steps]
    told = _told(news) if news else f"patches to {seen.patched_to}" if patched else ""
    if not facts and not patched:
        return
    if not _has_news(visit, seen.page):
        told = told.replace("shows", "still shows", 1)
    yield told, [*patched, *(fact.assertion for fact in facts)]
    if any(fact.is_vague and not fact.selector.exact for fact in facts):
        exact = [fact.exactly if fact.is_vague else fact for fact in facts]
        yield told, [*patched, *(fact.assertion for fact in exact)]


def _title_is_new(visit: Visit, page: Page) -> bool:
    before = visit.before
    return before is None or before.title != page.title


def _has_news(visit: Visit, page: Page) -> bool:
    return visit.before is None or bool(changed(visit.before, page))


def _facts(visit: Visit, page: Page, pages: Sequence[Page]) -> list[Fact]:
    """What is worth asserting: what changed; where nothing did, what could have."""
    if visit.before is not None and (news := changed(visit.before, page)):
        new = [fact for fact in news if fact.holds]
        gone = [fact for fact in news if not fact.holds]
        return [*new[:_NEW], *gone[: _GONE if new else _NEW]]
    varying = [fact for fact in shown(page) if not all(fact.is_true_of(other) for other in pages)]
    if visit.before is not None:
        return distinct(varying)[:2]
    return [*distinct([*varying, *shown(page)])[:_AT_FIRST], *missing(page, pages)[:_NOT_YET]]


def _told(facts: Sequence[Fact]) -> str:
    """The first two facts in words."""
    first, *more = facts
    told = first.told
    second = next((fact.told for fact in more if len(told) + len(fact.told) < 70), "")
    if second.split(" ", 1)[0] == told.split(" ", 1)[0]:
        second = second.split(" ", 1)[1]
    return f"{told} and {second}" if second else told


def _circumstances(visit: Visit) -> str:
    """`with no name`, `when clicking Delete after pressing Escape`."""
    told = [_last(visit.steps[-1])] if visit.steps else []
    before = [step.told for step in visit.steps[:-1]]
    if before:
        told.append("after " + _in_a_row(before))
    if visit.mount.told:
        told.append(visit.mount.told)
    return " ".join(told)


def _last(step: Action) -> str:
    filled = step.told.removeprefix(FILLING_IN)
    return f"with {filled}" if filled != step.told else f"when {step.told}"


def _in_a_row(told: Sequence[str]) -> str:
    if len(told) > 1 and len(set(told)) == 1:
        return f"{told[0]}, {len(told)} times"
    return " and ".join(told)


def name_all(chosen: Sequence[tuple[int, Draft]], taken: dict[str, set[str]]) -> list[TestCase]:
    """The drafts with names that tell them apart; `taken` are names that are used already, by describe."""
    used = {group: set(names) for group, names in taken.items()}
    found = []
    for number, draft in chosen:
        mine = used.setdefault(draft.group, set())
        same = [each for _, each in chosen if each.group == draft.group and each.outcome == draft.outcome]
        name = _first_free(draft, mine, alone=len(same) == 1)
        mine.add(name)
        found.append(draft.named(name, number))
    return found


def _first_free(draft: Draft, used: set[str], *, alone: bool) -> str:
    long = f"{draft.outcome} {draft.circumstances}".strip()
    wanted = [draft.outcome, long] if alone else [long, draft.outcome]
    options = [each for each in wanted if len(each) <= _LONGEST_NAME and each not in used]
    if options:
        return options[0]
    short = draft.outcome[: _LONGEST_NAME - 5].rstrip()
    return next(name for n in range(1, 1000) if (name := short if n == 1 else f"{short}, {n}") not in used)
