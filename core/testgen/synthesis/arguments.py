"""Choices for each argument of a function, from everything known of it: spec, clause heads, guards, its name.

The first choice of each place makes the ordinary call; the others vary one place of it at a time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from testgen.synthesis import words
from testgen.synthesis.analysis import Clause, Function, Pattern, Spec
from testgen.synthesis.callables import functions_of
from testgen.synthesis.guards import Facts, at_bound, facts
from testgen.synthesis.patterns import inputs
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import ANY, VAGUE, inferred_at, refined
from testgen.synthesis.structs import struct_values, type_of_default
from testgen.synthesis.subject import Subject, variable_for
from testgen.synthesis.terms import Atom, Built, Float, Int, ListOf, Map, Raw, Str, Term, Tuple, keyword
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_KIND_OF_TERM: dict[type, str] = {
    Int: "integer",
    Float: "float",
    Str: "string",
    ListOf: "list",
    Map: "map",
    Tuple: "tuple",
}


def by_spec(
    function: Function, spec: Spec, subject: Subject, pool: tuple[Built, ...], limit: int = 16
) -> list[list[Term]]:
    """Choices for each argument by its type in the spec; options' keys are those that the function reads."""
    choices = []
    for position, wanted in enumerate(spec.args):
        context = subject.context(function, position, pool)
        found = values(refined(wanted, inferred_at(function, position)), context, limit)
        if wanted.kind in ("keyword", "any", "list") and words.kind_for(context.arg_name) == "keyword":
            found = [*option_values(function), *found][:limit]
        choices.append(found)
    return choices


def option_values(function: Function) -> list[Term]:
    """Keyword lists whose keys are the atoms written in the function."""
    atoms = [read(each.source) for each in function.literals if each.kind == "atom"]
    names = [term.name for term in atoms if isinstance(term, Atom) and term.name.isidentifier()]
    found: list[Term] = [ListOf()]
    for name in dict.fromkeys(names):
        guessed = words.kind_for(name)
        samples: list[Term] = [words.number_for(name) or Int(2), words.string_for(name) or Str("a")]
        samples += [Atom("true"), Atom("false"), Int(0)]
        ordered = samples if guessed != "string" else [samples[1], *samples]
        found += [keyword(**{name: value}) for value in ordered[:5]]
    return found


def clause_choices(
    function: Function, clause: Clause, subject: Subject, pool: tuple[Built, ...]
) -> list[list[Term]]:
    """Choices for each argument that match one clause's patterns, on both sides of its guard's boundaries."""
    known = facts(clause.guard)
    choices = []
    for position, pattern in enumerate(clause.patterns):

        def fill(name: str, about: Facts | None, position: int = position) -> list[Term]:
            return _fill(function, clause, name, about, subject, position, pool)

        found = inputs(pattern, known, fill, 10)
        choices.append(_own_struct_filled(found, subject))
    return choices


def _own_struct_filled(terms: list[Term], subject: Subject) -> list[Term]:
    """Patterns on the module's own struct, with its enforced fields given and its name as tests write it."""
    done: list[Term] = []
    for term in terms:
        if isinstance(term, Map) and term.struct in ("__MODULE__", subject.module.name, subject.shown_as):
            bases = struct_values(subject.module, subject.context(_NOBODY, 0), values)[:1]
            pairs = dict(bases[0].pairs) if bases and isinstance(bases[0], Map) else {}
            done.append(Map(tuple({**pairs, **dict(term.pairs)}.items()), struct=subject.shown_as))
        else:
            done.append(term)
    return done


_NOBODY = Function(name="", arity=0, kind="def", line=0)


def _fill(
    function: Function,
    clause: Clause,
    name: str,
    about: Facts | None,
    subject: Subject,
    position: int,
    pool: tuple[Built, ...],
) -> list[Term]:
    wanted = _type_of(function, clause, name, about, position)
    whole = position < len(function.arg_names) and name.strip("_") == function.arg_names[position].strip("_")
    context = subject.context(function, position, pool)
    context = context if whole else context.deeper(name.strip("_"))
    terms = [*about.terms] if about else []
    ordinary = [term for term in values(wanted, context, 10) if term not in terms]
    if wanted.kind in ("integer", "number", "float", "any") and terms:
        return [*terms[:1], *ordinary[:2], *terms[1:], *ordinary[2:]]
    return [*ordinary[:1], *terms, *ordinary[1:]]


def _type_of(function: Function, clause: Clause, name: str, about: Facts | None, position: int) -> Type:
    inferred = clause.variables.get(name, ANY)
    if about and about.kind:
        return refined(_guarded(about), inferred)
    for spec in function.specs:
        named = position < len(function.arg_names) and function.arg_names[position] == name
        if position < len(spec.args) and named:
            return refined(spec.args[position], inferred)
    if inferred.kind != "any":
        return inferred
    whole = position < len(function.arg_names) and name.strip("_") == _name_at(function, position).strip("_")
    kind = kind_of_argument(function, position, name) if whole else _kind_of_inner(function, name)
    return Type(kind=kind or "any")


def _kind_of_inner(function: Function, name: str) -> str | None:
    """A kind for a variable within a pattern: from any clause's guard, then from its name."""
    for clause in function.clauses:
        known = facts(clause.guard).get(name)
        if known is not None and known.kind:
            return known.kind
    return words.kind_for(name)


def _guarded(about: Facts) -> Type:
    if about.kind == "function":
        arity = int(about.detail) if about.detail.isdigit() else 1
        return Type(kind="function", args=(Type(kind="any"),) * arity)
    if about.kind == "struct" and about.detail:
        return Type(kind="struct", module=about.detail)
    return Type(kind=about.kind or "any")


