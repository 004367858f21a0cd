"""Events are matched with what sends them: in the module, in its file, in its templates."""

from __future__ import annotations

from testgen.synthesis.analysis import Clause, Function, Module, Pattern
from testgen.synthesis.liveview.events import TEMPLATES, Events

SOURCE = """\
defmodule ALive do
  def handle_event("sent", _, socket), do: {:noreply, socket}
  def handle_event("unsent", _, socket), do: {:noreply, socket}
  def handle_event("elsewhere", _, socket), do: {:noreply, socket}
  def render(assigns), do: ~H"<b phx-click="sent"></b>"
end
defmodule BLive do
  def handle_event("unsent", _, socket), do: {:noreply, socket}
  def render(assigns), do: ~H"<b phx-click="elsewhere"></b>"
end
"""


def module(*events: str) -> Module:
    clauses = tuple(
        Clause(line=2, args=(), guard=None, patterns=(Pattern(kind="literal", source=event),))
        for event in events
    )
    handler = Function(name="handle_event", arity=3, kind="def", line=2, clauses=clauses)
    return Module(name="ALive", line=1, end_line=6, functions=(handler,))


def test_what_the_module_itself_sends_is_no_finding() -> None:
    events = Events.of(module('"sent"', '"unsent"', '"elsewhere"'), SOURCE)
    assert events.unsent == ("unsent", "elsewhere")


def test_what_another_module_of_the_file_sends_is_no_orphan() -> None:
    events = Events.of(module('"sent"', '"unsent"', '"elsewhere"'), SOURCE)
    assert events.orphans == ("unsent",)


def test_what_a_template_beside_it_sends_is_sent() -> None:
    template = f'{SOURCE}{TEMPLATES}<b phx-click="unsent"></b>'
    assert Events.of(module('"unsent"'), template).unsent == ()


def test_a_clause_for_every_event_takes_any() -> None:
    assert Events.of(module('"sent"', "event"), SOURCE).handles("whatever")
    assert not Events.of(module('"sent"'), SOURCE).handles("whatever")
