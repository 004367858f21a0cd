"""What is to be said beside the tests of LiveViews: what does not fit together, and why mutants live on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from testgen.mutation import Mutant
from testgen.synthesis.assembly import Draft
from testgen.synthesis.explanations import Explained
from testgen.synthesis.findings import Finding, FindingKind
from testgen.synthesis.liveview.events import Events
from testgen.synthesis.liveview.facts import Broken
from testgen.synthesis.liveview.visits import Visit
from testgen.synthesis.reasons import Reason, ReasonKind
from testgen.synthesis.report import LeftAlone

_HANDLER = "handle_event/3"


def explained(
    visited: Mapping[str, tuple[Events, Sequence[Visit]]], mutants: Sequence[Mutant], draft: Draft
) -> Explained:
    """Everything that is to be said; `visited` are each view's events and the visits to it, by its name."""
    findings = [each for events, visits in visited.values() for each in _findings(events, visits)]
    left_alone = [each for name, (_, visits) in visited.items() for each in _unopened(name, visits)]
    survivors = {
        mutant.id: _why(draft.outcomes.get(mutant.id))
        for mutant in mutants
        if draft.outcomes.get(mutant.id) not in ("killed", "timeout")
    }
    return Explained(survivors=survivors, left_alone=tuple(left_alone), findings=tuple(findings))


def _why(outcome: str | None) -> Reason:
    if outcome == "survived":
        text = "what was seen of the page is the same with it"
        return Reason(kind=ReasonKind.FEW_INPUTS, text=text)
    return Reason(kind=ReasonKind.NOT_REACHED, text="no visit that was tried comes by")


def _findings(events: Events, visits: Sequence[Visit]) -> Iterator[Finding]:
    crashes: dict[str, list[Visit]] = {}
    for visit in visits:
        if _is_crash(visit):
            crashes.setdefault(visit.steps[-1].event, []).append(visit)
    for event, seen in crashes.items():
        if event and not event.startswith("lv:"):
            known = events.handles(event) or seen[0].steps[-1].targeted
            yield _crash(event, seen, known=known)
    for event in events.orphans:
        yield Finding(
            kind=FindingKind.EVENT,
            function=_HANDLER,
            call=f'def handle_event("{event}", …)',
            text=f'takes the event "{event}", which nothing in its file sends',
        )


def _is_crash(visit: Visit) -> bool:
    """Whether something that a visitor can do ended the view; what JavaScript might push is made up."""
    broken = isinstance(visit.last, Broken) and visit.last.status == "crashed"
    return broken and bool(visit.steps) and "render_hook(" not in visit.steps[-1].source


def _crash(event: str, seen: Sequence[Visit], *, known: bool) -> Finding:
    visit = min(seen, key=lambda each: len(each.steps))
    broken = visit.last
    assert isinstance(broken, Broken)
    text = (
        f'"{event}" makes the view crash: {broken.exception}: {broken.message}'
        if known
        else f'no clause takes the event "{event}", which the page sends: the view crashes'
    )
    return Finding(
        kind=FindingKind.CRASH if known else FindingKind.EVENT,
        function=_HANDLER,
        call="\n".join(step.source for step in visit.steps),
        text=text,
        num_calls=len(seen),
    )


def _unopened(name: str, visits: Sequence[Visit]) -> Iterator[LeftAlone]:
    """Views that cannot be opened at all."""
    opened = [visit for visit in visits if not visit.steps]
    broken = [visit.last for visit in opened if isinstance(visit.last, Broken)]
    if opened and len(broken) == len(opened):
        said = _said(broken[0])
        called = opened[0].mount.group or "mount/3"
        yield LeftAlone(function=f"{name}.{called}", reason=f"it could not be opened: {said}")


def _said(broken: Broken) -> str:
    """What was raised; of what Plug wraps, the inside."""
    if broken.message.startswith("** "):
        return broken.message.removeprefix("** ")
    return f"{broken.exception}: {broken.message}".strip(": ") or broken.status
