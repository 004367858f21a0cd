"""Values as a person would say them within a sentence: `an empty list`, `a cart with two items`, `'pen'`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from testgen.synthesis.reader import read
from testgen.synthesis.subject import variable_for
from testgen.synthesis.terms import (
    Atom,
    Built,
    Float,
    Int,
    ListOf,
    Map,
    Raw,
    Str,
    Term,
    Tuple,
    quote,
    to_source,
)

SHORT = 28
"""Source up to this length is said as it is."""
_SHORT_LIST = 40
_LONGEST_TEXT = 36
_LONGEST_WITH = 64
_EMPTY = {"[]": "an empty list", "%{}": "an empty map", '""': "an empty string", "{}": "an empty tuple"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_GENERIC = frozenset(["list", "map", "string", "str", "term", "value", "binary", "enumerable"])
"""Names that say no more than a kind does."""
_NO_COUNTS = frozenset(["flags", "bits", "opts", "options", "settings", "params", "attrs", "args", "bytes"])
"""Plurals of which a number is no count."""
_GATHERED = frozenset(["attrs", "params", "opts", "options", "settings", "fields", "args"])
"""Names of a map or a list that are said for the thing itself: `params with email 'a'`."""


def brief(source: str) -> str:
    """A value, given as source, within a sentence."""
    source = source.strip()
    if source in _EMPTY:
        return _EMPTY[source]
    term = read(source)
    if isinstance(term, Str) and len(source) <= SHORT:
        return quoted(term.value)
    if isinstance(term, Float):
        return _rounded(term.value)
    longest = _SHORT_LIST if isinstance(term, ListOf) else SHORT
    if len(source) <= longest and "\n" not in source:
        return source
    return _kind(source, term)


def quoted(text: str) -> str:
    """A text in the quotes that a sentence uses; in Elixir's where it holds such itself."""
    return f"'{text}'" if text.isprintable() and "'" not in text and "\\" not in text else quote(text)


def _rounded(value: float) -> str:
    """A float with what a reader can take in; the assertion has all of it."""
    source = to_source(Float(value))
    return source if len(source) <= 8 else to_source(Float(float(f"{value:.5g}")))


def _kind(source: str, term: Term) -> str:
    match term:
        case ListOf(items):
            return f"a {'keyword list' if _is_keywords(items) else 'list'} of {number(len(items))}"
        case Map(_, struct) if struct:
            return a(spoken_module(struct))
        case Map(pairs):
            return f"a map with {number(len(pairs))} {plural('key', len(pairs))}"
        case Tuple(items):
            text = f"{{{', '.join(map(_item, items))}}}"
            return text if len(text) <= 48 else f"a tuple of {number(len(items))}"
        case Str(value):
            return _beginning(value)
        case _:
            return by_shape(source)


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
    return "a text" if "\n" in start or "'" in start else f"'{start}…'"


def by_shape(source: str) -> str:
    """What source that is no literal looks like."""
    if found := re.match(r"[%#]([A-Z][\w.]*)[{<]", source):
        return a(spoken_module(found.group(1)))
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


def in_words(term: Term, name: str = "") -> str:
    """An argument; `name` is the one that the function gives it."""
    match term:
        case Built(source, var):
            return _made(source, var, term.made_of)
        case Map((), struct) if struct:
            return f"a default {spoken_module(struct)}"
        case Map(pairs, struct) if struct:
            return with_fields(pairs, a(spoken_module(struct)))
        case Map(pairs) if pairs and len(to_source(term)) > SHORT:
            return with_fields(pairs, name if name in _GATHERED else "a map")
        case ListOf(items) if items and len(to_source(term)) > _SHORT_LIST and not _is_keywords(items):
            return _counted(len(items), name) or f"a list of {number(len(items))}"
        case Raw(source):
            return source if len(source) <= _LONGEST_TEXT else by_shape(source)
        case Str(value) if value and not value.strip():
            return "a blank string"
        case Str(value) if len(value) > _LONGEST_TEXT:
            return f"a string of {len(value)} characters"
        case Str(value) if value:
            return quoted(value)
        case _:
            return brief(to_source(term))


def _made(source: str, var: str, made_of: str | None) -> str:
    words = spoken_module(made_of) if made_of else var.replace("_", " ")
    new = re.fullmatch(r"[\w.]*?(?:new|empty|init)\(\)", source) and not words.startswith("new ")
    return a(f"new {words}" if new else words)


