"""A page as a tree of elements, read from HTML that a LiveView rendered, and simple selectors on it. Pure.

The selectors are those that tests are written with here: tag, id, class, one attribute, inside an element
with an id, with a text. They mean what LiveViewTest means by them; it is no CSS engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)  # https://html.spec.whatwg.org/multipage/syntax.html#void-elements
_STABLE_ID = re.compile(r"[A-Za-z][\w-]*\Z")


@dataclass(slots=True, eq=False)
class Element:
    """An element of a page; compared by identity."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)
    parent: Element | None = None

    @property
    def text(self) -> str:
        """All text inside, white space as a browser shows it."""
        return " ".join("".join(self._texts()).split())

    @property
    def raw_text(self) -> str:
        """All text inside, as it stands in the source: what LiveViewTest looks for a text in."""
        return "".join(self._texts())

    @property
    def own_lines(self) -> list[str]:
        """Texts directly inside, line by line."""
        texts = [child for child in self.children if isinstance(child, str)]
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()]

    @property
    def label(self) -> str:
        """The first text directly inside that stands on one line, or of an element around that alone."""
        if lines := self.own_lines:
            return lines[0]
        inside = [child for child in self.children if isinstance(child, Element)]
        return inside[0].label if len(inside) == 1 else ""

    @property
    def id(self) -> str:
        """Its id, where a person would have given it one; LiveView's own begin with `phx-`."""
        found = self.attributes.get("id", "")
        return found if _STABLE_ID.match(found) and not found.startswith("phx-") else ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes that can be written in a selector as they are."""
        return tuple(name for name in self.attributes.get("class", "").split() if _STABLE_ID.match(name))

    def walk(self) -> Iterator[Element]:
        """This element and all inside, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def above(self) -> Iterator[Element]:
        """Elements around it, the nearest first."""
        if self.parent is not None:
            yield self.parent
            yield from self.parent.above()

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which element is meant, as a test says it."""

    tag: str = ""
    id: str = ""
    css_class: str = ""
    attributes: tuple[tuple[str, str | None], ...] = ()
    """Names and values; any value where that is None."""
    within: str = ""
    """The id of an element around it."""
    text: str | None = None
    """A part of its text."""
    exact: bool = False
    """Whether the text is all that it has."""

    @property
    def css(self) -> str:
        """The selector without the text: `#cart button.danger`."""
        given = "".join(
            f"[{name}]" if value is None else f'[{name}="{value}"]' for name, value in self.attributes
        )
        own = f"{self.tag}{'#' + self.id if self.id else ''}{'.' + self.css_class if self.css_class else ''}"
        return f"{'#' + self.within + ' ' if self.within else ''}{own}{given}"

    def matches(self, element: Element) -> bool:
        """Whether the element is meant."""
        return (
            self.tag in ("", element.tag)
            and self.id in ("", element.attributes.get("id"))
            and (not self.css_class or self.css_class in element.classes)
            and all(
                name in element.attributes and value in (None, element.attributes[name])
                for name, value in self.attributes
            )
            and (not self.within or any(e.attributes.get("id") == self.within for e in element.above()))
            and self._has_text(element)
        )

    def _has_text(self, element: Element) -> bool:
        if self.text is None:
            return True
        return element.raw_text.strip() == self.text if self.exact else self.text in element.raw_text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """What a view shows at one moment."""

    root: Element
    title: str = ""

    @classmethod
    def read(cls, html: str, title: str = "") -> Page:
        """The page of a piece of HTML."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        return cls(root=_within_container(reader.root), title=title)

    def elements(self) -> Iterator[Element]:
        """All elements, in order."""
        walk = self.root.walk()
        next(walk)
        yield from walk

    def all(self, selector: Selector) -> list[Element]:
        """The elements that are meant; the whole page where only a text is named."""
        if not selector.css:
            return [self.root] if selector.matches(self.root) else []
        return [element for element in self.elements() if selector.matches(element)]

    def has(self, selector: Selector) -> bool:
        """Whether any element is meant."""
        return bool(self.all(selector))

    @property
    def fingerprint(self) -> str:
        """Equal for pages that look and behave alike."""
        return f"{self.title}\n{_outline(self.root)}"


def _within_container(root: Element) -> Element:
    """What is inside the element that LiveView puts around a page; no selector means that one."""
    inside = [child for child in root.children if isinstance(child, Element)]
    known = inside[0].attributes if len(inside) == 1 else {}
    if "data-phx-session" not in known or "data-phx-parent-id" in known:
        return root
    return Element("", {}, inside[0].children)


def _outline(element: Element) -> str:
    shown = " ".join(
        f"{name}={value}"
        for name, value in sorted(element.attributes.items())
        if not (name.startswith("data-phx-") and name != "data-phx-link")
        and not (name == "id" and value.startswith("phx-"))
    )
    inside = "".join(
        " ".join(child.split()) if isinstance(child, str) else _outline(child) for child in element.children
    )
    return f"<{element.tag} {shown}>{inside}</>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1]
        element = Element(tag, {name: value or "" for name, value in attrs}, parent=parent)
        parent.children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open[-1].tag != tag:
                self._open.pop()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
