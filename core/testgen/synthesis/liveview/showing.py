"""What a page shows that a person would look at, and what changed from one page to the next. Pure.

A fact is one `has_element?`: an element with its text, or with the class, value or state that it has. Whole
HTML is never compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from testgen.synthesis.liveview.locating import arguments
from testgen.synthesis.liveview.markup import Element, Page, Selector
from testgen.synthesis.terms import quote

_LONGEST = 60
_STATES = ("aria-selected", "aria-expanded", "aria-current", "href", "style", "role")
_SWITCHES = ("disabled", "checked", "selected", "readonly", "hidden")
_FIELDS = ("input", "select", "textarea")
_VAGUE = re.compile(r"-?[\d.,:%]+\Z|.{1,2}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that a page shows, or does not."""

    selector: Selector
    holds: bool = True

    @property
    def assertion(self) -> str:
        """The line that asserts it; the view is `view`."""
        word = "assert" if self.holds else "refute"
        if not self.selector.css:
            return f"{word} render(view) =~ {quote(self.selector.text or '')}"
        return f"{word} has_element?(view, {arguments(self.selector)})"

    @property
    def told(self) -> str:
        """In words: `shows 1 in #count`, `hides Reset`."""
        selector = self.selector
        word = "shows" if self.holds else "hides"
        if selector.text is None:
            return f"{word} {_worded(selector)}"
        place = f" in #{selector.id}" if selector.id else ""
        return f"{word} {selector.text}{place}"

    @property
    def is_vague(self) -> bool:
        """Whether the text is so short that it may well be a part of another."""
        text = self.selector.text or ""
        return self.holds and bool(self.selector.css) and bool(_VAGUE.match(text))

    @property
    def exactly(self) -> Fact:
        """The same of an element that has this text and no other."""
        exact = self.selector.text is not None and bool(self.selector.css)
        return replace(self, selector=replace(self.selector, exact=exact))

    def is_true_of(self, page: Page) -> bool:
        """Whether the page is as the fact says."""
        return page.has(self.selector) == self.holds


def _worded(selector: Selector) -> str:
    given = dict(selector.attributes)
    if "value" in given and given.get("name"):
        return f"{given['value'] or 'nothing'} in {given['name']}"
    return selector.css


def shown(page: Page) -> list[Fact]:
    """All that a page shows, the most telling first."""
    found = [fact for element in page.elements() for fact in _of(element)]
    found += _around(page)
    return sorted(dict.fromkeys(found), key=_weight)


def changed(before: Page, after: Page) -> list[Fact]:
    """What a page shows that the one before did not, then what it shows no more."""
    new = [_new(fact, before) for fact in shown(after) if not fact.exactly.is_true_of(before)]
    certain = [fact for fact in new if fact is not None]
    replaced = {_about(fact.selector) for fact in certain}
    around = [replace(fact, holds=False) for fact in _around(before) if not fact.is_true_of(after)]
    gone = [fact for fact in (*_gone(before.root, after), *around) if _about(fact.selector) not in replaced]
    return [*distinct(certain), *distinct(gone)]


def _around(page: Page) -> list[Fact]:
    """Texts that stand in no element, as far as HTML writes them as they are."""
    lines = page.root.own_lines
    return [
        Fact(selector=Selector(text=line))
        for line in lines
        if 2 < len(line) <= _LONGEST and not re.search("[&<>\"']", line)
    ]


def missing(page: Page, others: Sequence[Page]) -> list[Fact]:
    """What other pages have and this one has not: elements that a person would know by their id or class."""
    found = [fact for other in others for fact in _gone(other.root, page)]
    return distinct([fact for fact in found if fact.selector.text is None and _is_told(fact)])


def _new(fact: Fact, before: Page) -> Fact | None:
    """The fact in the form that tells the pages apart: `0` stood in `100` before."""
    if not fact.is_true_of(before):
        return fact
    return fact.exactly if fact.is_vague else None


