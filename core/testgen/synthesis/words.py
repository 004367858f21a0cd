"""What an argument's name says about good values: `email` wants an address, `count` a small number.

Readability only: the values are checked by running like all others.
"""

from __future__ import annotations

import re

from testgen.synthesis.terms import Atom, Int, ListOf, Raw, Str, Term

_STRINGS = {
    "name": "Alice",
    "first_name": "Alice",
    "last_name": "Smith",
    "username": "alice",
    "user": "alice",
    "email": "alice@example.com",
    "title": "Hello World",
    "sentence": "the quick brown fox",
    "text": "hello world",
    "string": "hello",
    "str": "hello",
    "word": "hello",
    "url": "https://example.com/path?q=1",
    "uri": "https://example.com/path?q=1",
    "host": "example.com",
    "domain": "example.com",
    "path": "lib/example.ex",
    "filename": "report.txt",
    "slug": "hello-world",
    "line": "one line",
    "message": "hello",
    "description": "something useful",
    "sku": "A-1",
    "code": "ABC",
    "currency": "EUR",
    "prefix": "pre",
    "suffix": "post",
    "separator": ",",
    "delimiter": ",",
    "pattern": "l",
    "password": "secret",
    "token": "token",
    "phone": "+49 30 123456",
    "city": "Berlin",
    "street": "Main Street 1",
    "postcode": "10115",
    "zip": "10115",
    "address": "Main Street 1",
    "state": "CA",
    "company": "Acme",
    "label": "first",
    "category": "books",
    "color": "red",
    "colour": "red",
    "body": "some text",
    "content": "some text",
    "note": "a note",
    "role": "admin",
    "bidder": "alice",
    "owner": "alice",
    "player": "alice",
    "customer": "alice",
    "author": "alice",
    "buyer": "alice",
    "seller": "bob",
    "sender": "alice",
    "recipient": "bob",
    "receiver": "bob",
    "member": "alice",
    "person": "alice",
    "guest": "alice",
    "employee": "alice",
    "student": "alice",
    "voter": "alice",
    "candidate": "bob",
    "winner": "alice",
    "team": "Reds",
    "topic": "news",
    "channel": "general",
    "genre": "jazz",
    "format": "long",
    "extension": "txt",
    "command": "run",
    "query": "elixir",
    "subject": "Hello",
    "country": "DE",
    "csv": "a,b\n1,2",
    "json": '{"a": 1}',
    "binary": "hello",
    "char": "a",
    "date": "2024-02-29",
}
_NUMBERS = {
    "age": 30,
    "year": 2024,
    "month": 2,
    "day": 28,
    "hour": 12,
    "minute": 30,
    "second": 30,
    "percent": 20,
    "percentage": 20,
    "price": 10,
    "amount": 10,
    "quantity": 2,
    "qty": 2,
    "count": 3,
    "size": 3,
    "limit": 3,
    "length": 3,
    "width": 4,
    "height": 3,
    "n": 3,
    "index": 1,
    "position": 1,
    "offset": 1,
    "depth": 2,
    "level": 2,
    "score": 85,
    "temperature": 20,
    "weight": 70,
    "id": 1,
    "step": 2,
    "cents": 250,
    "grams": 500,
    "uses": 2,
    "total": 100,
    "balance": 100,
    "points": 10,
    "minutes": 30,
    "hours": 8,
    "days": 3,
    "weeks": 2,
    "tries": 2,
    "retries": 2,
    "attempts": 2,
    "rate": 20,
    "base": 2,
    "radius": 2,
    "timeout": 100,
    "ttl": 1000,
    "ms": 1000,
    "seconds": 90,
    "max": 10,
    "min": 1,
}
_KINDS = {
    "list": "list",
    "items": "list",
    "enumerable": "list",
    "enum": "list",
    "values": "list",
    "numbers": "list",
    "elements": "list",
    "xs": "list",
    "nums": "list",
    "rows": "list",
    "words": "list",
    "names": "list",
    "ids": "list",
    "messages": "list",
    "errors": "list",
    "warnings": "list",
    "lines": "list",
    "tags": "list",
    "entries": "list",
    "events": "list",
    "children": "list",
    "args": "list",
    "arguments": "list",
    "keys": "list",
    "nodes": "list",
    "users": "list",
    "products": "list",
    "orders": "list",
    "results": "list",
    "records": "list",
    "tokens": "list",
    "paths": "list",
    "files": "list",
    "columns": "list",
    "headers": "list",
    "scenarios": "list",
    "map": "map",
    "attrs": "map",
    "params": "map",
    "opts": "keyword",
    "options": "keyword",
    "keyword": "keyword",
    "keywords": "keyword",
    "fun": "function",
    "func": "function",
    "function": "function",
    "callback": "function",
    "predicate": "function",
    "mapper": "function",
    "pid": "pid",
    "server": "pid",
    "key": "atom",
    "atom": "atom",
    "type": "atom",
    "tree": "any",
    "tuple": "tuple",
    "bool": "boolean",
    "flag": "boolean",
    "date": "date",
    "regex": "regex",
    "range": "range",
}


