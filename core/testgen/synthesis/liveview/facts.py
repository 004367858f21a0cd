"""What the agent knows of a project's LiveViews and what it saw on visits, as typed values. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from testgen.synthesis.liveview.markup import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path of the router that shows a LiveView."""

    path: str
    view: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attr:
    """An attribute that a component or a slot takes."""

    name: str
    type: str
    """`:string`, `:list`, …"""
    required: bool
    default: str | None
    """Source of the default; None where there is none."""
    values: tuple[str, ...]
    """Source of the values that it may have; empty where any goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot of a component."""

    name: str
    required: bool
    attrs: tuple[Attr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A function component."""

    name: str
    attrs: tuple[Attr, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFacts:
    """What a module is to Phoenix."""

    name: str
    kind: str
    """`view`, `component` (a live one), `functions` (function components), or empty."""
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What tests of a project's LiveViews need to know."""

    live_view: bool
    """Whether the project has Phoenix LiveView."""
    parser: bool
    """Whether it has what LiveViewTest reads HTML with."""
    endpoint: str
    conn_case: str
    """The project's case template for connections; empty where it has none."""
    routes: tuple[Route, ...]
    modules: tuple[ModuleFacts, ...]

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Facts:
        """The facts from the agent's map."""
        return cls(
            live_view=bool(wire["live_view"]),
            parser=bool(wire["parser"]),
            endpoint=str(wire["endpoint"] or ""),
            conn_case=str(wire["conn_case"] or ""),
            routes=tuple(
                Route(path=str(each["path"]), view=str(each["view"]), action=str(each["action"] or ""))
                for each in wire["routes"]
            ),
            modules=tuple(_module(each) for each in wire["modules"]),
        )

    def of(self, module: str) -> ModuleFacts:
        """What a module is; nothing in particular where it was not asked about."""
        nothing = ModuleFacts(name=module, kind="", components=())
        return next((each for each in self.modules if each.name == module), nothing)

    def routes_of(self, module: str) -> tuple[Route, ...]:
        """Routes that show a LiveView."""
        return tuple(route for route in self.routes if route.view == module)


def _module(wire: Mapping[str, Any]) -> ModuleFacts:
    return ModuleFacts(
        name=str(wire["name"]),
        kind=str(wire["kind"] or ""),
        components=tuple(
            Component(
                name=str(each["name"]),
                attrs=_attrs(each["attrs"]),
                slots=tuple(
                    Slot(name=str(s["name"]), required=bool(s["required"]), attrs=_attrs(s["attrs"]))
                    for s in each["slots"]
                ),
            )
            for each in wire["components"]
        ),
    )


def _attrs(wire: Sequence[Mapping[str, Any]]) -> tuple[Attr, ...]:
    return tuple(
        Attr(
            name=str(each["name"]),
            type=str(each["type"]),
            required=bool(each["required"]),
            default=None if each["default"] is None else str(each["default"]),
            values=tuple(str(value) for value in each["values"]),
        )
        for each in wire
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The view showed a page."""

    page: Page
    html: str
    patched_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The view sent its visitor elsewhere."""

    to: str
    how: str
    """`redirect` or `live_redirect`."""
    flash: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The view ended, or never began."""

    status: str
    """`crashed`, `timeout`, `memory` or `refused`."""
    exception: str
    message: str


Moment = Shown | Left | Broken
"""What a visit was like after one step."""


def moment(wire: Mapping[str, Any]) -> Moment:
    """A moment from the agent's map."""
    match wire["status"]:
        case "shown":
            page = Page.read(str(wire["html"]), str(wire.get("title") or ""))
            return Shown(page=page, html=str(wire["html"]), patched_to=str(wire.get("to") or ""))
        case "left":
            return Left(to=str(wire["to"]), how=str(wire["how"]), flash=dict(wire["flash"]))
        case status:
            exception, message = str(wire.get("exception") or ""), str(wire.get("message") or "")
            return Broken(status=str(status), exception=exception, message=message)
