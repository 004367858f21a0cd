"""What a spec leaves open is taken from the code; what it says stays."""

from __future__ import annotations

from testgen.synthesis.refinement import refined
from testgen.synthesis.type_tree import Type


def _type(kind: str, **more: object) -> Type:
    return Type.from_wire({"t": kind, **more})


_FIELD = {"key_source": ":name", "required": True, "value": {"t": "string"}}
_KEYED = _type("map", fields=[_FIELD])


def test_any_map_gets_the_keys_that_the_code_reads() -> None:
    assert refined(_type("map"), _KEYED) == _KEYED
    assert refined(_type("any"), _KEYED) == _KEYED


def test_keys_that_the_spec_names_stay() -> None:
    declared = _type("map", fields=[{"key_source": ":id", "required": True, "value": {"t": "integer"}}])
    assert refined(declared, _KEYED) == declared


def test_a_string_is_refined_by_a_text_alone() -> None:
    text = _type("text", words=["GET"])
    assert refined(_type("string"), text) == text
    assert refined(_type("string"), _type("integer")) == _type("string")


def test_options_are_those_that_the_code_reads() -> None:
    options = _type("keyword", fields=[_FIELD])
    assert refined(_type("keyword"), options) == options


def test_elements_of_a_list_and_members_of_a_union_are_refined() -> None:
    declared = _type("list", of={"t": "map"})
    inferred = _type("list", of={"t": "map", "fields": [_FIELD]})
    assert refined(declared, inferred).of == (_KEYED,)
    union = _type("union", of=[{"t": "map"}, {"t": "literal", "source": "nil"}])
    assert refined(union, _KEYED).of == (_KEYED, _type("literal", source="nil"))


def test_numbers_keep_their_kind_and_learn_what_they_are_compared_with() -> None:
    found = refined(_type("pos_integer"), _type("integer", near=["18"]))
    assert (found.kind, found.near) == ("pos_integer", ("18",))


def test_nothing_inferred_changes_nothing() -> None:
    assert refined(_type("map"), _type("any")) == _type("map")
