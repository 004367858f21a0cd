"""Names for tests: a short sentence, true of the test, that says what sets it apart within its `describe`.

`"returns 0 for an empty cart"`, `"raises ArgumentError when quantity is negative"`. The first part says
what was observed, the second which inputs; words replace source where a value has a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.file_phrases import on_files
from testgen.synthesis.operations import before, registered_name
from testgen.synthesis.phrases import (
    a,
    brief,
    condition,
    counting,
    in_words,
    is_of_a_kind,
    is_telling,
    joined,
    spoken_key,
    spoken_module,
    spoken_name,
    with_fields,
)
from testgen.synthesis.reader import read
from testgen.synthesis.terms import (
    FALSE,
    NIL,
    TRUE,
    Atom,
    Built,
    Float,
    Int,
    ListOf,
    Map,
    Raw,
    Str,
    Term,
    to_source,
)
from testgen.synthesis.words import kind_for

_LONGEST = 96
_FITTING = 80
"""A longer name leaves no room for what a test takes from its `setup`."""
Defaults: TypeAlias = Mapping[str, str]
"""Source of the default of each field of the module's struct."""
Keys: TypeAlias = Mapping[int, frozenset[Term]]
"""By argument, the keys of maps whose values tell the calls of a function apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What is known of a function's arguments, for words about them."""

    names: Sequence[str] = ()
    varying: frozenset[int] = frozenset()
    """Places that tell its tests apart."""
    keys: Keys = field(default_factory=dict)
    guarded: frozenset[int] = frozenset()
    """Places that a guard looks at."""
    telling: frozenset[int] = frozenset()
    """The places that alone tell a test from one with another outcome."""

    def name(self, place: int) -> str:
        """The argument's name; empty where it says nothing."""
        found = self.names[place] if place < len(self.names) else ""
        return found if is_telling(found) else ""


def outcome(
    observation: Observation,
    args: Sequence[Term] = (),
    defaults: Defaults | None = None,
    names: Sequence[str] = (),
) -> str:
    """What happened, in words: `returns 3`, `raises ArgumentError`, `sets open to false`."""
    if observation.status is Status.RAISE:
        return f"raises {observation.exception.removeprefix('Elixir.').rsplit('.', 1)[-1]}"
    if observation.status is Status.THROW:
        return f"throws {brief(observation.value)}"
    if observation.status is Status.EXIT:
        return f"exits with {brief(observation.value)}"
    match observation.shape:
        case "io":
            return f"prints {_printed(observation)}"
        case "log":
            return "logs a message"
        case "receive":
            return "sends a message"
        case "delta":
            return f"returns about {brief(observation.value)}"
        case _:
            if observation.shape == "pattern":
                return f"returns {brief(_pattern(observation))}"
            return (
                _unchanged(observation.value, args, names)
                or _changed(observation.value, args, defaults or {})
                or f"returns {brief(observation.value or _pattern(observation))}"
            )


def _pattern(observation: Observation) -> str:
    """What the assertion says of a value that has no source: `{:ok, pid}`, `a function`."""
    lines = " ".join(observation.assertion)
    if found := re.match(r"assert is_(\w+)\(", lines):
        return a(found.group(1))
    found = re.match(r"assert (.*?) =\s", lines, re.DOTALL)
    return found.group(1) if found else "a value"


def _unchanged(source: str, args: Sequence[Term], names: Sequence[str]) -> str:
    """`returns the list unchanged`, where one argument comes back as it was given."""
    value = read(source)
    if not isinstance(value, (ListOf, Map, Str)) or source in ("[]", "%{}", '""'):
        return ""
    same = [place for place, arg in enumerate(args) if _in_order(arg) == _in_order(value)]
    if len(same) != 1:
        return ""
    if isinstance(value, Map) and value.struct:
        return f"returns the {spoken_module(value.struct)} unchanged"
    name = names[same[0]] if same[0] < len(names) else ""
    kind = {ListOf: "list", Map: "map", Str: "string"}[type(value)]
    return f"returns the {spoken_name(name) if is_of_a_kind(name) else kind} unchanged"