def _gone(element: Element, page: Page) -> Iterator[Fact]:
    """What the page does not have of an element: the element, or else what is inside it."""
    for child in element.children:
        if isinstance(child, Element):
            lacking = [fact for fact in sorted(_of(child), key=_weight) if not fact.is_true_of(page)]
            away = [fact for fact in lacking if not page.has(_place(fact.selector)) and _is_told(fact)]
            if away:
                yield Fact(selector=_place(away[0].selector), holds=False)
                continue
            yield from (replace(fact, holds=False) for fact in lacking[:1])
            yield from _gone(child, page)


def _is_told(fact: Fact) -> bool:
    """Whether the element is known by more than its tag."""
    place = _place(fact.selector)
    return bool(place.id or place.css_class)


def distinct(facts: Sequence[Fact]) -> list[Fact]:
    """Of facts with one text, and of facts about one element, the first."""
    kept: dict[Selector, Fact] = {}
    texts: set[str] = set()
    for fact in facts:
        place, text = _place(fact.selector), fact.selector.text
        about = (
            replace(place, css_class="", attributes=()) if place.id else place if place.css else fact.selector
        )
        if about not in kept and (text is None or text not in texts):
            kept[about] = fact
            texts |= {text} if text is not None else set()
    return list(kept.values())


def _about(selector: Selector) -> Selector:
    """Which element it is about, whatever is said of it."""
    known = tuple(pair for pair in selector.attributes if pair[0] == "name")
    return replace(_place(selector), attributes=known, css_class="" if selector.id else selector.css_class)


def _place(selector: Selector) -> Selector:
    return replace(selector, text=None, exact=False)


def _weight(fact: Fact) -> tuple[int, int]:
    """Ids and texts before classes, those before attributes and tags."""
    selector = fact.selector
    if selector.id and selector.text is not None:
        return 0, len(selector.text)
    if selector.text is not None:
        return (1 if selector.css_class else 2), len(selector.text)
    if selector.id and not selector.attributes:
        return 3, 0
    return (4 if selector.attributes else 5), len(selector.css)


def _of(element: Element) -> Iterator[Fact]:
    base = Selector(tag="" if element.id else element.tag, id=element.id)
    text = element.label if any(isinstance(child, str) for child in element.children) else ""
    if text and len(text) <= _LONGEST:
        for name in element.classes[:2]:
            yield Fact(selector=replace(base, css_class=name, text=text))
        yield Fact(selector=replace(base, text=text))
    if element.id:
        yield Fact(selector=base)
        for name in element.classes[:3]:
            yield Fact(selector=replace(base, css_class=name))
    elif element.classes:
        yield Fact(selector=replace(base, css_class=element.classes[0]))
    around = next((each.id for each in element.above() if each.id), "")
    yield from _states(element, base if element.id else replace(base, within=around))


def _states(element: Element, base: Selector) -> Iterator[Fact]:
    attributes = element.attributes
    named = attributes.get("name", "")
    field = base if base.id or not named else Selector(tag=element.tag, attributes=(("name", named),))
    if element.tag in _FIELDS and "value" in attributes and _is_plain(attributes["value"]):
        value = ("value", attributes["value"])
        yield Fact(selector=replace(field, attributes=(*field.attributes, value)))
    for name in _STATES:
        value = (name, attributes.get(name, ""))
        if value[1] and _is_plain(value[1]) and not (name == "href" and element.label):
            yield Fact(selector=replace(base, attributes=(value,)))
    for name in _SWITCHES:
        if name in attributes:
            text = element.label[:_LONGEST] or None
            given = field if element.tag in _FIELDS else base
            yield Fact(selector=replace(given, attributes=(*given.attributes, (name, None)), text=text))


def _is_plain(value: str) -> bool:
    """Whether a value can be written in a selector as it is, and seen in it."""
    return '"' not in value and "\n" not in value and len(value) <= _LONGEST and value == value.strip()