def kind_of_argument(function: Function, position: int, name: str = "") -> str | None:
    """A kind for an argument without a spec: from guards and patterns of any clause, then from its name."""
    for clause in function.clauses:
        if position >= len(clause.patterns):
            continue
        pattern = clause.patterns[position]
        known = facts(clause.guard)
        if pattern.name in known and known[pattern.name].kind:
            return known[pattern.name].kind
        if kind := _kind_of_pattern(pattern):
            return kind
    inferred = inferred_at(function, position).kind
    if inferred not in VAGUE and inferred != "union":
        return {"text": "string"}.get(inferred, inferred)
    return _kind_of_default(function, position) or words.kind_for(name or _name_at(function, position))


def _name_at(function: Function, position: int) -> str:
    return function.arg_names[position] if position < len(function.arg_names) else ""


def _kind_of_default(function: Function, position: int) -> str | None:
    default = function.arg_defaults[position] if position < len(function.arg_defaults) else None
    if default is None:
        return None
    guessed = type_of_default(default, "").kind
    if guessed == "list" and default == "[]":
        return words.kind_for(_name_at(function, position)) or "list"
    return None if guessed in ("any", "literal") else guessed


def _kind_of_pattern(pattern: Pattern) -> str | None:
    match pattern.kind:
        case "list" | "cons":
            return "list"
        case "map":
            return "map"
        case "prefix" | "binary":
            return "string"
        case "literal":
            return _KIND_OF_TERM.get(type(read(pattern.source)))
        case "match":
            kinds = [_kind_of_pattern(item) for item in pattern.items]
            return next((kind for kind in kinds if kind), None)
        case _:
            return None


def at_bounds(function: Function, position: int) -> list[Term]:
    """Values of one argument on both sides of what its guards compare it with."""
    return [term for bound in function.guard_bounds if bound.arg == position for term in at_bound(bound)]


def guesses(function: Function, subject: Subject, pool: tuple[Built, ...]) -> list[list[Term]]:
    """Choices where there is no spec: values of the likely kind first, then one of every kind."""
    choices: list[list[Term]] = []
    for position in range(function.arity):
        context = subject.context(function, position, pool)
        kind = kind_of_argument(function, position)
        if own := _own_values(function, position, subject):
            choices.append(_unique([*own, *[each for each in pool if each.made_of == subject.module.name]]))
            continue
        if matched := _matched(function, position, subject, pool):
            choices.append(matched)
            continue
        inferred = inferred_at(function, position)
        if inferred.kind not in VAGUE and (
            found := values(inferred, context, 24 if inferred.kind == "union" else 16)
        ):
            choices.append(_unique([*found, *_made_by_module(position, pool, subject)]))
            continue
        likely = (
            values(Type(kind=kind), context, 14 if function.arity == 1 else 8)
            if kind and kind != "function"
            else []
        )
        if kind == "function":
            likely = [Raw(text) for arity in (1, 2) for text in functions_of(arity, "any", "any")[:2]]
        if kind == "keyword":
            likely = [*option_values(function), *likely]
        others = [*_EVERY_KIND] if not likely else []
        made = _made_by_module(position, pool, subject)
        choices.append(_unique([*likely, *made, *_unlike(likely, others)]))
    return choices


def _made_by_module(position: int, pool: tuple[Built, ...], subject: Subject) -> list[Built]:
    found = [each for each in pool if each.made_of in (None, subject.module.name)] if position == 0 else []
    return found[:6]


def _matched(function: Function, position: int, subject: Subject, pool: tuple[Built, ...]) -> list[Term]:
    """Values from the clause heads where every clause asks for a shape at this place."""
    patterns = [clause.patterns[position] for clause in function.clauses if position < len(clause.patterns)]
    if not patterns or not all(any(n.kind in _SHAPES for n in pattern.walk()) for pattern in patterns):
        return []
    rows = [clause_choices(function, clause, subject, pool)[position] for clause in function.clauses]
    return _unique(term for row in itertools.zip_longest(*rows) for term in row if term is not None)


_SHAPES = frozenset({"struct", "tuple", "map", "literal", "prefix", "binary"})


def _own_values(function: Function, position: int, subject: Subject) -> list[Term]:
    """Values of the module's own struct, or lists of them, for an argument that is named so: `parcel`,
    `parcels`.
    """
    name, own = _name_at(function, position).strip("_"), variable_for(subject.module.name)
    if subject.module.struct is None or name not in (own, f"{own}s"):
        return []
    found = struct_values(subject.module, subject.context(function, position), values)
    if name == own:
        return found
    return [ListOf(tuple(found[1:3])), ListOf(), ListOf(tuple(found[:1])), ListOf(tuple(found[2:6]))]


def _unlike(likely: Sequence[Term], others: Sequence[Term]) -> list[Term]:
    kinds = {type(term) for term in likely}
    return [term for term in others if type(term) not in kinds]


def _unique(terms: Iterable[Term]) -> list[Term]:
    return list(dict.fromkeys(terms))


_EVERY_KIND: tuple[Term, ...] = (
    Str("hello"),
    Int(3),
    ListOf((Int(3), Int(1), Int(2))),
    Atom("a"),
    Map(((Atom("a"), Int(1)),)),
    keyword(a=Int(1)),
    Float(1.5),
    Tuple((Int(1), Int(2))),
    Atom("nil"),
    Raw("~D[2024-02-29]"),
    ListOf((Str("b"), Str("a"), Str("b"))),
    Raw("&(&1)"),
)
