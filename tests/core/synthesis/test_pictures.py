"""Pictures in text are drawn with the signs that the code looks for."""

from __future__ import annotations

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import called
from testgen.synthesis.pictures import drawn, is_picture, is_strange, signs
from testgen.synthesis.plausibility import oddness
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import Int, ListOf, Str


def reading(*texts: str) -> Subject:
    literals = [{"kind": "string", "source": f'"{text}"'} for text in texts]
    function = {"name": "crowd", "arity": 1, "arg_names": ["rows"], "literals": literals}
    module = Module.from_wire({"name": "Seats", "functions": [function]})
    return Subject(module=module, shown_as="Seats", functions=module.functions)


def rows(*texts: str) -> ListOf:
    return ListOf(tuple(map(Str, texts)))


def test_the_signs_are_the_single_characters_that_the_code_names() -> None:
    assert signs(reading("#", "L", "seat", ",")) == "#L"
    assert signs(reading("#", "seat")) == ""


def test_a_picture_is_a_list_of_rows() -> None:
    assert is_picture(rows("#L"))
    assert not is_picture(ListOf((Int(1),)))
    assert not is_picture(ListOf(()))


def test_what_is_no_sign_becomes_ground() -> None:
    assert is_strange(rows("L#ELLO"), "#L")
    assert drawn(rows("L#ELLO"), "#L") == rows("L#.LL.")
    assert not is_strange(drawn(rows("L#ELLO"), "#L"), "#L")
    assert drawn(rows("ab"), "#-") == rows("--")


def test_a_picture_of_signs_is_the_likelier_one() -> None:
    subject = reading("#", "L", ".")

    def odd(text: str) -> float:
        return oddness(called("Seats", "crowd", (rows(text),), shown_as="Seats", origin="specs"), subject)

    assert odd("L#.") < odd("L#ELLO")
