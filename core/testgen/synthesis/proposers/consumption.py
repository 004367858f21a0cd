"""What is lazy or callable, used: elements taken from a stream, a function called that a call gave.

Such values cannot be compared by themselves; what comes out of them can.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from testgen.synthesis.candidate import Candidate, Observation
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.type_tree import Type

_TAKEN = 5
_PER_FUNCTION = 24
_ARGUMENTS = (("3",), ('"a"',), ("0",), ("[1, 2]",), ("nil",), (":a",))
_SEVERAL = (("1", "2"), ('"a"', '"b"'), ("3", "[]"), (":a", "%{}"))
_STREAMS = frozenset({"Stream", "File.Stream", "IO.Stream"})


class Consumption:
    """Proposes `Enum.take(stream(), 5)` and `adder(2).(3)` on calls that gave such a value."""

    name = "consumption"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Simplest calls first, a few of each function."""
        for function in subject.functions:
            lazy = any(_is_enumerable(spec.returns) for spec in function.specs)
            fine = sorted(knowledge.fine(function.signature), key=lambda pair: pair[0].cost)
            made = (used for each, seen in fine for used in self._used(each, seen, lazy=lazy))
            yield from itertools.islice(made, _PER_FUNCTION)

    def _used(self, candidate: Candidate, seen: Observation, *, lazy: bool) -> Iterator[Candidate]:
        if seen.made is None or candidate.origin == self.name or "\n" in candidate.call:
            return
        for call in used(candidate.call, seen.made, lazy=lazy):
            yield replace(
                candidate, call=call, origin=self.name, reusable=False, penalty=candidate.penalty + 1.0
            )


def used(call: str, made: Type, *, lazy: bool) -> Iterator[str]:
    """Expressions that use the value of a call; `lazy` where its spec says that it can be enumerated.

    >>> next(used("Mod.adder(2)", Type(kind="function", args=(Type(kind="any"),)), lazy=False))
    'Mod.adder(2).(3)'
    """
    if _is_stream(made) or (lazy and made.kind == "function"):
        yield f"Enum.take({call}, {_TAKEN})"
    elif made.kind == "function":
        rows = [()] if not made.args else _ARGUMENTS if len(made.args) == 1 else _SEVERAL
        yield from (f"{call}.({', '.join(row)})" for row in rows if len(row) == len(made.args))
        if len(made.args) == 2:
            yield f"Enum.take({call}, {_TAKEN})"
    elif made.kind in ("struct", "map"):
        for field in made.fields:
            if field.key.startswith(":") and (_is_stream(field.value) or field.value.kind == "function"):
                yield from used(f"{call}.{field.key.lstrip(':')}", field.value, lazy=True)
    elif made.kind == "tuple" and len(made.of) == 2 and _is_stream(made.of[1]):
        yield f"{call} |> elem(1) |> Enum.take({_TAKEN})"


def _is_stream(made: Type) -> bool:
    return made.kind == "struct" and made.module in _STREAMS


def _is_enumerable(wanted: Type) -> bool:
    return wanted.module in ("Enumerable", "Enum", "Stream")