def last_word(name: str) -> str:
    """The word that carries the meaning: `line_items` is about items."""
    return name.strip("_").rsplit("_", 1)[-1]


def string_for(name: str, module: str = "") -> Str | None:
    """A string that suits an argument of this name, in a module that is about things rather than people."""
    bare = name.strip("_")
    if bare in ("name", "item", "title") and _THINGS.search(module):
        return Str("pen")
    text = _STRINGS.get(bare) or _STRINGS.get(last_word(name))
    return None if text is None else Str(text)


_THINGS = re.compile(
    r"Cart|Basket|Order|Invoice|Product|Item|Stock|Inventory|Shop|Store|Catalog|Warehouse|Good"
)
_OTHERS = {
    "name": ("Bob", "Carol"),
    "email": ("bob@example.org",),
    "country": ("FR",),
    "city": ("Paris",),
    "currency": ("USD",),
    "sku": ("B-2",),
    "code": ("XYZ",),
    "title": ("Second Title",),
    "street": ("Oak Lane 2",),
    "postcode": ("80331",),
    "role": ("guest",),
    "color": ("green",),
    "category": ("toys",),
    "password": ("other secret",),
}


def others_for(name: str, module: str = "") -> tuple[str, ...]:
    """Further texts that suit a name, where the first is taken or will not do."""
    if _THINGS.search(module):
        return _NOUNS[1:]
    bare, last = name.strip("_"), last_word(name)
    return _OTHERS.get(bare) or _OTHERS.get(last) or _PLAIN[1:]


def texts_for(module: str) -> tuple[str, ...]:
    """Texts that tell several things of a module apart."""
    return _NOUNS if _THINGS.search(module) else _PLAIN


_NOUNS = ("pen", "book", "lamp", "chair", "desk")
_PLAIN = ("hello", "world", "another", "third", "last")
_ORDINARY = re.compile(r"[A-Z]?[a-z]+(?:[ _-][A-Za-z]?[a-z]*)*[.!?]?\Z|\d+\Z")


def is_ordinary(text: str) -> bool:
    """Whether a person might have written the text: a word or a few, a number, a value from the table."""
    known = text in _STRINGS.values() or any(text in others for others in _OTHERS.values())
    return known or bool(_ORDINARY.match(text) and _is_no_echo(text))


def _is_no_echo(text: str) -> bool:
    """Whether the text is no word written twice in a row: `onetwoonetwo` was put together."""
    half = len(text) // 2
    return len(text) % 2 == 1 or half < 2 or text[:half].lower() != text[half:].lower()


def number_for(name: str) -> Int | None:
    """A number that suits an argument of this name."""
    number = _NUMBERS.get(name.strip("_")) or _NUMBERS.get(last_word(name))
    return None if number is None else Int(number)


def kind_for(name: str) -> str | None:
    """The kind of value that an argument of this name most likely is; None when the name does not say."""
    bare, last = name.strip("_"), last_word(name)
    for word in (bare, last):
        if word in _KINDS:
            return _KINDS[word]
    if bare in _STRINGS or last in _STRINGS:
        return "string"
    if bare in _NUMBERS or last in _NUMBERS:
        return "integer"
    if bare.endswith("?"):
        return "boolean"
    return None


def variable_for(module: str) -> str:
    """The variable a person would bind a value of this module to: `MyApp.LineItem` is `line_item`."""
    last = module.rsplit(".", 1)[-1]
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).lower()
    return (
        name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in ("end", "fn", "do", "in") else "value"
    )


def samples(kind: str) -> list[Term]:
    """Small values of a kind, for arguments about which nothing else is known."""
    return list(_SAMPLES.get(kind, ()))


_SAMPLES: dict[str, tuple[Term, ...]] = {
    "date": (Raw("~D[2024-02-29]"), Raw("~D[2024-12-31]"), Raw("~D[2023-01-01]")),
    "regex": (Raw("~r/l+/"), Raw("~r/^\\d+$/")),
    "range": (Raw("1..3"), Raw("0..0")),
    "pid": (Raw("self()"),),
    "atom": (Atom("a"), Atom("ok")),
    "boolean": (Atom("true"), Atom("false")),
    "tuple": (Raw("{1, 2}"), Raw("{:ok, 1}")),
    "list": (ListOf((Int(1), Int(2), Int(3))), ListOf()),
}
