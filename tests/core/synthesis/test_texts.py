"""Strings that code can read, made from what is known of how it reads them."""

from __future__ import annotations

from testgen.synthesis.analysis import Module
from testgen.synthesis.scalars import Context
from testgen.synthesis.terms import Str
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_CONTEXT = Context(module=Module(name="Sample"), shown_as="Sample")


def _texts(**known: object) -> list[str]:
    wanted = Type.from_wire({"t": "text", **known})
    return [term.value for term in values(wanted, _CONTEXT, 40) if isinstance(term, Str)]


def _part(kind: str, name: str = "", **known: object) -> dict[str, object]:
    return {"t": kind, "named": name, **known}


def test_rows_have_their_parts_in_order_with_the_separator_between() -> None:
    row = [_part("any", "name"), _part("text", "age", formats=["integer"])]
    found = _texts(splits=[{"separator": ";", "of": {"t": "any"}, "parts": [row]}])
    assert found[0] == "Alice;30"


def test_rows_come_with_a_part_too_few_and_one_too_many_as_well() -> None:
    row = [_part("any", "day"), _part("any", "month")]
    found = _texts(splits=[{"separator": ".", "of": {"t": "any"}, "parts": [row]}])
    assert "28" in found
    assert any(each.count(".") == 2 for each in found)


def test_lines_are_split_again() -> None:
    fields = {"t": "text", "splits": [{"separator": ",", "of": {"t": "any"}, "parts": []}]}
    found = _texts(splits=[{"separator": "\n", "of": fields, "parts": []}])
    assert any("\n" in each and "," in each for each in found)


def test_words_stand_at_the_beginning_inside_and_alone() -> None:
    found = _texts(words=["GET "])
    assert {"GET abc", "abGET 12", "GET "} <= set(found)


def test_texts_match_the_regexes() -> None:
    assert any(each[:2].isupper() and each[3:].isdigit() for each in _texts(regexes=[r"^[A-Z]{2}-\d+$"]))


def test_numbers_in_a_text_lie_on_both_sides_of_what_they_are_compared_with() -> None:
    assert {"120", "121", "119"} <= set(_texts(formats=["integer"], numbers=["120"]))


def test_a_text_of_a_format_comes_well_formed_first_and_broken_later() -> None:
    found = _texts(formats=["json"])
    assert found[0] == '{"a": 1, "b": [true, null]}'
    assert '{"a":' in found


def test_plain_strings_still_follow() -> None:
    assert "Hello World" in _texts(words=["x"])
