"""Components that were rendered, written as tests: what the HTML has, and what it has not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testgen.synthesis.liveview.facts import Shown
from testgen.synthesis.liveview.markup import Element, Page
from testgen.synthesis.liveview.visits import Visit
from testgen.synthesis.liveview.writing import Draft
from testgen.synthesis.terms import quote

_LONGEST = 60
_TOLD = ("class", "role", "style", "href", "type", "value", "name", "phx-click")
_SWITCHES = ("disabled", "checked", "selected", "hidden", "required")
_HAS, _LACKS = 4, 2


def rendered(visit: Visit, others: Sequence[Visit]) -> Iterator[Draft]:
    """A test of a rendering; `others` are renderings of the same component, to know what varies."""
    if not isinstance(visit.last, Shown):
        return
    mine = _pieces(visit.last.page)
    pages = [each.last.page for each in others if isinstance(each.last, Shown)]
    rest = [_pieces(page) for page in pages]
    html = visit.last.html
    mine = [f">{p}<" if html.count(p) > 1 and f">{p}<" in html else p for p in mine]
    has = sorted(mine, key=lambda piece: sum(piece in each for each in rest))
    lacks = [p for each in rest for p in each if p not in html]
    for most in (0, _LACKS):
        lines = [f"assert html =~ {_source(piece)}" for piece in has[:_HAS]]
        lines += [f"refute html =~ {_source(piece)}" for piece in list(dict.fromkeys(lacks))[:most]]
        if lines:
            yield _draft(visit, has, lines)


def _draft(visit: Visit, has: Sequence[str], lines: Sequence[str]) -> Draft:
    return Draft(
        group=visit.mount.group,
        outcome=f"shows {_words(has)}" if has else "shows nothing",
        circumstances=visit.mount.told,
        done=(*visit.mount.needs, f"html = {visit.mount.source}"),
        body=tuple(lines),
        uses_conn=False,
    )


def _words(has: Sequence[str]) -> str:
    return next((piece for piece in has if "=" not in piece), has[0]).strip("<>").replace('"', "")


def _source(piece: str) -> str:
    return f"~s({piece})" if '"' in piece and ")" not in piece and "(" not in piece else quote(piece)


def _pieces(page: Page) -> list[str]:
    """Pieces of HTML that a person would look for: texts, and attributes that mean something."""
    found = [piece for element in page.elements() for piece in _of(element)]
    return list(dict.fromkeys(found))


def _of(element: Element) -> Iterator[str]:
    if element.label and len(element.label) <= _LONGEST and element.label.isprintable():
        yield _as_written(element.label)
    for name in _TOLD:
        value = element.attributes.get(name, "")
        if value and len(value) <= _LONGEST and value == value.strip() and '"' not in value:
            yield f'{name}="{_as_written(value)}"'
    for name in _SWITCHES:
        if name in element.attributes and not element.attributes[name]:
            yield f" {name}"


def _as_written(text: str) -> str:
    """The text as HTML has it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
