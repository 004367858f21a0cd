"""Ways to fill in a form: one that looks right, each field in turn otherwise, and nothing at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.synthesis.liveview.markup import Element
from testgen.synthesis.terms import quote

_PER_FORM = 14
_NOT_TYPED = frozenset({"hidden", "submit", "button", "reset", "image", "file"})
_BY_TYPE = {
    "email": ("ann@example.com", "ann", ""),
    "date": ("2024-02-29", ""),
    "datetime-local": ("2024-02-29T12:00", ""),
    "time": ("12:00", ""),
    "tel": ("030 1234", ""),
    "url": ("https://example.com", ""),
    "color": ("#ff0000",),
    "checkbox": ("true", "false"),
}
_BY_NAME = (
    ("email", ("ann@example.com", "ann", "")),
    ("phone", ("030 1234", "")),
    ("url", ("https://example.com", "")),
    ("name", ("Ann", "", " ")),
    ("title", ("Buy bread", "", " ")),
)
_NUMBERS = ("1", "0", "-1", "")
_WORDS = ("Something", "", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What is put into a form."""

    source: str
    """As the last argument of `form/3`; empty where the form has nothing to fill in."""
    told: str
    """In words, after "with"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    values: tuple[str, ...]


def fillings(form: Element, strings: Sequence[str], integers: Sequence[int]) -> Iterator[Filling]:
    """Fillings, the plainest first; `strings` and `integers` are what the module knows."""
    fields = _fields(form, strings, integers)
    plain = {field.name: field.values[0] for field in fields}
    rows = [plain]
    for field in fields:
        rows += [{**plain, field.name: value} for value in field.values[1:]]
    if len(fields) > 1:
        rows.append({field.name: "" if "" in field.values else field.values[0] for field in fields})
    distinct = list({tuple(row.items()): row for row in rows}.values())
    for row in distinct[:_PER_FORM]:
        yield Filling(source=_source(row), told=_told(row, plain))


def _fields(form: Element, strings: Sequence[str], integers: Sequence[int]) -> list[_Field]:
    found: dict[str, _Field] = {}
    for element in form.walk():
        name = element.attributes.get("name", "")
        if element.tag not in ("input", "select", "textarea") or not re.match(r"\w+(\[\w+\])*\Z", name):
            continue
        if element.attributes.get("type", "text") in _NOT_TYPED or name.startswith("_"):
            continue
        if element.attributes.get("type") == "radio":
            before = found[name].values if name in found else ()
            found[name] = _Field(name=name, values=(*before, element.attributes.get("value", "on")))
            continue
        if values := _values(element, name, strings, integers):
            found[name] = _Field(name=name, values=tuple(dict.fromkeys(values)))
    return list(found.values())


def _values(element: Element, name: str, strings: Sequence[str], integers: Sequence[int]) -> tuple[str, ...]:
    kind = element.attributes.get("type", "text")
    near = tuple(str(number) for known in integers for number in (known, known - 1, known + 1))
    if element.tag == "select":
        options = [each for each in element.walk() if each.tag == "option"]
        return tuple(each.attributes.get("value", each.text) for each in options)[:5]
    if kind == "checkbox":
        return (element.attributes.get("value", "on"), "false")
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if kind in ("number", "range"):
        return (*near[:6], *_NUMBERS)
    named = next((values for word, values in _BY_NAME if word in name), _WORDS)
    return (*named, *strings[:4])


def _source(row: dict[str, str]) -> str:
    """The row as keywords: `user: %{name: "Ann", age: "18"}`."""
    tree: dict[str, object] = {}
    for name, value in row.items():
        path = re.findall(r"\w+", name)
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})  # type: ignore[assignment]
        place[path[-1]] = value
    return _keywords(tree)


def _keywords(tree: dict[str, object]) -> str:
    return ", ".join(
        f"{key}: %{{{_keywords(value)}}}" if isinstance(value, dict) else f"{key}: {quote(str(value))}"
        for key, value in tree.items()
    )


def _told(row: dict[str, str], plain: dict[str, str]) -> str:
    """What is special about a row: the fields that differ from the plain one, or the first."""
    differing = [name for name in row if row[name] != plain[name]]
    if len(differing) == len(row) and len(row) > 1 and not any(row.values()):
        return "nothing filled in"
    shown = differing or list(row)[:1]
    return " and ".join(_worded(re.findall(r"\w+", name)[-1], row[name]) for name in shown)


def _worded(name: str, value: str) -> str:
    label = name.replace("_", " ")
    if not value:
        return f"no {label}"
    return f"a blank {label}" if not value.strip() else f"{label} {value}"
