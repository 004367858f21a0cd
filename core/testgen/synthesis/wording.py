"""Names for tests: a short sentence, true of the test, that says what sets it apart within its `describe`.

`"returns 0 for an empty cart"`, `"raises ArgumentError when quantity is negative"`. The first part says
what was observed, the second which inputs; words replace source where a value has a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.reader import read
from testgen.synthesis.subject import variable_for
from testgen.synthesis.terms import Atom, Built, Float, Int, ListOf, Map, Raw, Str, Term, Tuple, to_source

_SHORT = 28
_LONGEST = 96
_EMPTY = {"[]": "an empty list", "%{}": "an empty map", '""': "an empty string", "{}": "an empty tuple"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _pattern(observation: Observation) -> str:
    """What the assertion says of a value that has no source: `{:ok, pid}`, `a function`."""
    first = observation.assertion[0]
    if found := re.match(r"assert is_(\w+)\(", first):
        return a(found.group(1))
    found = re.match(r"assert (.*) = ", first, re.DOTALL)
    return found.group(1) if found else "a value"


Defaults: TypeAlias = Mapping[str, str]
"""Source of the default of each field of the module's struct."""


def outcome(observation: Observation, args: Sequence[Term] = (), defaults: Defaults | None = None) -> str:
    """What happened, in words: `returns 3`, `raises ArgumentError`, `sets open to false`."""
    if observation.status is Status.RAISE:
        return f"raises {observation.exception.removeprefix('Elixir.')}"
    if observation.status is Status.THROW:
        return f"throws {_brief(observation.value)}"
    if observation.status is Status.EXIT:
        return f"exits with {_brief(observation.value)}"
    match observation.shape:
        case "io":
            return f"prints {_printed(observation)}"
        case "log":
            return "logs a message"
        case "receive":
            return "sends a message"
        case "delta":
            return f"returns about {_brief(observation.value)}"
        case _:
            changed = _changed(observation.value, args, defaults or {})
            return changed or f"returns {_brief(observation.value or _pattern(observation))}"


def _changed(source: str, args: Sequence[Term], defaults: Defaults) -> str | None:
    """`sets open to false`, where a struct comes back with one or two fields that differ from the one
    given.
    """
    value = read(source)
    given = next((arg for arg in args if isinstance(arg, Map) and arg.struct), None)
    if given is None or not isinstance(value, Map) or value.struct != given.struct or len(source) <= _SHORT:
        return None
    before: dict[Term, Term] = {Atom(name): read(default) for name, default in defaults.items()}
    before |= dict(given.pairs)
    told = [(key, new) for key, new in value.pairs if before.get(key) != new]
    parts = [
        f"{spoken_name(key.name)} to {_brief(to_source(new))}" for key, new in told if isinstance(key, Atom)
    ]
    return f"sets {joined(parts)}" if 0 < len(parts) <= 2 and len(joined(parts)) <= 60 else None


