"""Values that functions of the module made, fed into its others: constructors first, then operations on
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, Status, called
from testgen.synthesis.reader import is_closed, read
from testgen.synthesis.refinement import VAGUE, inferred_at
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Built, Map, Raw, Str, Term, weight

_VALUES = 10
_PER_VALUE = 8
_ANSWERS = 16
_LONGEST_ANSWER = 80
_LONGEST = 4
"""Most calls in one chain."""


class Sequences:
    """Proposes operations on values that earlier candidates made."""

    name = "sequences"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Simplest values first; longer chains come in later rounds, when shorter ones are in the pool."""
        made = sorted(knowledge.pool, key=lambda each: (len(each.steps), each.weight))
        usable = [each for each in made if each.weight < 40 and _calls_in(each) < _LONGEST]
        for function in subject.functions:
            if function.arity and not subject.is_callback(function) and function.kind == "def":
                yield from _fed(function, _varied(usable, knowledge), subject)
                yield from _answers_fed(function, subject, knowledge)


def _calls_in(built: Built) -> int:
    return sum(line.count("|>") + line.count("(") for line in (*built.steps, built.source))


def _varied(usable: list[Built], knowledge: Knowledge) -> list[Built]:
    """The simplest few and a seeded choice of the rest."""
    rest = usable[_VALUES:]
    return [*usable[:_VALUES], *knowledge.rng.sample(rest, min(len(rest), _VALUES))]


def _fed(function: Function, made: list[Built], subject: Subject) -> Iterator[Candidate]:
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 6) if spec else guesses(function, subject, ())
    for built in made:
        for position in range(min(function.arity, 2)):
            if not _fits(function, position, built):
                continue
            rest = [each[:4] for index, each in enumerate(choices) if index != position]
            for others in combine(rest, _PER_VALUE):
                arguments: tuple[Term, ...] = (*others[:position], built, *others[position:])
                yield called(
                    subject.module.name,
                    function.name,
                    arguments,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=Sequences.name,
                )


def _answers_fed(function: Function, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
    """What other functions answered, as an argument: literals of a kind that fits."""
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 4) if spec else guesses(function, subject, ())
    for answer in _answers(function, knowledge):
        for position in range(min(function.arity, 2)):
            if not _alike(choices[position], answer):
                continue
            rest = [each[:2] for index, each in enumerate(choices) if index != position]
            for others in combine(rest, 2):
                yield called(
                    subject.module.name,
                    function.name,
                    (*others[:position], answer, *others[position:]),
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=Sequences.name,
                )


def _answers(function: Function, knowledge: Knowledge) -> list[Term]:
    found: dict[str, Term] = {}
    for number, candidate in knowledge.by_id.items():
        observation = knowledge.observations[number]
        if (
            candidate.function != function.signature
            and observation.status is Status.OK
            and candidate.reusable
        ):
            value = observation.value
            if 2 < len(value) <= _LONGEST_ANSWER and "\n" not in value and not value.startswith("#"):
                found.setdefault(value, read(value))
    terms = [term for term in found.values() if is_closed(term)]
    return sorted(terms, key=weight)[:_ANSWERS]


def _alike(choices: Sequence[Term], answer: Term) -> bool:
    kinds = {_kind(term) for term in choices}
    return _kind(answer) in kinds


def _kind(term: Term) -> object:
    if isinstance(term, Raw):
        return Str if term.source.startswith("<<") else term.source[:2]
    return (type(term), term.struct) if isinstance(term, Map) else type(term)


def _fits(function: Function, position: int, built: Built) -> bool:
    if not function.specs:
        asked = inferred_at(function, position)
        return position == 0 if asked.kind in VAGUE else asked.module == (built.made_of or "")
    wanted = function.specs[0].args[position] if position < len(function.specs[0].args) else None
    if wanted is None:
        return False
    takes = {wanted.kind, wanted.resolved.kind if wanted.resolved else ""}
    if built.made_of is None:
        return bool(takes & {"any", "term", "opaque", "remote", "map", "tuple", "list", "recursive", "union"})
    return bool(takes & {"any", "term", "opaque", "struct", "union", "map", "remote", "recursive"})
