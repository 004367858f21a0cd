"""What took one function down a path of its own is tried on others that take the like."""

from __future__ import annotations

import random
from collections.abc import Sequence

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Observation, called
from testgen.synthesis.proposers.exchange import Exchange
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Str


def tried(names: Sequence[str], inputs: Sequence[tuple[str, str, int]]) -> list[str]:
    """Calls proposed for two functions with these argument names, after inputs with what they covered."""
    functions = [
        {"name": name, "arity": 1, "kind": "def", "arg_names": [argument]}
        for name, argument in zip(("decode", "decode_all"), names, strict=True)
    ]
    module = Module.from_wire({"name": "Frame", "functions": functions})
    knowledge = Knowledge(rng=random.Random(1))
    for number, (name, text, mutant) in enumerate(inputs):
        candidate = called("Frame", name, (Str(text),), shown_as="Frame", origin="specs")
        observed = Observation.from_wire({"id": number, "status": "ok", "covers": [mutant]})
        knowledge.remember(number, candidate, observed)
    subject = Subject(module=module, shown_as="Frame", functions=module.functions)
    return [each.call for each in Exchange().propose(subject, knowledge)]


SEEN = (("decode", "a", 1), ("decode_all", "bb", 2), ("decode_all", "ccc", 2), ("decode_all", "dddd", 3))


def test_the_simplest_input_of_each_path_is_exchanged() -> None:
    assert tried(("data", "data"), SEEN) == [
        'Frame.decode("bb")',
        'Frame.decode("dddd")',
        'Frame.decode_all("a")',
    ]


def test_arguments_of_another_name_are_left_alone() -> None:
    assert tried(("data", "path"), SEEN) == []