def _printed(observation: Observation) -> str:
    texts = [text for line in observation.assertion for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    text = max(texts, key=len, default="")
    first = text.split("\\n")[0]
    return f"'{first}'" if 0 < len(first) <= 40 else "its output"


def _brief(source: str) -> str:
    """A value as a person would say it within a sentence."""
    source = source.strip()
    if source in _EMPTY:
        return _EMPTY[source]
    if len(source) <= _SHORT and "\n" not in source:
        return source
    return _kind_in_words(source, read(source))


def _kind_in_words(source: str, term: Term) -> str:
    match term:
        case ListOf(items):
            kind = "keyword list" if _is_keywords(items) else "list"
            return f"a {kind} of {_number(len(items))} {_plural('element', len(items))}"
        case Map(_, struct) if struct:
            return a(_spoken(struct))
        case Map(pairs):
            return f"a map with {_number(len(pairs))} {_plural('key', len(pairs))}"
        case Tuple(items):
            text = f"{{{', '.join(map(_item, items))}}}"
            return text if len(text) <= 48 else f"a tuple of {_number(len(items))}"
        case Str(value):
            return _beginning(value)
        case _:
            return _by_shape(source)


def _item(term: Term) -> str:
    """A part of a tuple: itself when short, otherwise the name a person would give it."""
    source = to_source(term)
    match term:
        case Map(_, struct) if struct:
            return variable_for(struct)
        case _ if len(source) <= 20:
            return source
        case Map():
            return "map"
        case ListOf():
            return "list"
        case Str():
            return "text"
        case Tuple():
            return "tuple"
        case _:
            return "value"


def _is_keywords(items: tuple[Term, ...]) -> bool:
    return all(isinstance(i, Tuple) and len(i.items) == 2 and isinstance(i.items[0], Atom) for i in items)


def _beginning(text: str) -> str:
    start = text[:20].rstrip()
    return "a text" if "\n" in start or '"' in start else f'"{start}…"'


def _by_shape(source: str) -> str:
    if found := re.match(r"%([A-Z][\w.]*)\{", source):
        return a(_spoken(found.group(1)))
    if found := re.match(r"#([A-Z][\w.]*)<", source):
        return a(_spoken(found.group(1)))
    if source.startswith("{:ok, %"):
        struct = re.match(r"\{:ok, %([\w.]*)\{", source)
        return f"{{:ok, {variable_for(struct.group(1))}}}" if struct else "an :ok tuple"
    return next((words for opening, words in _OPENINGS if source.startswith(opening)), "a value")


_OPENINGS = (
    ("{:ok,", "an :ok tuple"),
    ("{:error,", "an :error tuple"),
    ("%{", "a map"),
    ("[", "a list"),
    ("{", "a tuple"),
    ("<<", "a binary"),
    ('"', "a text"),
)


def _spoken(module: str) -> str:
    return variable_for(module).replace("_", " ")


def a(noun: str) -> str:
    """The noun with its article."""
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def _number(count: int) -> str:
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def value_in_words(term: Term) -> str:
    """An argument as a person would say it."""
    match term:
        case Built(source, var):
            words = variable_for(term.made_of).replace("_", " ") if term.made_of else var.replace("_", " ")
            new = re.fullmatch(r"[\w.]*?(?:new|empty|init)\(\)", source) and not words.startswith("new ")
            return a(f"new {words}" if new else words)
        case Map((), struct) if struct:
            return f"a default {_spoken(struct)}"
        case Map(pairs, struct) if struct:
            return _with_fields(pairs, a(_spoken(struct)))
        case Map(pairs) if pairs and len(to_source(term)) > _SHORT:
            told = _with_fields(pairs, "a map")
            return told if told != "a map" else _brief(to_source(term))
        case Raw(source):
            return source if len(source) <= 36 else _by_shape(source)
        case Str(value) if value and not value.strip():
            return "a blank string"
        case Str(value) if len(value) > 36:
            return f"a string of {len(value)} characters"
        case _:
            return _brief(to_source(term))


def _with_fields(pairs: tuple[tuple[Term, Term], ...], noun: str) -> str:
    """`a parcel with height 121 and no grams`; the bare noun where that would get long."""
    told = [
        f"{_spoken_key(key)} {_brief(to_source(value))}"
        for key, value in pairs
        if isinstance(key, (Atom, Str))
    ]
    text = f"{noun} with {joined(told)}"
    return text if len(told) == len(pairs) and len(text) <= 60 else noun


def _spoken_key(key: Atom | Str) -> str:
    return spoken_name(key.name) if isinstance(key, Atom) else to_source(key)


def distinguishing(term: Term, name: str) -> str:
    """Which value an argument has, as a condition: `items is empty`, `name is "x"`."""
    spoken = spoken_name(name)
    match term:
        case Int(value) | Float(value) if value < 0:
            return f"{spoken} is {to_source(term)}"
        case Str("") | ListOf(()) | Map((), None):
            return f"{spoken} {'are' if _is_plural(spoken) else 'is'} empty"
        case Built() | Map(_, str()):
            return f"given {value_in_words(term)}"
        case _:
            plural = _is_plural(spoken) and not isinstance(term, (Int, Float))
            return f"{spoken} {'are' if plural else 'is'} {value_in_words(term)}"


def _is_plural(noun: str) -> bool:
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def spoken_name(name: str) -> str:
    """An argument's name as words: `unit_price` is `unit price`."""
    bare = name.strip("_").rstrip("?!")
    return bare.replace("_", " ") if re.fullmatch(r"[a-z][a-z0-9_]*", bare) else "the argument"


Keys: TypeAlias = Mapping[int, frozenset[Term]]
"""By argument, the keys of maps whose values tell the calls of a function apart."""


def circumstances(
    candidate: Candidate,
    names: Sequence[str],
    varying: frozenset[int],
    *,
    raised: bool = False,
    keys: Keys | None = None,
) -> list[str]:
    """Ways to say which inputs a candidate has, the shortest first; `varying` are places that tell it from
    others.
    """
    terms = tuple(_only(term, (keys or {}).get(i)) for i, term in enumerate(candidate.args))
    after = _after(candidate)
    if not terms:
        return [after] if after else ["", _given_call(candidate)]
    shown = [i for i in range(len(terms)) if not _is_noise(terms[i])]
    if not shown:
        return [after] if after else ["", _given_call(candidate)]
    important = [i for i in shown if i in varying] or shown
    if raised and len(shown) <= 3:
        important = shown
    ways = []
    if len(important) == 1:
        ways.append(_single(terms[important[0]], names, important[0], alone=len(terms) == 1))
    if 1 < len(shown) <= 3 and not _is_uniform([terms[i] for i in shown]):
        ways.append(_main_and_conditions(terms, names, shown))
        ways.append(_main_and_conditions(terms, names, shown, short=True))
    if len(shown) <= 3:
        ways.append("for " + joined([value_in_words(terms[i]) for i in shown]))
    conditions = [distinguishing(terms[i], names[i]) for i in important if i < len(names)]
    conditions = [condition for condition in conditions if not condition.startswith("given ")]
    if conditions:
        ways.append("when " + joined(conditions))
    ways.append("for " + ", ".join(to_source(term) for term in candidate.args))
    return [f"{way} {after}".strip() for way in ways] if after else ways


def _is_uniform(terms: Sequence[Term]) -> bool:
    """Whether a list of the values alone reads well: numbers, or short texts, side by side."""
    return all(isinstance(t, (Int, Float)) for t in terms) or all(isinstance(t, Str) for t in terms)


def _main_and_conditions(
    terms: Sequence[Term], names: Sequence[str], shown: Sequence[int], *, short: bool = False
) -> str:
    first, *rest = shown
    main = terms[first]
    if short and isinstance(main, Map) and main.struct:
        main = Built("", _spoken(main.struct), made_of=main.struct)
    told = [distinguishing(terms[i], names[i] if i < len(names) else "") for i in rest]
    return f"for {value_in_words(main)} when {joined(told)}"


def _only(term: Term, keys: frozenset[Term] | None) -> Term:
    """A map reduced to the keys that tell it apart, for words about it."""
    if keys is None or not isinstance(term, Map) or len(term.pairs) < 2:
        return term
    pairs = tuple(pair for pair in term.pairs if pair[0] in keys)
    return Map(pairs, struct=term.struct) if pairs and len(pairs) < len(term.pairs) else term


def _is_noise(term: Term) -> bool:
    return isinstance(term, Raw) and bool(re.fullmatch(r"[a-z_]\w*", term.source))


def _single(term: Term, names: Sequence[str], place: int, *, alone: bool) -> str:
    name = names[place] if place < len(names) else ""
    if alone or not name.strip("_"):
        return f"for {value_in_words(term)}"
    condition = distinguishing(term, name)
    return (
        f"for {condition.removeprefix('given ')}" if condition.startswith("given ") else f"when {condition}"
    )


def _given_call(candidate: Candidate) -> str:
    return f"from {candidate.call}"


_STARTS = ("start_supervised", "{:ok,", "send(")


def _after(candidate: Candidate) -> str:
    """The operations that came before, for a test on a process or a chain: `after push(1) and push(2)`."""
    lines = [
        line for line in candidate.setup if not line.startswith("{:ok,") and "start_supervised" not in line
    ]
    found = [text for line in lines for text in _operations(line)]
    return f"after {joined(found)}" if found else ""


def _operations(line: str) -> list[str]:
    if sent := re.match(r"send\(\w+, (.*)\)\Z", line):
        return [f"receiving {sent.group(1)}"]
    chain = re.sub(r"^\w+ = ", "", line).split(" |> ")
    calls = chain[1:] if len(chain) > 1 else chain
    found = []
    for call in calls:
        name = re.match(r"(?:[A-Z][\w.]*\.)?([a-z_]\w*[?!]?)\((.*)\)\Z", call, re.DOTALL)
        if name:
            rest = name.group(2) if len(chain) > 1 else _without_first_variable(name.group(2))
            found.append(f"{name.group(1)}({rest})" if _can_be_said(rest) else name.group(1))
    return found


def _can_be_said(arguments: str) -> bool:
    """Whether arguments can stand in a sentence: short, no text in quotes, no struct."""
    return 0 < len(arguments) <= 24 and not re.search(r'["%]', arguments)


def _without_first_variable(arguments: str) -> str:
    return re.sub(r"^[a-z_]\w*(?:, |\Z)", "", arguments)


def joined(parts: Iterable[str]) -> str:
    """Parts as a list in a sentence: `1, 2 and 3`."""
    words = list(parts)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def first_free(names: Iterable[str], taken: set[str]) -> str | None:
    """The first name that is short enough and not taken yet."""
    for name in names:
        text = sentence(name)
        if text not in taken and len(text) <= _LONGEST:
            return text
    return None


def sentence(text: str) -> str:
    """On one line, with single spaces."""
    return re.sub(r"\s+", " ", text).strip()
