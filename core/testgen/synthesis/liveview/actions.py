"""What somebody who looks at a page can do: click, fill in a form, press a key, follow a link. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from testgen.synthesis.liveview.filling import fillings
from testgen.synthesis.liveview.locating import arguments, locate
from testgen.synthesis.liveview.markup import Element, Page
from testgen.synthesis.terms import quote

_KEYS = ("keydown", "keyup")
_PLAIN = ("click", "blur", "focus")
FILLING_IN = "filling in "
"""What the words of an action on a form begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing done to a view."""

    source: str
    """The expression that does it; `view` is the view."""
    event: str
    """The event that it sends; empty for a link or a message."""
    told: str
    """In words, after "after": `clicking +`."""
    group: str
    """What its tests are grouped under."""
    targeted: bool = False
    """Whether it goes to a component, and which one the page does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words of the module that a visitor might type."""

    strings: tuple[str, ...] = ()
    integers: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    """Keys of the keyboard that its handlers know."""


def actions(page: Page, words: Vocabulary) -> Iterator[Action]:
    """All that can be done on the page, in its order."""
    for element in page.elements():
        if "disabled" in element.attributes:
            continue
        for action in _of_element(element, page, words):
            yield replace(action, targeted="phx-target" in element.attributes)


def _of_element(element: Element, page: Page, words: Vocabulary) -> Iterator[Action]:
    yield from _plain(element, page)
    yield from _keyed(element, page, words)
    if element.tag == "form":
        yield from _form(element, page, words)
    link = element.attributes.get("data-phx-link", "")
    if link and "phx-click" not in element.attributes:
        yield from _clicked(element, page, "", "links")


def _plain(element: Element, page: Page) -> Iterator[Action]:
    for kind in _PLAIN:
        event = event_of(element.attributes.get(f"phx-{kind}", ""))
        if event and kind == "click":
            yield from _clicked(element, page, event, group_of(event))
        elif event and (selector := locate(element, page)):
            yield Action(
                source=f"view |> element({arguments(selector)}) |> render_{kind}()",
                event=event,
                told=f"{'leaving' if kind == 'blur' else 'entering'} {selector.text or selector.css}",
                group=group_of(event),
            )


def _clicked(element: Element, page: Page, event: str, group: str) -> Iterator[Action]:
    if selector := locate(element, page):
        yield Action(
            source=f"view |> element({arguments(selector)}) |> render_click()",
            event=event,
            told=f"clicking {element.label or selector.css}",
            group=group,
        )


def _keyed(element: Element, page: Page, words: Vocabulary) -> Iterator[Action]:
    for kind in _KEYS:
        for prefix in ("phx-", "phx-window-"):
            event = event_of(element.attributes.get(f"{prefix}{kind}", ""))
            selector = locate(element, page) if event else None
            if selector is None:
                continue
            only = element.attributes.get("phx-key", "")
            for key in (only,) if only else (*words.keys, "a"):
                yield Action(
                    source=f"view |> element({arguments(selector)})"
                    f' |> render_{kind}(%{{"key" => {quote(key)}}})',
                    event=event,
                    told=f"pressing {key}",
                    group=group_of(event),
                )


def _form(element: Element, page: Page, words: Vocabulary) -> Iterator[Action]:
    selector = locate(element, page)
    if selector is None:
        return
    for kind in ("change", "submit"):
        event = event_of(element.attributes.get(f"phx-{kind}", ""))
        if not event:
            continue
        for filling in fillings(element, words.strings, words.integers):
            given = f", {filling.source}" if filling.source else ""
            yield Action(
                source=f"view |> form({arguments(selector)}{given}) |> render_{kind}()",
                event=event,
                told=FILLING_IN + filling.told,
                group=group_of(event),
            )


def group_of(event: str) -> str:
    """The `describe` of an event."""
    return f"{event} event"


def event_of(attribute: str) -> str:
    """The event that an attribute sends: its text, or what a JS command in it pushes; empty for none.

    >>> event_of('[["push",{"event":"save"}]]')
    'save'
    """
    if not attribute.startswith("[["):
        return attribute
    try:
        commands: Sequence[Sequence[object]] = json.loads(attribute)
    except ValueError:
        return ""
    for command in commands:
        if command[0] == "push" and isinstance(command[1], dict):
            return str(command[1].get("event", ""))
    return ""