def _in_order(term: Term) -> Term:
    """The term with the keys of its maps sorted: their order means nothing."""
    match term:
        case Map(pairs, struct):
            inner = [(key, _in_order(value)) for key, value in pairs]
            return Map(tuple(sorted(inner, key=lambda pair: to_source(pair[0]))), struct)
        case ListOf(items):
            return ListOf(tuple(map(_in_order, items)))
        case _:
            return term


def _changed(source: str, args: Sequence[Term], defaults: Defaults) -> str:
    """`sets open to false`, where a struct comes back with fields that differ from the one given."""
    value = read(source)
    given = next((arg for arg in args if isinstance(arg, Map) and arg.struct), None)
    if given is None or not isinstance(value, Map) or value.struct != given.struct:
        return ""
    implied: dict[Term, Term] = {Atom(name): read(default) for name, default in defaults.items()}
    old, new = implied | dict(given.pairs), implied | dict(value.pairs)
    told = [(key, new[key]) for key in new if old.get(key) != new[key] and isinstance(key, Atom)]
    if not told:
        return f"returns the {spoken_module(given.struct or '')} unchanged"
    parts = [f"{spoken_key(key)} to {brief(to_source(each))}" for key, each in told]
    if len(parts) <= 2 and len(joined(parts)) <= 60:
        return f"sets {joined(parts)}"
    return f"updates {joined(spoken_key(key) for key, _ in told)}" if len(told) <= 3 else ""


