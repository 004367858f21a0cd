"""What speaks against an input in a reader's eyes, and what is proposed in its place."""

from __future__ import annotations

import random

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.plausibility import oddness
from testgen.synthesis.proposers.plausible import Plausible
from testgen.synthesis.reader import read
from testgen.synthesis.subject import Knowledge, Subject

MODULE = Module.from_wire(
    {
        "name": "Shop.Cart",
        "struct": {"fields": [{"name": "name", "default": "nil"}, {"name": "items", "default": "[]"}]},
        "literals": [{"kind": "string", "source": '"EU"'}, {"kind": "integer", "source": "18"}],
        "functions": [
            {"name": "add", "arity": 3, "arg_names": ["cart", "name", "quantity"]},
            {"name": "tax", "arity": 1, "arg_names": ["region"]},
            {"name": "page", "arity": 1, "arg_names": ["items"]},
            {
                "name": "ship",
                "arity": 1,
                "arg_names": ["weight"],
                "specs": [{"args": [{"t": "pos_integer"}], "return": {"t": "atom"}}],
            },
        ],
    }
)
SUBJECT = Subject(module=MODULE, shown_as="Cart", functions=MODULE.functions)


def _call(function: str, *sources: str, setup: tuple[str, ...] = (), origin: str = "specs") -> Candidate:
    args = tuple(map(read, sources))
    return called("Shop.Cart", function, args, shown_as="Cart", origin=origin, setup=setup)


def _odd(function: str, *sources: str) -> float:
    return oddness(_call(function, *sources), SUBJECT)


def _better(base: Candidate) -> list[str]:
    knowledge = Knowledge(rng=random.Random(1))
    return [each.source for each in Plausible([base]).propose(SUBJECT, knowledge)]


def test_a_name_is_a_word_and_a_quantity_is_more_than_none() -> None:
    plain = _odd("add", '%Cart{name: "pen"}', '"pen"', "2")
    assert plain < _odd("add", '%Cart{name: "pen"}', '""', "2")
    assert plain < _odd("add", '%Cart{name: "pen"}', '"a"', "2")
    assert plain < _odd("add", '%Cart{name: "pen"}', '"pen"', "0")
    assert plain < _odd("add", '%Cart{name: "pen"}', '"pen"', "nil")
    assert plain < _odd("add", "%Cart{}", '"pen"', "2")


def test_what_the_module_writes_itself_is_as_good_as_a_word() -> None:
    assert _odd("tax", '"EU"') < _odd("tax", '"EUEU"')


def test_values_of_another_type_or_kind_are_odd() -> None:
    assert _odd("ship", "3") < _odd("ship", "0")
    assert _odd("add", "%Cart{}", '"pen"', "2") < _odd("add", "%Cart{}", "~D[2024-02-29]", "2")
    assert _odd("page", "[1, 2]") < _odd("page", "[[], [[]]]")
    assert _odd("page", "[1, 2]") < _odd("page", '[1, "a", nil]')


def test_what_a_person_wrote_is_never_odd() -> None:
    assert oddness(_call("add", "%Cart{}", '""', "0", origin="doctests"), SUBJECT) == 0.0


def test_a_text_is_replaced_everywhere_in_a_test() -> None:
    base = _call("add", "cart", '""', "2", setup=('cart = Cart.add(%Cart{}, "", 2)',))
    assert 'cart = Cart.add(%Cart{}, "pen", 2)\nCart.add(cart, "pen", 2)' in _better(base)


def test_a_struct_gets_its_name_and_a_quantity_its_number() -> None:
    assert 'Cart.add(%Cart{name: "pen"}, "pen", 2)' in _better(_call("add", "%Cart{}", '""', "0"))


def test_odd_lists_become_the_first_numbers() -> None:
    assert "Cart.page([1, 2])" in _better(_call("page", "[[], [[]]]"))


def test_what_is_plausible_already_is_left_alone() -> None:
    assert _better(_call("ship", "3")) == []


def test_different_texts_stay_different() -> None:
    base = _call("add", "cart", '"pen"', "2", setup=('cart = Cart.of(%{"" => 1, "pen" => 2})',))
    assert _better(base)
    assert all('"pen" => 1' not in source for source in _better(base))
