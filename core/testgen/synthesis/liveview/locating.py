"""How a person would point at an element of a page: by its id, by what stands on it, by its class. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from testgen.synthesis.liveview.markup import Element, Page, Selector
from testgen.synthesis.terms import quote

_LONGEST_TEXT = 40
_TELLING = ("phx-click", "phx-submit", "phx-change", "name", "role", "type")
"""Attributes that tell elements apart, the most telling first."""


def locate(element: Element, page: Page) -> Selector | None:
    """The simplest selector that means this element alone; None where none does."""
    return next((each for each in _ways(element) if _means_only(each, element, page)), None)


def _means_only(selector: Selector, element: Element, page: Page) -> bool:
    found = page.all(selector)
    return len(found) == 1 and found[0] is element


def _ways(element: Element) -> Iterator[Selector]:
    if element.id:
        yield Selector(id=element.id)
    around = next((each.id for each in element.above() if each.id), "")
    for within in dict.fromkeys(("", around)):
        text = element.label
        if text and len(text) <= _LONGEST_TEXT:
            yield Selector(tag=element.tag, within=within, text=text)
        for name in element.classes:
            yield Selector(tag=element.tag, css_class=name, within=within)
        for name in _TELLING:
            value = element.attributes.get(name, "")
            if value and '"' not in value:
                yield Selector(tag=element.tag, attributes=((name, value),), within=within)
                if text and len(text) <= _LONGEST_TEXT:
                    yield Selector(tag=element.tag, attributes=((name, value),), within=within, text=text)
        yield Selector(tag=element.tag, within=within)


def arguments(selector: Selector) -> str:
    """The selector as arguments of `element/3` and `has_element?/3`: `"#count", "1"`."""
    css = f"~s({selector.css})" if '"' in selector.css and ")" not in selector.css else quote(selector.css)
    if selector.text is None:
        return css
    return f"{css}, {_whole(selector.text) if selector.exact else quote(selector.text)}"


def _whole(text: str) -> str:
    """A regular expression for an element that has this text and no other."""
    escaped = re.sub(r"([.^$*+?()\[\]{}|\\/#])", r"\\\1", text)
    return rf"~r/\A\s*{escaped}\s*\z/"
