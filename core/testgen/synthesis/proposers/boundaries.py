"""Literals and boundaries written in the module, one argument at a time: a limit, a step above it, one
below.
"""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import at_bounds, by_spec, guesses, kind_of_argument
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.guards import around
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import VAGUE, inferred_at, refined
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Float, Int, ListOf, Str, Term

_PER_ARGUMENT = 30
_WITHOUT_LITERALS = frozenset(
    [
        *("boolean", "map", "struct", "tuple", "keyword", "function", "pid", "reference", "date"),
        *("remote", "opaque", "recursive", "literal", "regex", "iodata", "charlist", "module", "table"),
    ]
)
"""Kinds of value for which a literal of the module stands in no place of its own."""
_NUMERIC = frozenset({"integer", "number", "float", "non_neg_integer", "pos_integer", "range", "neg_integer"})


class Boundaries:
    """Proposes calls with the module's own literals and their neighbours in place of one argument."""

    name = "boundaries"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """For each argument: what its guards compare it with, then literals of a kind that fits."""
        pool = tuple(sorted(knowledge.pool, key=lambda each: each.weight)[:4])
        for function in subject.functions:
            if subject.is_callback(function):
                continue
            spec = function.specs[0] if function.specs else None
            choices = by_spec(function, spec, subject, pool, 4) if spec else guesses(function, subject, pool)
            if any(not each for each in choices):
                continue
            base = tuple(each[0] for each in choices)
            for position in range(function.arity):
                for term in _terms(function, position, subject)[:_PER_ARGUMENT]:
                    yield called(
                        subject.module.name,
                        function.name,
                        (*base[:position], term, *base[position + 1 :]),
                        shown_as=subject.shown_as,
                        arity=function.arity,
                        origin=self.name,
                    )


def _terms(function: Function, position: int, subject: Subject) -> list[Term]:
    kind = _kind(function, position)
    if kind in _WITHOUT_LITERALS:
        return at_bounds(function, position)
    wanted = {
        "string": (Str,),
        "binary": (Str,),
        "atom": (Atom,),
        "float": (Float, Int),
        "list": (ListOf,),
    }.get(kind, (Int, Float) if kind in _NUMERIC else (Int, Float, Str, Atom))
    literals = [read(each.source) for each in (*function.literals, *subject.module.literals)]
    written = [near for term in literals if isinstance(term, wanted) for near in around(term)]
    return list(dict.fromkeys((*at_bounds(function, position), *written)))


def _kind(function: Function, position: int) -> str:
    for spec in function.specs:
        if position < len(spec.args):
            wanted = refined(spec.args[position], inferred_at(function, position))
            if wanted.kind not in VAGUE:
                return wanted.kind
    return kind_of_argument(function, position) or "any"
