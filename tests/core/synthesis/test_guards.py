"""Guards and patterns turned into values."""

from __future__ import annotations

import pytest

from testgen.synthesis.analysis import Bound, Pattern
from testgen.synthesis.guards import at_bound, facts
from testgen.synthesis.patterns import inputs
from testgen.synthesis.terms import Int, ListOf, Term, to_source


def _sources(terms: object) -> list[str]:
    return [to_source(term) for term in terms]  # type: ignore[attr-defined]


def test_a_comparison_gives_both_sides_of_its_boundary() -> None:
    found = facts("is_integer(n) and n > 10")["n"]
    assert found.kind == "integer"
    assert _sources(found.terms) == ["10", "11", "9"]


@pytest.mark.parametrize(
    ("guard", "wanted"),
    [
        ("0 <= n", ["0", "1", "-1"]),
        ("n in 1..5", ["1", "5", "0", "6", "3"]),
        ("n in [:a, :b]", [":a", ":b"]),
        ("n in ~w(x y)a", [":x", ":y"]),
        ("rem(n, 3) == 0", ["0", "3", "1", "6"]),
        ("byte_size(n) > 2", ['"ab"', '"abc"', '"a"']),
        ("length(n) == 1", ["[1]", "[1, 2]", "[]"]),
        ("c in ?a..?c", []),
    ],
)
def test_guards_of_many_shapes_give_values(guard: str, wanted: list[str]) -> None:
    assert _sources(facts(guard)["n"].terms if "n" in facts(guard) else []) == wanted


def test_the_kind_of_a_bound_of_unknown_type_follows_from_its_values() -> None:
    assert facts("age >= 18")["age"].kind == "integer"
    assert facts("role == :admin")["role"].kind == "atom"


def test_a_bound_that_the_agent_resolved_gives_values_of_its_measure() -> None:
    assert _sources(at_bound(Bound(arg=0, value="3"))) == ["3", "4", "2"]
    sized = at_bound(Bound(arg=0, value="2", measure="length"))
    assert _sources(sized) == ["[1, 2]", "[1, 2, 3]", "[1]"]
    assert at_bound(Bound(arg=0, value="@limit")) == []


def _numbers(_name: str, _facts: object) -> list[Term]:
    return [Int(7), Int(8), ListOf((Int(1), Int(2)))]


def _pattern(kind: str, source: str, **more: object) -> Pattern:
    return Pattern.from_wire({"p": kind, "source": source, **more})


_HEAD = {"p": "var", "source": "h", "name": "h"}
_TAIL = {"p": "var", "source": "t", "name": "t"}


def test_a_cons_pattern_gives_lists_that_have_a_head() -> None:
    pattern = _pattern("cons", "[h | t]", heads=[_HEAD], tail=_TAIL)
    assert "[7]" in _sources(inputs(pattern, {}, _numbers))
    assert all(isinstance(term, ListOf) and term.items for term in inputs(pattern, {}, _numbers))


def test_a_prefix_pattern_gives_texts_with_the_prefix() -> None:
    pattern = _pattern("prefix", '"GET " <> rest', prefix="GET ", rest={"p": "var", "source": "rest"})
    assert _sources(inputs(pattern, {}, _numbers)) == ['"GET abc"', '"GET "', '"GET 12"']


def test_map_and_struct_patterns_give_their_keys() -> None:
    field = {"key": ":name", "value": {"p": "literal", "source": '"x"'}}
    assert _sources(inputs(_pattern("map", "%{name: n}", fields=[field]), {}, _numbers)) == ['%{name: "x"}']
    struct = _pattern("struct", "%A.B{name: n}", name="A.B", fields=[field])
    assert _sources(inputs(struct, {}, _numbers)) == ['%A.B{name: "x"}']


def test_a_tuple_of_literal_and_variable_keeps_the_literal() -> None:
    tag = {"p": "literal", "source": ":ok"}
    found = _sources(inputs(_pattern("tuple", "{:ok, h}", of=[tag, _HEAD]), {}, _numbers))
    assert found[0] == "{:ok, 7}"
    assert all(source.startswith("{:ok, ") for source in found)


def test_a_binary_pattern_gives_a_text_of_its_segments() -> None:
    found = _sources(
        inputs(_pattern("binary", "<<a, b::binary>>", segments=["?x", "rest :: binary"]), {}, _numbers)
    )
    assert found == ['"xabc"', '"x"', '"x12"']
