"""What can be done on a page is found on it: clicks, forms, keys, links."""

from __future__ import annotations

from testgen.synthesis.liveview.actions import Vocabulary, actions, event_of
from testgen.synthesis.liveview.markup import Page


def sources(html: str, words: Vocabulary | None = None) -> list[str]:
    return [action.source for action in actions(Page.read(html), words or Vocabulary())]


def test_a_button_is_clicked() -> None:
    assert sources('<button phx-click="add">Add</button>') == [
        'view |> element("button", "Add") |> render_click()'
    ]


def test_a_disabled_button_is_not_clicked() -> None:
    assert sources('<button phx-click="add" disabled>Add</button>') == []


def test_a_js_command_is_clicked_where_it_pushes_an_event() -> None:
    assert event_of('[["toggle",{"to":"#a"}],["push",{"event":"add"}]]') == "add"
    assert event_of('[["toggle",{"to":"#a"}]]') == ""
    assert event_of("[[broken") == ""


def test_a_link_that_patches_is_followed() -> None:
    assert sources(
        '<a href="/b" data-phx-link="patch" data-phx-link-state="push">B</a><a href="/c">C</a>'
    ) == ['view |> element("a", "B") |> render_click()']


def test_a_form_is_filled_in_field_by_field_and_left_empty() -> None:
    fields = '<input name="user[name]"><input type="number" name="user[age]">'
    found = sources(f'<form id="f" phx-submit="save">{fields}</form>', Vocabulary(integers=(18,)))
    assert found[0] == 'view |> form("#f", user: %{name: "Ann", age: "18"}) |> render_submit()'
    assert 'view |> form("#f", user: %{name: "Ann", age: "17"}) |> render_submit()' in found
    assert 'view |> form("#f", user: %{name: "", age: ""}) |> render_submit()' in found


def test_of_a_select_only_its_options_are_chosen() -> None:
    select = '<select name="s"><option value="a">A</option><option>B</option></select>'
    assert sources(f'<form id="f" phx-change="c">{select}</form>') == [
        'view |> form("#f", s: "a") |> render_change()',
        'view |> form("#f", s: "B") |> render_change()',
    ]


def test_keys_that_the_handlers_know_are_pressed_and_one_that_they_do_not() -> None:
    assert sources('<div id="d" phx-window-keydown="key"></div>', Vocabulary(keys=("Escape",))) == [
        'view |> element("#d") |> render_keydown(%{"key" => "Escape"})',
        'view |> element("#d") |> render_keydown(%{"key" => "a"})',
    ]
