"""Whether a value belongs to a type: yes and no only where it is certain."""

from __future__ import annotations

import pytest

from testgen.synthesis.analysis import Module, Type
from testgen.synthesis.conformance import Verdict, accepts, conforms, is_specific
from testgen.synthesis.reader import read
from testgen.synthesis.terms import Built, Map, Term

_NIL = {"t": "literal", "source": "nil"}
_SIZED = {
    "t": "keyword",
    "of": {"t": "integer"},
    "fields": [{"key_source": ":height", "value": {"t": "integer"}}],
}
_T = {
    "t": "struct",
    "name": "Shop.Cart",
    "fields": [
        {"key_source": ":open", "required": True, "value": {"t": "boolean"}},
        {
            "key_source": ":note",
            "required": True,
            "value": {"t": "union", "of": [_NIL, {"t": "string"}]},
        },
    ],
}
MODULE = Module.from_wire(
    {
        "name": "Shop.Cart",
        "struct": {"fields": [{"name": "open", "default": "true"}, {"name": "note", "default": "nil"}]},
        "functions": [
            {
                "name": "add",
                "arity": 3,
                "arg_names": ["name", "count", "opts"],
                "arg_defaults": [None, "1", "[]"],
                "specs": [
                    {
                        "args": [{"t": "string"}, {"t": "pos_integer"}, {"t": "keyword"}],
                        "return": {"t": "integer"},
                    }
                ],
            }
        ],
    }
)
ADD = MODULE.functions[0]


def _conforms(source: str, wire: object) -> Verdict:
    return conforms(read(source), Type.from_wire(wire), MODULE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "wire", "verdict"),
    [
        ("3", {"t": "integer"}, True),
        ("3", {"t": "float"}, False),
        ("3.0", {"t": "number"}, True),
        ("0", {"t": "pos_integer"}, False),
        ("0", {"t": "non_neg_integer"}, True),
        ("7", {"t": "range", "first": 1, "last": 6}, False),
        ('"a"', {"t": "string"}, True),
        ("nil", {"t": "string"}, False),
        ("true", {"t": "boolean"}, True),
        (":yes", {"t": "boolean"}, False),
        ("[1, 2]", {"t": "list", "of": {"t": "integer"}}, True),
        ('[1, "a"]', {"t": "list", "of": {"t": "integer"}}, False),
        ("[]", {"t": "list", "of": {"t": "integer"}, "nonempty": True}, False),
        ("{:ok, 1}", {"t": "tuple", "of": [{"t": "literal", "source": ":ok"}, {"t": "integer"}]}, True),
        ("{:ok, 1}", {"t": "tuple", "of": [{"t": "literal", "source": ":error"}, {"t": "integer"}]}, False),
        ("nil", {"t": "union", "of": [{"t": "string"}, _NIL]}, True),
        ("1", {"t": "union", "of": [{"t": "string"}, _NIL]}, False),
        ("%Cart{open: false}", _T, True),
        ("%Cart{note: 3}", _T, False),
        ("%Basket{}", _T, False),
        ("[width: 1]", {"t": "keyword", "of": {"t": "integer"}}, True),
        (
            "[width: 1]",
            {
                "t": "keyword",
                "of": {"t": "integer"},
                "fields": [{"key_source": ":height", "value": {"t": "integer"}}],
            },
            False,
        ),
        ("~D[2024-02-29]", {"t": "integer"}, False),
        ("~D[2024-02-29]", {"t": "struct", "name": "Date", "fields": []}, True),
        ("<<1>>", {"t": "binary"}, True),
        ("1", {"t": "any"}, True),
        ("1", {"t": "none"}, False),
    ],
)
def test_a_value_is_of_a_type_or_is_not(source: str, wire: object, verdict: Verdict) -> None:
    assert _conforms(source, wire) is verdict


@pytest.mark.parametrize(
    ("source", "wire"),
    [
        ("make_ref()", {"t": "integer"}),
        ("1", {"t": "remote", "module": "Decimal", "name": "t", "resolved": None}),
        ("1", {"t": "recursive", "name": "tree"}),
        ("{1}", {"t": "opaque", "module": ":gb_trees", "name": "tree", "resolved": {"t": "integer"}}),
        ("[make_ref()]", {"t": "list", "of": {"t": "integer"}}),
    ],
)
def test_what_source_alone_does_not_tell_is_not_known(source: str, wire: object) -> None:
    assert _conforms(source, wire) is None


def test_what_a_built_value_holds_is_known_of_a_plain_constructor_only() -> None:
    cart = Type.from_wire(_T)
    assert conforms(Built("Cart.new()", "cart", made_of="Cart"), cart, MODULE) is True
    filled = Built("cart", "cart", ("cart = Cart.add(%Cart{note: 3})",), made_of="Cart")
    assert conforms(filled, cart, MODULE) is None


def _args(*sources: str) -> tuple[Term, ...]:
    return tuple(read(source) for source in sources)


def test_arguments_that_are_left_out_are_the_last_of_those_with_a_default() -> None:
    spec = ADD.specs[0]
    assert accepts(ADD, spec, _args('"tea"', "2", "[a: 1]"), MODULE) is True
    assert accepts(ADD, spec, _args('"tea"', "2"), MODULE) is True
    assert accepts(ADD, spec, _args('"tea"'), MODULE) is True
    assert accepts(ADD, spec, _args('"tea"', "0"), MODULE) is False
    assert accepts(ADD, spec, (), MODULE) is False


def test_types_that_take_everything_are_not_specific() -> None:
    assert not is_specific(Type(kind="map"))
    assert not is_specific(Type(kind="list"))
    assert not is_specific(Type(kind="tuple", of=(Type(kind="integer"), Type(kind="any"))))
    assert is_specific(Type(kind="list", of=(Type(kind="integer"),)))
    assert isinstance(read("%Cart{}"), Map)
