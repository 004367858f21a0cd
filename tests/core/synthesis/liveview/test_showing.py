"""What changed from one page to the next is said as a person would say it."""

from __future__ import annotations

from testgen.synthesis.liveview.markup import Page
from testgen.synthesis.liveview.showing import changed, missing


def lines(before: str, after: str) -> list[str]:
    return [fact.assertion for fact in changed(Page.read(before), Page.read(after))]


def test_a_number_that_changed_is_asserted_at_its_id() -> None:
    assert lines('<b id="n">0</b>', '<b id="n">1</b>') == ['assert has_element?(view, "#n", "1")']


def test_a_number_that_was_a_part_of_the_one_before_is_asserted_exactly() -> None:
    assert lines('<b id="n">10</b>', '<b id="n">1</b>') == [
        r'assert has_element?(view, "#n", ~r/\A\s*1\s*\z/)'
    ]


def test_of_an_element_that_is_gone_nothing_inside_is_said() -> None:
    dialog = '<div id="dialog"><h2>Sure?</h2><button class="danger">Yes</button></div>'
    assert lines(f"<p>Page</p>{dialog}", "<p>Page</p>") == ['refute has_element?(view, "#dialog")']


def test_a_class_that_moved_is_asserted_where_it_is_now() -> None:
    before = '<a class="active">all</a><a>new</a>'
    assert lines(before, '<a>all</a><a class="active">new</a>') == [
        'assert has_element?(view, "a.active", "new")'
    ]


def test_a_value_that_was_typed_is_asserted_and_the_old_one_is_not_refuted() -> None:
    assert lines('<input name="n" value="a">', '<input name="n" value="b">') == [
        'assert has_element?(view, ~s(input[name="n"][value="b"]))'
    ]


def test_nothing_is_said_of_equal_pages() -> None:
    assert lines("<p>a</p>", "<p>a</p>") == []


def test_what_only_other_pages_have_is_missing() -> None:
    other = Page.read('<p>a</p><p class="full">b</p><i>c</i>')
    assert [fact.assertion for fact in missing(Page.read("<p>a</p>"), [other])] == [
        'refute has_element?(view, "p.full")'
    ]


def test_a_text_in_no_element_is_looked_for_in_the_page() -> None:
    assert lines("count: 0", "count: 1") == ['assert render(view) =~ "count: 1"']
    assert lines("<p>a</p> full", "<p>a</p>") == ['refute render(view) =~ "full"']
