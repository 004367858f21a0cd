"""Functions passed as arguments answer what their caller needs."""

from __future__ import annotations

from testgen.synthesis.analysis import Module
from testgen.synthesis.scalars import Context
from testgen.synthesis.terms import to_source
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_CONTEXT = Context(module=Module(name="Sample"), shown_as="Sample")
_ANY = {"t": "any"}


def _functions(args: object, returns: object) -> list[str]:
    wanted = Type.from_wire({"t": "function", "args": args, "return": returns})
    return [to_source(each) for each in values(wanted, _CONTEXT, 12)]


def test_tagged_answers_hold_the_argument() -> None:
    cont = {"t": "tuple", "of": [{"t": "literal", "source": ":cont"}, {"t": "var", "name": "a"}]}
    skip = {"t": "literal", "source": ":skip"}
    found = _functions([{"t": "var", "name": "a"}], {"t": "union", "of": [cont, skip]})
    assert found[:2] == ["fn x -> {:cont, x} end", "fn _ -> :skip end"]


def test_the_last_of_two_arguments_is_what_goes_on() -> None:
    halt = {"t": "tuple", "of": [{"t": "literal", "source": ":halt"}, _ANY]}
    assert _functions([_ANY, _ANY], halt)[0] == "fn _, acc -> {:halt, acc} end"


def test_predicates_answer_both_ways() -> None:
    found = _functions([_ANY], {"t": "boolean"})
    assert "fn _ -> true end" in found
    assert "fn _ -> false end" in found


def test_a_function_without_arguments_gives_a_value_of_its_type() -> None:
    assert _functions([], {"t": "string"})[0] == 'fn -> "hello" end'


def test_where_the_arity_is_unknown_several_are_tried() -> None:
    found = _functions(None, _ANY)
    assert found[:3] == ["&(&1 * 2)", "&(&1 + &2)", "fn -> :ok end"]
