"""Components rendered on their own, with attributes and slots as their declarations allow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.synthesis.liveview.facts import Attr, Component, Slot
from testgen.synthesis.liveview.visits import Mount
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import atom, quote

_MOST = 24
_READ = re.compile(r"(?:(?<![\w@])@|(?<!\.)\bassigns\.)([a-z]\w*[?!]?)")
_OWN = frozenset({"myself", "flash", "streams", "uploads", "socket", "inner_block"})
"""Assigns that LiveView gives."""
_LIST = ('["one", "two"]', "[]", '["one"]')
_BY_TYPE = {
    ":string": ('"Something"',),
    ":boolean": ("true", "false"),
    ":atom": (":something",),
    ":integer": ("1", "0", "2", "-1"),
    ":float": ("1.5", "0.0"),
    ":list": _LIST,
    ":map": ("%{}",),
    ":any": ('"Something"',),
}


def renderings(component: Component, subject: Subject, source: str) -> Iterator[Mount]:
    """Ways to render a function component, the plainest first; `source` is its module's code."""
    attrs = [attr for attr in component.attrs if attr.type in _BY_TYPE or attr.values]
    slots = [slot for slot in component.slots if slot.required]
    others = [slot for slot in component.slots if not slot.required]
    plain = {attr.name: _choices(attr, subject)[0] for attr in attrs if attr.required}
    rows = [plain, *({**plain, attr.name: each} for attr in attrs for each in _choices(attr, subject))]
    rows += [{**row, **more} for row in rows[1:] for more in rows[1:] if len(rows) <= 8 and row != more]
    distinct = list({tuple(row.items()): row for row in rows}.values())[:_MOST]
    for row in distinct:
        told = f"with {_told(row, plain)}" if row != plain else ""
        yield _mount(component, subject, row, slots, source, told)
    for slot in others:
        yield _mount(component, subject, plain, [*slots, slot], source, f"with {slot.name}")


def alone(subject: Subject, source: str) -> Iterator[Mount]:
    """A live component on its own, with what it reads and does not assign itself, the plainest first."""
    read = dict.fromkeys(_READ.findall(source))
    names = [name for name in read if name not in _OWN and not _is_assigned(name, source)]
    plain = {name: _value(name) for name in dict.fromkeys(("id", *names))}
    words = [quote(text) for text in subject.mined.strings[:6]]
    rows = [plain, *({**plain, name: word} for name in names for word in words)]
    for row in rows[:_MOST]:
        given = ", ".join(f"{name}: {value}" for name, value in row.items())
        told = f"with {_told(row, plain)}" if row != plain else ""
        yield Mount(source=f"render_component({subject.shown_as}, {given})", told=told, group="render/1")


def _is_assigned(name: str, source: str) -> bool:
    word = re.escape(name)
    is_attribute = re.search(rf"^\s*@{word} ", source, re.MULTILINE)
    is_given = re.search(rf"assign\w*\([^)]*(?::{word}\b|\b{word}:)", source)
    return bool(is_attribute or is_given)


def _value(name: str) -> str:
    if name == "id":
        return quote("some-id")
    return "true" if name.endswith("?") or name.startswith(("is_", "has_", "show")) else quote(f"Some {name}")


def _choices(attr: Attr, subject: Subject) -> Sequence[str]:
    """Source of values, one that differs from the default first."""
    if attr.values:
        found = list(attr.values)
    elif attr.type == ":integer":
        known = [str(number) for number in subject.mined.integers if abs(number) < 1_000_000]
        found = list(dict.fromkeys([*_BY_TYPE[attr.type][:1], *known[:3], *_BY_TYPE[attr.type]]))
    else:
        found = list(_BY_TYPE[attr.type])
    return sorted(found, key=lambda each: each == attr.default)


def _told(row: dict[str, str], plain: dict[str, str]) -> str:
    differing = [name for name in row if row[name] != plain.get(name)]
    return " and ".join(f"{name} {row[name].strip(chr(34))}" for name in differing)


def _mount(
    component: Component,
    subject: Subject,
    row: dict[str, str],
    slots: Sequence[Slot],
    source: str,
    told: str,
) -> Mount:
    name = f"{subject.shown_as}.{component.name}"
    group = f"{component.name}/1"
    if not slots:
        given = ", ".join(f"{atom(key)[1:]}: {value}" for key, value in row.items())
        call = f"render_component(&{name}/1, {given})" if given else f"render_component(&{name}/1, [])"
        return Mount(source=call, told=told, group=group)
    attrs = "".join(f" {key}={_attribute(value)}" for key, value in row.items())
    inside = "\n".join(f"  {line}" for slot in slots for line in _slot(slot, subject, source))
    template = f'rendered_to_string(~H"""\n<{name}{attrs}>\n{inside}\n</{name}>\n""")'
    return Mount(source=template, told=told, group=group, needs=("assigns = %{}",))


def _attribute(value: str) -> str:
    return value if value.startswith('"') else f"{{{value}}}"


def _slot(slot: Slot, subject: Subject, source: str) -> list[str]:
    takes = re.search(rf"render_slot\(@?{re.escape(slot.name)}, ", source)
    text = "<%= value %>" if takes else slot.name.replace("_", " ").capitalize()
    let = " :let={value}" if takes else ""
    if slot.name == "inner_block":
        return ["Inside"]
    given = "".join(
        f" {attr.name}={_attribute(_slot_value(attr, subject))}"
        for attr in slot.attrs
        if attr.type in _BY_TYPE
    )
    return [f"<:{slot.name}{let}{given}>{text}</:{slot.name}>"]


def _slot_value(attr: Attr, subject: Subject) -> str:
    if attr.type == ":string" and not attr.values:
        return quote(attr.name.capitalize())
    return _choices(attr, subject)[0]
