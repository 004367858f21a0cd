"""Texts that a regex matches: a few for each, the shortest first.

Reads the part of PCRE's syntax that people write (https://www.pcre.org/current/doc/html/pcre2pattern.html):
literals, classes, groups, alternatives, repetitions, anchors, back references, `(?i)`. Look-around is passed
over, and so is what else it does not know; the texts are tried, so that a wrong one costs a place and no
more. Written here because no kept library generates from PCRE: those on PyPI read Python's own syntax
through the private parser of `re`, or come under a licence that this project cannot take.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

_DIGITS, _LETTERS, _CAPITALS = "123405", "abcxyz", "ABCXYZ"
_WORD = _LETTERS + "1_"
_ESCAPES = {
    "d": _DIGITS,
    "D": "ab-",
    "w": _WORD,
    "W": "-. ",
    "s": " ",
    "S": "ab1",
    "h": " ",
    "R": "\n",
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "v": "\n",
    "N": "ab1",
    "e": "\x1b",
    "f": "\f",
}
_POSIX = {
    "alpha": _LETTERS,
    "digit": _DIGITS,
    "alnum": "ab12",
    "space": " \t",
    "upper": _CAPITALS,
    "lower": _LETTERS,
    "punct": ".,!",
    "xdigit": "0aF",
    "word": _WORD,
    "blank": " ",
}
_ANY = "ab1 -"
_PROPERTIES = {"L": "aé", "Lu": _CAPITALS, "Ll": _LETTERS, "N": _DIGITS, "Nd": _DIGITS, "P": ".-", "Z": " "}
_MOST_REPEATS = 12
_QUANTIFIER = re.compile(r"\{(\d*)(?:(,)(\d*))?\}")
_NO_TEXT = frozenset("AzZbBGK")


@dataclass
class _Take:
    """One text in the making: how eagerly to repeat, which alternatives to take."""

    number: int
    places: int = 0
    groups: dict[str, str] = field(default_factory=dict)

    def pick(self, among: Sequence[str]) -> str:
        """One of several characters, another at each place."""
        self.places += 1
        return among[(self.places - 1 + self.number // 2) % len(among)] if among else ""


_Node: TypeAlias = Callable[[_Take], str]


def texts(regex: str, count: int = 6) -> list[str]:
    """At most `count` different texts that the regex matches; none where it cannot be read."""
    try:
        node = _Parser(regex).whole()
    except (IndexError, ValueError):
        return []
    found = (node(_Take(number)) for number in range(count * 2))
    return list(dict.fromkeys(found))[:count]


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._groups = 0

    def whole(self) -> _Node:
        """The whole regex; raises ValueError where a parenthesis is left."""
        node = self._alternatives()
        if self._at < len(self._source):
            raise ValueError(self._source)
        return node

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self) -> str:
        self._at += 1
        return self._source[self._at - 1]

    def _takes(self, text: str) -> bool:
        found = self._source.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _alternatives(self) -> _Node:
        options = [self._sequence()]
        while self._takes("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else lambda take: options[take.number % len(options)](take)

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return lambda take: "".join(part(take) for part in parts)

    def _repeated(self, node: _Node) -> _Node:
        least, most = self._bounds()
        if (least, most) == (1, 1):
            return node
        self._takes("?") or self._takes("+")
        return lambda take: "".join(node(take) for _ in range(_times(take, least, most)))

    def _bounds(self) -> tuple[int, int]:
        for sign, bounds in (("*", (0, 99)), ("+", (1, 99)), ("?", (0, 1))):
            if self._takes(sign):
                return bounds
        found = _QUANTIFIER.match(self._source, self._at)
        if not found or not (found.group(1) or found.group(3)):
            return 1, 1
        self._at = found.end()
        least = int(found.group(1) or 0)
        return least, int(found.group(3) or 99) if found.group(2) else least

    def _atom(self) -> _Node:
        char = self._next()
        match char:
            case "(":
                return self._group()
            case "[":
                chars = self._class()
                return lambda take: take.pick(chars)
            case "\\":
                return self._escape()
            case ".":
                return lambda take: take.pick(_ANY)
            case "^" | "$":
                return lambda _: ""
            case _:
                return lambda _: char

    def _group(self) -> _Node:
        name, silent = "", False
        if self._takes("?"):
            found = re.compile(r"(?:P?<|')([A-Za-z_]\w*)[>']").match(self._source, self._at)
            if found:
                self._at, name = found.end(), found.group(1)
            else:
                silent = self._options()
        numbered = name or not silent
        self._groups += bool(numbered)
        number = str(self._groups)
        inner = self._alternatives() if self._peek() != ")" else lambda _: ""
        if not self._takes(")"):
            raise ValueError(self._source)
        return inner if silent and not name else _remembered(inner, (number, name))

    def _options(self) -> bool:
        """What follows `(?`: a group without a number, flags, or look-around, which is passed over."""
        if any(self._takes(sign) for sign in ("=", "!", "<=", "<!", "#")):
            depth = 1
            while depth:
                char = self._next()
                self._at += char == "\\"
                depth += (char == "(") - (char == ")")
            self._at -= 1
            return True
        while self._peek() and self._peek() not in ":)":
            self._next()
        self._takes(":")
        return True

    def _escape(self) -> _Node:
        char = self._next()
        if char in _NO_TEXT:
            return lambda _: ""
        if char.isdigit() and char != "0":
            return lambda take: take.groups.get(char, "")
        if char == "k":
            return self._named_reference()
        chars = self._escaped(char)
        return lambda take: take.pick(chars)

    def _named_reference(self) -> _Node:
        end = {"{": "}", "'": "'"}.get(self._next(), ">")
        stop = self._source.index(end, self._at)
        name, self._at = self._source[self._at : stop], stop + 1
        return lambda take: take.groups.get(name, "")

    def _escaped(self, char: str) -> str:
        if char in "pP":
            if self._takes("{"):
                end = self._source.index("}", self._at)
                name, self._at = self._source[self._at : end], end + 1
            else:
                name = self._next()
            return "-1 " if char == "P" or name.startswith("^") else _PROPERTIES.get(name, _LETTERS)
        if char in "xu":
            found = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})").match(self._source, self._at)
            self._at = found.end() if found else self._at
            return chr(int(found.group(1) or found.group(2), 16)) if found else char
        return _ESCAPES.get(char, char)

    def _class(self) -> str:
        negated = self._takes("^")
        chars, first = "", True
        while first or self._peek() != "]":
            first = False
            chars += self._member()
        self._next()
        if not negated:
            return chars
        return "".join(each for each in "ab1-_. ,XY" if each not in chars) or "~"

    def _member(self) -> str:
        posix = re.compile(r"\[:\^?(\w+):\]").match(self._source, self._at)
        if posix:
            self._at = posix.end()
            return _POSIX.get(posix.group(1), "a")
        char = self._next()
        low = self._escaped(self._next()) if char == "\\" else char
        rest = self._source[self._at : self._at + 2]
        if len(low) != 1 or not rest.startswith("-") or rest[1:] in ("]", ""):
            return low
        self._next()
        end = self._next()
        high = self._escaped(self._next()) if end == "\\" else end
        span = [chr(code) for code in range(ord(low), ord(high[:1] or low) + 1)]
        return "".join([*span[1:4], span[0], span[-1]] if len(span) > 4 else span)


def _remembered(inner: _Node, names: Sequence[str]) -> _Node:
    def node(take: _Take) -> str:
        text = inner(take)
        take.groups.update(dict.fromkeys(names, text))
        return text

    return node


def _times(take: _Take, least: int, most: int) -> int:
    wanted = least + (0, 1, 2, 4)[take.number % 4]
    return min(wanted if least else (1, 0, 2, 3)[take.number % 4], most, max(least, _MOST_REPEATS))