def _counted(count: int, name: str) -> str:
    """`two entries`, where the name is that of several things."""
    spoken = spoken_name(name)
    if not is_plural(spoken) or spoken == "the argument" or name in _GATHERED:
        return ""
    return f"{number(count)} {spoken if count != 1 else singular(spoken)}"


def with_fields(pairs: Iterable[tuple[Term, Term]], noun: str) -> str:
    """`a parcel with height 121 and no grams`; the bare noun where that would get long."""
    every = list(pairs)
    told = [
        _with_field(spoken_key(key), value)
        for key, value in every
        if (isinstance(key, Atom) and key.name) or (isinstance(key, Str) and key.value)
    ]
    if len(told) < len(every):
        return noun
    keys = f"{noun} with {joined(spoken_key(key) for key, _ in every)}"
    text = f"{noun} with {joined(told)}"
    return next((each for each in (text, keys) if len(each) <= _LONGEST_WITH), noun)


def _with_field(key: str, value: Term) -> str:
    match value:
        case Str(""):
            return f"an empty {key}"
        case ListOf(()) | Atom("nil"):
            return f"no {key}"
        case ListOf(items) if is_plural(key) and len(to_source(value)) > SHORT:
            return _counted(len(items), key.replace(" ", "_")) or f"{key} {brief(to_source(value))}"
        case Int(count) if counted := counting(count, key):
            return counted
        case _:
            return f"{key} {brief(to_source(value))}"


def counting(count: int, name: str) -> str:
    """`3 days`, where a number is a count of what its name says; empty where it is not."""
    spoken = spoken_name(name)
    if count < 0 or not is_plural(spoken) or spoken == "the argument" or spoken in _NO_COUNTS:
        return ""
    return f"{to_source(Int(count))} {spoken if count != 1 else singular(spoken)}"


def spoken_key(key: Term) -> str:
    """A map's key: a word where it is one."""
    if isinstance(key, Atom):
        return spoken_name(key.name)
    return key.value if isinstance(key, Str) and re.fullmatch(r"[a-z][a-z_]*", key.value) else to_source(key)


def is_telling(name: str) -> bool:
    """Whether an argument's name says more than its position: `quantity` does, `a` and `arg1` do not."""
    bare = name.strip("_")
    return len(bare) > 1 and not re.fullmatch(r"arg\d+", bare)


def is_of_a_kind(name: str) -> bool:
    """Whether a name says what a thing is rather than that it is a list, a map or a text."""
    return is_telling(name) and name.strip("_") not in _GENERIC


def condition(term: Term, name: str) -> str:
    """Which value an argument has: `quantity is 2`, `items are empty`; empty where that cannot be said so."""
    spoken = spoken_name(name)
    verb = "are" if is_plural(spoken) and not isinstance(term, (Int, Float)) else "is"
    match term:
        case Built() | Map(_, str()):
            return ""
        case Str("") | ListOf(()) | Map((), None):
            return f"{spoken} {verb} empty"
        case _:
            return f"{spoken} {verb} {in_words(term)}"


def is_plural(noun: str) -> bool:
    """Whether a noun looks like one of several things."""
    return noun.endswith("s") and not noun.endswith(("ss", "us", "is"))


def singular(noun: str) -> str:
    """One of several things."""
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun[:-2] if noun.endswith(("xes", "ches", "shes")) else noun[:-1]


def plural(noun: str, count: int) -> str:
    """The noun for so many."""
    return noun if count == 1 else f"{noun}s"


def spoken_module(module: str) -> str:
    """A module's last name as words: `MyApp.LineItem` is `line item`."""
    return variable_for(module).replace("_", " ")


def spoken_name(name: str) -> str:
    """An argument's name as words: `unit_price` is `unit price`."""
    bare = name.strip("_").rstrip("?!")
    return bare.replace("_", " ") if re.fullmatch(r"[a-z][a-z0-9_]*", bare) else "the argument"


def a(noun: str) -> str:
    """The noun with its article; several things have none."""
    if is_plural(noun):
        return noun
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def number(count: int) -> str:
    """A count in words up to ten."""
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def joined(parts: Iterable[str]) -> str:
    """Parts as a list in a sentence: `1, 2 and 3`."""
    words = list(parts)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
