"""How unlikely a colleague would be to write an input: what speaks against it in a reader's eyes.

An empty name, a price of nothing, a date where a number is meant: such inputs are fine where a test is about
them, and then nothing plausible kills the same mutants. Everywhere else the plausible one should win, so that
this is added to a candidate's cost. Whether an input is allowed is not decided here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.synthesis import words
from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.conformance import conforms, wanted_types
from testgen.synthesis.pictures import is_picture, is_strange, signs
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import Atom, Built, Float, Int, ListOf, Map, Raw, Str, Term, Tuple
from testgen.synthesis.type_tree import Type

_NOT_OF_ITS_TYPE = 3.0
_NOT_OF_ITS_NAME = 1.5
_EMPTY_TEXT = 1.0
_ODD_TEXT = 0.6
_ODD_PICTURE = 1.8
_ZERO = 0.7
_NEGATIVE = 0.6
_NOTHING = 1.0
_LACKING = 1.9
"""More than the field itself weighs."""
_MIXED = 1.5
_THE_SAME_TWICE = 0.3
_NAMING = frozenset(["name", "title", "email", "username", "first_name", "last_name", "sku", "label"])
_AUTHORS = frozenset({"doctests", "existing tests"})
"""Proposers whose inputs a person wrote."""
_DATED = re.compile(
    r"(?:^|_)(?:date|day|on|at|from|to|until|since|due|start|end|first|last|left|right|a|b)s?$"
)
_FLAG = re.compile(
    r"^(?:is|has|can|should|use|with|allow)_|\?$|ed$|able$|open|active|express|flag|strict|force"
)
_PATHS = re.compile(r"(?:^|_)(?:path|file|filename|filepath|dir|directory|folder)$")
_TOKENS = re.compile(r'(?<![\w"\\])(""|nil\b|0(?![\w.]))')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a value stands: what it is called, what type is promised, what the module writes itself."""

    name: str
    wanted: Type | None
    subject: Subject
    depth: int = 0

    def inside(self, name: str = "") -> _Place:
        return _Place(name=name, wanted=None, subject=self.subject, depth=self.depth + 1)


def oddness(candidate: Candidate, subject: Subject) -> float:
    """What the inputs cost beyond their length; 0 for those that a person might have written."""
    if candidate.origin in _AUTHORS:
        return 0.0
    text = "\n".join(candidate.setup) if candidate.args else candidate.source
    before = 0.5 * len(set(_TOKENS.findall(text)))
    function = subject.module.function(candidate.function)
    inputs = sum(_odd(term, place) for term, place in _places(candidate, function, subject))
    return before + inputs + _repeats(candidate.args)


def _places(
    candidate: Candidate, function: Function | None, subject: Subject
) -> Iterator[tuple[Term, _Place]]:
    names = function.arg_names if function else ()
    kinds = spec_types(function, len(candidate.args)) if function else None
    for number, term in enumerate(candidate.args):
        name = names[number] if number < len(names) else ""
        wanted = kinds[number] if kinds and number < len(kinds) else None
        yield term, _Place(name=name, wanted=wanted, subject=subject)


def spec_types(function: Function, num_args: int) -> tuple[Type, ...] | None:
    """The types of the arguments where there is one spec; several may each want something else."""
    return wanted_types(function, function.specs[0], num_args) if len(function.specs) == 1 else None


def _odd(term: Term, place: _Place) -> float:
    wrong = 0.0
    if is_path(place.name) and term in (ListOf(), Atom("nil"), Str("")):
        wrong = _NOT_OF_ITS_TYPE
    elif place.wanted is not None:
        wrong = _NOT_OF_ITS_TYPE if conforms(term, place.wanted, place.subject.module) is False else 0.0
    elif place.name and not _suits(term, place.name):
        wrong = _NOT_OF_ITS_NAME
    return wrong + _odd_value(term, place)


def is_path(name: str) -> bool:
    """Whether an argument of this name is the path of a file or folder."""
    return bool(_PATHS.search(name.strip("_")))


def _suits(term: Term, name: str) -> bool:
    """Whether a value is of the kind that its name suggests; a name that says nothing suits everything."""
    kind = words.kind_for(name)
    fitting = _FITTING.get(kind or "")
    if isinstance(term, (Raw, Built)) and fitting is not None and kind != "date":
        return not isinstance(term, Raw) or not term.source.startswith("~")
    return fitting is None or isinstance(term, (*fitting, Built)) or term == Atom("nil")