def _printed(observation: Observation) -> str:
    texts = [text for line in observation.assertion for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    text = max(texts, key=len, default="")
    first = text.split("\\n")[0]
    return f"'{first}'" if 0 < len(first) <= 40 else "its output"


def circumstances(candidate: Candidate, inputs: Inputs, *, refused: bool = False) -> list[str]:
    """Ways to say which inputs a candidate has, the shortest first; `refused` where no head took them."""
    terms = candidate.args
    shown = [place for place, term in enumerate(terms) if not _is_noise(term)]
    name = registered_name(candidate.setup)
    if name and name in [to_source(term) for term in terms[:1]]:
        shown = [place for place in shown if place]
    after = on_files(candidate.setup, alone=not shown) or before(_all_steps(candidate))
    after = f"{after} by its registered name".strip() if name else after
    if not shown:
        return [after] if after else ["", f"from {candidate.call}"]
    important = [place for place in shown if place in inputs.varying] or shown
    if len(important) == 1 < len(shown) and _says_little(terms[important[0]], inputs, important[0]):
        important = shown
    alone = len(terms) == 1
    ways = []
    if refused and (culprit := _culprit(terms, inputs)) is not None:
        ways.append(_said(terms, [culprit], inputs, alone=alone))
    if inputs.telling and not any(_says_little(terms[place], inputs, place) for place in inputs.telling):
        ways.append(_said(terms, sorted(inputs.telling), inputs, alone=alone))
    ways.append(_said(terms, important, inputs, alone=alone))
    ways.append(_said(terms, important, inputs, brief_=True))
    ways.append(_said(terms, shown, inputs, alone=alone))
    ways.append("for " + joined(in_words(terms[place]) for place in shown))
    ways.append("for " + ", ".join(to_source(term) for term in terms))
    kept = [way for way in dict.fromkeys(ways) if way]
    return [f"{way} {after}".strip() for way in kept] if after else kept


def _says_little(term: Term, inputs: Inputs, place: int) -> bool:
    """Whether a value alone does not tell which argument it is: `returns 3 for 3`."""
    return isinstance(term, (Int, Float, Str)) and not inputs.name(place)


def _all_steps(candidate: Candidate) -> tuple[str, ...]:
    inner = [step for term in candidate.args if isinstance(term, Built) for step in term.steps]
    return candidate.setup or tuple(inner)


def _culprit(terms: Sequence[Term], inputs: Inputs) -> int | None:
    """The one argument of those a guard looks at that is at its edge: zero, negative or empty."""
    found = [place for place in sorted(inputs.guarded) if place < len(terms) and _is_edge(terms[place])]
    return found[0] if len(found) == 1 else None


def _is_edge(term: Term) -> bool:
    if isinstance(term, (Int, Float)):
        return term.value <= 0
    return term in (Str(""), ListOf(), Map(), NIL)


def _said(
    terms: Sequence[Term], places: Sequence[int], inputs: Inputs, *, alone: bool = False, brief_: bool = False
) -> str:
    """`for a cart when price is 2 and quantity is 0, with width: 15`; `brief_` leaves out the first part."""
    options = [
        place
        for place in places
        if _is_options(terms[place]) and (not alone or _takes_options(inputs, place))
    ]
    rest = [place for place in places if place not in options and (alone or terms[place] != ListOf())]
    counts = {place: counted(terms[place], inputs.name(place)) for place in rest}
    conditions = {place: condition(terms[place], inputs.name(place)) for place in rest if inputs.name(place)}
    main = rest if alone else _main(terms, rest, conditions, counts)
    told = [conditions[place] for place in rest if place not in main]
    words = [
        counts.get(place) or _reduced(terms[place], inputs.keys.get(place), inputs.name(place))
        for place in main
    ]
    parts = [f"for {joined(words)}"] if main and not (brief_ and told) else []
    parts += [f"when {joined(told)}"] if told else []
    parts += [f"with {to_source(terms[place])[1:-1]}" for place in options]
    return " ".join(parts)


def counted(term: Term, name: str) -> str:
    """`3 days`, where an argument is a count of what its name says; empty otherwise."""
    return counting(term.value, name) if isinstance(term, Int) and name else ""


def _main(
    terms: Sequence[Term], places: Sequence[int], conditions: Mapping[int, str], counts: Mapping[int, str]
) -> list[int]:
    """Places that are said as `for this`, rather than as `when that is so`."""
    if places and all(counts.get(place) for place in places):
        return list(places)
    unnamed = [place for place in places if not conditions.get(place)]
    if unnamed and all(isinstance(terms[place], (Int, Float)) for place in places):
        return list(places)
    if unnamed:
        return unnamed
    if len(places) == 1:
        by_name = places[0] > 0 or _goes_by_name(terms[places[0]], conditions[places[0]])
        return [] if by_name else list(places)
    first = places[0] if places else None
    return [] if first is None or isinstance(terms[first], (Int, Float)) or first else [first]


def _goes_by_name(term: Term, said: str) -> bool:
    """Whether a value says little without its argument's name: a number, a flag, nothing."""
    plain = isinstance(term, (Int, Float, Str)) or term in (TRUE, FALSE, NIL, ListOf(), Map())
    return bool(said) and plain


def _takes_options(inputs: Inputs, place: int) -> bool:
    return place < len(inputs.names) and kind_for(inputs.names[place]) == "keyword"


def _is_options(term: Term) -> bool:
    source = to_source(term)
    return (
        isinstance(term, ListOf)
        and source.startswith("[")
        and len(source) <= 40
        and bool(re.match(r"\[[a-z_]\w*[?!]?: ", source))
    )


def _reduced(term: Term, keys: frozenset[Term] | None, name: str) -> str:
    """An argument in words; of a map with several keys only what tells it apart."""
    if keys and isinstance(term, Map) and len(term.pairs) > 1:
        pairs = [pair for pair in term.pairs if pair[0] in keys]
        noun = a(spoken_module(term.struct)) if term.struct else "a map"
        if pairs and len(pairs) < len(term.pairs):
            return with_fields(pairs, noun)
    return in_words(term, name)


def _is_noise(term: Term) -> bool:
    return isinstance(term, Raw) and bool(re.fullmatch(r"[a-z_]\w*", term.source))


def first_free(names: Iterable[str], taken: set[str]) -> str | None:
    """The first name that fits a line and is not taken yet; else the first that is not too long for one."""
    free = [text for text in map(sentence, names) if text not in taken and len(text) <= _LONGEST]
    return next((text for text in free if len(text) <= _FITTING), free[0] if free else None)


def sentence(text: str) -> str:
    """On one line, with single spaces."""
    return re.sub(r"\s+", " ", text).strip()
