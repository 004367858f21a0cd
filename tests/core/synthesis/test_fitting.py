"""Which values may be passed where."""

from __future__ import annotations

import pytest

from testgen.synthesis.fitting import fits, is_specific
from testgen.synthesis.type_tree import Type


def _type(kind: str, **more: object) -> Type:
    return Type.from_wire({"t": kind, **more})


_PAIR = _type("tuple", of=[{"t": "list"}, {"t": "integer"}])
_FIELD = {"key_source": ":name", "required": True, "value": {"t": "string"}}


@pytest.mark.parametrize(
    ("outline", "wanted"),
    [
        (_PAIR, _type("any")),
        (_PAIR, _type("tuple", of=[{"t": "any"}, {"t": "pos_integer"}])),
        (_PAIR, _type("union", of=[{"t": "string"}, {"t": "tuple", "of": [{"t": "list"}, {"t": "any"}]}])),
        (_type("struct", name="Shop.Cart"), _type("struct", name="Shop.Cart")),
        (_type("struct", name="Shop.Cart", fields=[_FIELD]), _type("map", fields=[_FIELD])),
        (_type("string"), _type("text", words=["x"])),
        (_type("reference"), _type("table")),
        (_type("function", args=[{"t": "any"}]), _type("function")),
    ],
)
def test_what_is_asked_for_fits(outline: Type, wanted: Type) -> None:
    assert fits(outline, wanted)


@pytest.mark.parametrize(
    ("outline", "wanted"),
    [
        (_PAIR, _type("tuple", of=[{"t": "any"}] * 3)),
        (_PAIR, _type("tuple", of=[{"t": "string"}, {"t": "integer"}])),
        (_PAIR, _type("string")),
        (_type("struct", name="Shop.Cart"), _type("struct", name="Shop.Order")),
        (_type("map", fields=[_FIELD]), _type("map", fields=[{**_FIELD, "key_source": ":age"}])),
        (_type("integer"), _type("table")),
        (_type("function", args=[{"t": "map"}]), _type("function", args=[{"t": "map"}, {"t": "map"}])),
    ],
)
def test_what_is_something_else_does_not(outline: Type, wanted: Type) -> None:
    assert not fits(outline, wanted)


def test_a_number_is_nothing_that_has_to_be_made_by_the_module() -> None:
    assert is_specific(_PAIR)
    assert is_specific(_type("pid"))
    assert not is_specific(_type("integer"))
    assert not is_specific(_type("map"))