_FITTING: dict[str, tuple[type, ...]] = {
    "string": (Str,),
    "integer": (Int, Float),
    "list": (ListOf, Raw),
    "map": (Map,),
    "keyword": (ListOf,),
    "date": (Raw,),
    "boolean": (Atom,),
    "function": (Raw,),
}


def _odd_value(term: Term, place: _Place) -> float:
    match term:
        case Str(value):
            return _odd_text(value, place)
        case Int(value) | Float(value):
            return _odd_number(value, place)
        case Atom(name):
            return _odd_atom(name, place)
        case ListOf(items):
            return _odd_items(items, place) if items else 0.3 if place.depth else 0.0
        case Tuple(items):
            return sum(_odd(item, place.inside()) for item in items) + _repeats(items)
        case Map(pairs, struct):
            unnamed = _unnamed(term, place.subject) if struct else 0.0
            texts = [value for _, value in pairs if isinstance(value, Str)]
            return unnamed + _repeats(texts) + sum(_odd_pair(key, value, place) for key, value in pairs)
        case Raw(source) if re.match(r"~[DTNU]\[", source):
            return 0.0 if _DATED.search(place.name) or place.wanted is not None else _ODD_TEXT
        case Built(_, _, steps):
            return 0.5 * len({token for step in steps for token in _TOKENS.findall(step)})
        case _:
            return 0.0


def _unnamed(term: Map, subject: Subject) -> float:
    """What a struct of the module lacks that any real one would have: its name."""
    struct = subject.module.struct
    if struct is None or (term.struct or "").rsplit(".", 1)[-1] != subject.module.short_name:
        return 0.0
    given = {key.name for key, _ in term.pairs if isinstance(key, Atom)}
    lacking = [name for name, default in struct.fields if default == "nil" and name not in given]
    return min(_LACKING * sum(map(is_naming, lacking)), 2 * _LACKING)


def is_naming(field: str) -> bool:
    """Whether a struct's field is one that every real one has filled."""
    return field in _NAMING


def _odd_pair(key: Term, value: Term, place: _Place) -> float:
    name = key.name if isinstance(key, Atom) else key.value if isinstance(key, Str) else ""
    return (0.0 if name else _MIXED) + _odd(value, place.inside(name))


def _odd_items(items: Sequence[Term], place: _Place) -> float:
    among = signs(place.subject)
    if among and is_picture(ListOf(tuple(items))):
        return _ODD_PICTURE if is_strange(ListOf(tuple(items)), among) else 0.0
    mixed = len({type(item) for item in items}) > 1 and not {type(i) for i in items} <= {Int, Float}
    inner = place.inside(place.name[:-1] if place.name.endswith("s") else "")
    nested = sum(isinstance(item, ListOf) and not item.items for item in items)
    each = sum(_odd(item, inner) for item in items) + _ODD_TEXT * nested
    return (_MIXED if mixed else 0.0) + min(each, 3.0)


def _repeats(items: Sequence[Term]) -> float:
    """The same number or text in two places leaves a reader guessing which is which."""
    plain = [item for item in items if isinstance(item, (Int, Str))]
    return _THE_SAME_TWICE * sum(count - 1 for count in Counter(plain).values())


def _odd_text(value: str, place: _Place) -> float:
    if not value.strip():
        return _EMPTY_TEXT
    named = words.string_for(place.name, place.subject.module.short_name) if place.name else None
    if named is not None and value == named.value:
        return 0.0
    if value in place.subject.mined.strings:
        return 0.1 if named is None else 0.5
    odd = _ODD_TEXT + len(value) / 40 if len(value) == 1 or not words.is_ordinary(value) else 0.0
    other = named is not None and value not in words.others_for(place.name, place.subject.module.short_name)
    return odd + (0.5 if other else 0.0)


def _odd_number(value: float, place: _Place) -> float:
    near = any(abs(value - each) <= 1 for each in place.subject.mined.integers)
    named = words.number_for(place.name) is not None
    if value == 0:
        return _ZERO if named or place.depth else 0.3
    if value < 0:
        return _NEGATIVE
    return 0.0 if value <= 10 or near or value % 10 == 0 else 0.3


def _odd_atom(name: str, place: _Place) -> float:
    if name == "nil":
        wanted = place.wanted
        takes_nil = wanted is not None and conforms(Atom("nil"), wanted, place.subject.module) is True
        return 0.2 if takes_nil else _NOTHING
    if name in ("true", "false"):
        return 0.0 if place.wanted is not None or _FLAG.search(place.name) or not place.name else 0.5
    return 0.0 if name in place.subject.mined.atoms or name[:1].isupper() else 0.4
