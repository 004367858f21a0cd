"""Pages are read from HTML, and selectors on them mean what LiveViewTest means by them."""

from __future__ import annotations

import pytest

from testgen.synthesis.liveview.locating import arguments, locate
from testgen.synthesis.liveview.markup import Element, Page, Selector

CART = Page.read(
    """
    <h1>Cart</h1>
    <ul id="items">
      <li id="item-1" class="done first">Book <button phx-click="remove">Remove</button></li>
      <li id="item-2">Pen <button phx-click="remove">Remove</button></li>
    </ul>
    <form id="phx-Fx1" phx-submit="add"><input type="text" name="title"><br><input name="price"></form>
    <p>Total
       5</p>
    """
)


def one(selector: Selector) -> Element:
    found = CART.all(selector)
    assert len(found) == 1
    return found[0]


def test_elements_without_an_end_do_not_swallow_what_follows() -> None:
    assert one(Selector(attributes=(("name", "price"),))).parent is one(Selector(tag="form"))


def test_a_text_is_a_part_of_all_text_inside() -> None:
    assert CART.has(Selector(tag="ul", text="Remove"))
    assert not CART.has(Selector(tag="h1", text="Remove"))


def test_an_exact_text_is_all_that_the_element_has() -> None:
    assert CART.has(Selector(tag="button", text="Remove", exact=True))
    assert not CART.has(Selector(id="item-2", text="Pen", exact=True))


def test_a_text_that_goes_over_two_lines_is_not_found_as_one() -> None:
    assert not CART.has(Selector(tag="p", text="Total 5"))
    assert one(Selector(tag="p")).label == "Total"


@pytest.mark.parametrize(
    ("selector", "source"),
    [
        (Selector(id="item-1", css_class="done"), '"#item-1.done"'),
        (Selector(tag="h1", text="Cart"), '"h1", "Cart"'),
        (Selector(tag="button", within="item-2", text="Remove"), '"#item-2 button", "Remove"'),
        (Selector(tag="input", attributes=(("name", "price"),)), '~s(input[name="price"])'),
        (Selector(tag="p", text="5", exact=True), r'"p", ~r/\A\s*5\s*\z/'),
        (Selector(tag="p", text="1.5 (a/b)", exact=True), r'"p", ~r/\A\s*1\.5 \(a\/b\)\s*\z/'),
    ],
)
def test_selectors_are_written_as_a_person_writes_them(selector: Selector, source: str) -> None:
    assert arguments(selector) == source


def test_an_element_is_known_by_its_id() -> None:
    assert locate(one(Selector(id="item-1")), CART) == Selector(id="item-1")


def test_of_two_alike_the_element_around_tells_them_apart() -> None:
    button = one(Selector(tag="button", within="item-2"))
    assert locate(button, CART) == Selector(tag="button", within="item-2", text="Remove")


def test_an_id_that_live_view_made_up_is_not_used() -> None:
    found = locate(one(Selector(tag="form")), CART)
    assert found is not None
    assert found.id == ""


def test_pages_that_differ_only_in_what_live_view_made_up_have_one_fingerprint() -> None:
    assert Page.read('<p id="phx-Fa" data-phx-component="1">a</p>').fingerprint == (
        Page.read('<p id="phx-Fb" data-phx-component="2">a</p>').fingerprint
    )
    assert Page.read("<p>a</p>").fingerprint != Page.read("<p>b</p>").fingerprint


def test_the_container_of_a_page_is_no_part_of_it() -> None:
    page = Page.read('<div id="phx-F" data-phx-session="S">count: 1 <b>a</b></div>')
    assert not page.has(Selector(tag="div"))
    assert page.root.own_lines == ["count: 1"]


def test_the_container_of_a_view_inside_another_is_a_part_of_the_page() -> None:
    assert Page.read('<div id="child" data-phx-session="S" data-phx-parent-id="phx-F">a</div>').has(
        Selector(id="child")
    )
