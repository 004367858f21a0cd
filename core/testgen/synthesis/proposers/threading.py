"""What one function gave, or a part of it, passed to those whose arguments it fits: `{:ok, state}` of
`init/1` as the state that `handle/2` takes.

Which value fits is told by its outline and by the type that the code asks for, so that tuples, maps,
functions and references that no spec names find their way; structs that a module makes are fed by `sequences`
too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, Observation, called
from testgen.synthesis.fitting import fits, is_specific
from testgen.synthesis.refinement import ANY, VAGUE, inferred_at, refined
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Built, Term
from testgen.synthesis.type_tree import Type

_PIECES = 14
"""Most values that are passed to one argument in a round."""
_PER_PIECE = 6
_LONGEST = 4
"""Most lines before the call."""
_FROM_ONE = 4
"""Most values of the same outline that one function gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A value, or one element of a tuple, that a candidate gave."""

    candidate: Candidate
    outline: Type
    pattern: str
    """What to bind it by, `@` standing for the variable: `{:ok, @}`."""

    def bound_to(self, var: str) -> Built:
        """The piece as an argument, in a variable of this name."""
        line = f"{self.pattern.replace('@', var)} = {self.candidate.call}"
        weight = 1.0 + self.candidate.cost / 3
        return Built(var, var, (*self.candidate.setup, line), weight=weight)


class Threading:
    """Proposes calls with what earlier calls gave."""

    name = "threading"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Each argument of each function in turn, the shortest chains first."""
        pieces = _pieces(knowledge)
        for function in subject.functions:
            if not subject.is_callback(function) and function.kind == "def":
                streams = [
                    _fed(function, position, pieces, subject) for position in range(min(function.arity, 4))
                ]
                for row in itertools.zip_longest(*streams):
                    yield from (each for each in row if each is not None)


def _pieces(knowledge: Knowledge) -> list[Piece]:
    found: dict[tuple[str, Type], list[Piece]] = {}
    for number in sorted(knowledge.by_id, key=lambda one: knowledge.by_id[one].cost):
        candidate, observation = knowledge.by_id[number], knowledge.observations[number]
        if candidate.reusable and len(candidate.setup) < _LONGEST and "\n" not in candidate.call:
            for piece in pieces_of(candidate, observation):
                same = found.setdefault((candidate.function, piece.outline), [])
                if len(same) < _FROM_ONE:
                    same.append(piece)
    rows = itertools.zip_longest(*found.values())
    return [piece for row in rows for piece in row if piece is not None]


def pieces_of(candidate: Candidate, observation: Observation) -> Iterator[Piece]:
    """The value as a whole where it is no struct, and the elements of a tuple that are worth passing on."""
    made = observation.made
    if made is None:
        return
    if is_specific(made) and made.kind != "struct" and not _is_tagged(made):
        yield Piece(candidate=candidate, outline=made, pattern="@")
    if made.kind == "tuple" and _is_tagged(made):
        for index, element in enumerate(made.of):
            if is_specific(element) or (index and element.kind == "list" and element.of):
                parts = [_shown(each) for each in made.of]
                parts[index] = "@"
                yield Piece(candidate=candidate, outline=element, pattern=f"{{{', '.join(parts)}}}")


def _is_tagged(made: Type) -> bool:
    return made.kind == "tuple" and 1 < len(made.of) < 6


def _shown(element: Type) -> str:
    return element.source if element.kind == "literal" else "_"


def _fed(function: Function, position: int, pieces: Sequence[Piece], subject: Subject) -> Iterator[Candidate]:
    fitting = [each for each in pieces if _is_for(function, position, each, subject)]
    if not fitting:
        return
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 6) if spec else guesses(function, subject, ())
    for piece in fitting[:_PIECES]:
        rows = [each[:4] for each in choices]
        rows[position] = [piece.bound_to(_variable(function, position, piece))]
        for arguments in combine(rows, _PER_PIECE):
            yield _candidate(function, arguments, subject)


def _variable(function: Function, position: int, piece: Piece) -> str:
    """What the argument is called, or what a person would call such a value."""
    name = function.arg_names[position].strip("_") if position < len(function.arg_names) else ""
    if name.isidentifier() and name.islower() and not re.fullmatch(r"arg\d+", name):
        return name
    return {"function": "fun", "reference": "ref", "pid": "pid"}.get(piece.outline.kind, "state")


def _candidate(function: Function, arguments: tuple[Term, ...], subject: Subject) -> Candidate:
    return called(
        subject.module.name,
        function.name,
        arguments,
        shown_as=subject.shown_as,
        arity=function.arity,
        origin=Threading.name,
    )


def _is_for(function: Function, position: int, piece: Piece, subject: Subject) -> bool:
    declared = [spec.args[position] for spec in function.specs if position < len(spec.args)]
    wanted = refined(declared[0] if declared else ANY, inferred_at(function, position))
    resolved = wanted.resolved if wanted.kind in ("remote", "opaque") and wanted.resolved else wanted
    if resolved.kind not in VAGUE:
        return fits(piece.outline, wanted)
    maker = subject.module.function(piece.candidate.function)
    name = function.arg_names[position] if position < len(function.arg_names) else ""
    return maker is not None and name in maker.arg_names
