"""Reads Elixir source into terms: literals as trees, everything else as `Raw`.

Used on doctests, existing tests and observed values, so that their arguments can be varied. It is no parser
of the language: it knows brackets, strings, sigils and literals, and refuses (`None`) what it cannot
delimit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from testgen.synthesis.terms import OPERATOR_ATOMS, Atom, Float, Int, ListOf, Map, Raw, Str, Term, Tuple

_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d[\d_]*(?:[eE][+-]?\d+)?)?\Z")
_BASED = re.compile(r"-?0([xob])([0-9A-Fa-f_]+)\Z")
_ATOM = re.compile(r":([A-Za-z_][A-Za-z0-9_@]*[?!]?)\Z")
_ALIAS = re.compile(r"[A-Z][A-Za-z0-9_]*(?:\.[A-Z][A-Za-z0-9_]*)*\Z")
_WORD = re.compile(r"[a-z_][A-Za-z0-9_]*[?!]?")
_FREE = re.compile(r"(?<![A-Za-z0-9_.:&@%\"?!])([a-z_][A-Za-z0-9_]*[?!]?)(?![A-Za-z0-9_(:.?!])")
_KEY = re.compile(r"(?:([a-zA-Z_][A-Za-z0-9_]*[?!]?)|\"((?:[^\"\\]|\\.)*)\"):\s+")
_STRUCT = re.compile(r"%([A-Z][A-Za-z0-9_.]*|__MODULE__)?\{")
_UNESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "s": " ", "a": "\a", "b": "\b"}
_OPEN, _CLOSE = "([{", ")]}"
_KEYWORDS = frozenset(["true", "false", "nil", "do", "end", "fn", "and", "or", "not", "in", "when", "self"])


@lru_cache(maxsize=8192)
def read(source: str) -> Term:
    """The source as a term; `Raw` with the source as it is when it is more than a literal.

    Observed values come up again and again in a search: what was read once is kept.
    """
    text = source.strip()
    return _literal(text) or Raw(text, weight=2.0 + len(text) / 20)


def split(source: str, separator: str = ",") -> list[str] | None:
    """Parts of `source` at the top-level separators, stripped; None where brackets or quotes do not
    balance.
    """
    parts: list[str] = []
    depth, start, index = 0, 0, 0
    while index < len(source):
        char = source[index]
        skipped = _skip_quoted(source, index)
        if skipped is None:
            return None
        if skipped > index:
            index = skipped
            continue
        if source.startswith("<<", index) and not source.startswith("<<<", index):
            depth, index = depth + 1, index + 1
        elif source.startswith(">>", index) and not source.startswith(">>>", index) and depth:
            depth, index = depth - 1, index + 1
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == "#":
            return None
        elif _word_at(source, index, "fn") or _word_at(source, index, "do"):
            depth += 1
        elif _word_at(source, index, "end"):
            depth -= 1
        elif depth == 0 and source.startswith(separator, index):
            parts.append(source[start:index].strip())
            index += len(separator)
            start = index
            continue
        if depth < 0:
            return None
        index += 1
    if depth != 0:
        return None
    parts.append(source[start:].strip())
    return [part for part in parts if part]


def _word_at(source: str, index: int, word: str) -> bool:
    if not source.startswith(word, index):
        return False
    before = source[index - 1] if index else " "
    after = source[index + len(word)] if index + len(word) < len(source) else " "
    return not (before.isalnum() or before in "_.:@") and not (after.isalnum() or after in "_:?!")


def _skip_quoted(source: str, index: int) -> int | None:
    """Where a string, charlist, char or sigil starting at `index` ends; `index` when none starts; None
    unclosed.
    """
    char = source[index]
    if char in "\"'":
        if source.startswith(char * 3, index):
            end = source.find(char * 3, index + 3)
            return None if end < 0 else end + 3
        return _closing(source, index + 1, char)
    if char == "?" and index + 1 < len(source) and (index == 0 or not _is_word(source[index - 1])):
        return index + (3 if source[index + 1] == "\\" else 2)
    if char == "~" and source[index + 1 : index + 2].isalpha():
        return _sigil_end(source, index + 1)
    return index


def _is_word(char: str) -> bool:
    return char.isalnum() or char in "_)]}"


def _sigil_end(source: str, index: int) -> int | None:
    while index < len(source) and source[index].isalpha():
        index += 1
    if index >= len(source):
        return None
    closer = {"(": ")", "[": "]", "{": "}", "<": ">"}.get(source[index], source[index])
    if source.startswith('"""', index):
        end = source.find('"""', index + 3)
        return None if end < 0 else end + 3
    end_of = _closing(source, index + 1, closer)
    if end_of is None:
        return None
    while end_of < len(source) and source[end_of].isalpha():
        end_of += 1
    return end_of


def _closing(source: str, index: int, closer: str) -> int | None:
    while index < len(source):
        if source[index] == "\\":
            index += 2
            continue
        if source[index] == closer:
            return index + 1
        index += 1
    return None


def _literal(text: str) -> Term | None:
    if not text:
        return None
    if _NUMBER.match(text):
        digits = text.replace("_", "")
        return Float(float(digits)) if "." in digits else Int(int(digits))
    if based := _BASED.match(text):
        base = {"x": 16, "o": 8, "b": 2}[based.group(1)]
        number = int(based.group(2).replace("_", ""), base)
        return Int(-number if text.startswith("-") else number)
    if text in ("nil", "true", "false") or _ALIAS.match(text):
        return Atom(text)
    if found := _ATOM.match(text):
        return Atom(found.group(1))
    if text[0] == ":" and text[1:] in OPERATOR_ATOMS:
        return Atom(text[1:])
    return _quoted(text) or _collection(text)


def _quoted(text: str) -> Term | None:
    if text.startswith('"') and not text.startswith('"""') and _closing(text, 1, '"') == len(text):
        value = unescape(text[1:-1])
        return None if value is None else Str(value)
    if text.startswith(':"') and _closing(text, 2, '"') == len(text):
        value = unescape(text[2:-1])
        return None if value is None else Atom(value)
    return None


def unescape(body: str) -> str | None:
    """The text of a string literal's body; None when it interpolates or uses an escape that is not known."""
    if re.search(r"(?<!\\)#\{", body):
        return None
    out: list[str] = []
    index = 0
    while index < len(body):
        if body[index] != "\\":
            out.append(body[index])
            index += 1
            continue
        if found := re.match(r"\\u\{([0-9A-Fa-f]+)\}|\\u([0-9A-Fa-f]{4})", body[index:]):
            out.append(chr(int(found.group(1) or found.group(2), 16)))
            index += found.end()
            continue
        following = body[index + 1 : index + 2]
        if following == "x":
            return None
        out.append(_UNESCAPES.get(following, following))
        index += 2
    return "".join(out)


def _collection(text: str) -> Term | None:
    if text.startswith("[") and text.endswith("]"):
        items = _items(text[1:-1])
        return None if items is None else ListOf(items)
    if text.startswith("{") and text.endswith("}"):
        items = _items(text[1:-1])
        return None if items is None else Tuple(items)
    if (found := _STRUCT.match(text)) and text.endswith("}"):
        pairs = _map_pairs(text[found.end() : -1])
        return None if pairs is None else Map(pairs, struct=found.group(1))
    return None


def _items(body: str) -> tuple[Term, ...] | None:
    parts = split(body)
    if parts is None or any(map(_has_bar, parts)):
        return None
    items: list[Term] = []
    for part in parts:
        if pair := _keyword_pair(part):
            items.append(Tuple(pair))
        else:
            items.append(read(part))
    return tuple(items)


def _has_bar(part: str) -> bool:
    """Whether the part is `head | tail`; pipes and `||` are not."""
    if "|" not in part or "|>" in part or "||" in part:
        return False
    return len(split(part, "|") or ()) > 1


def _keyword_pair(part: str) -> tuple[Term, Term] | None:
    found = _KEY.match(part)
    if not found:
        return None
    name = found.group(1) if found.group(1) is not None else unescape(found.group(2))
    return None if name is None else (Atom(name), read(part[found.end() :]))


def _map_pairs(body: str) -> tuple[tuple[Term, Term], ...] | None:
    parts = split(body)
    if parts is None:
        return None
    pairs: list[tuple[Term, Term]] = []
    for part in parts:
        pair = _keyword_pair(part)
        if pair is None:
            sides = split(part, "=>")
            if sides is None or len(sides) != 2:
                return None
            pair = (read(sides[0]), read(sides[1]))
        pairs.append(pair)
    return tuple(pairs)


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call found in source: `Cart.add(cart, 2)` is module `Cart`, function `add`, its arguments read."""

    module: str | None
    function: str
    args: tuple[Term, ...]


_CALL = re.compile(r"(?:([A-Z][A-Za-z0-9_.]*)\.)?([a-z_][A-Za-z0-9_]*[?!]?)\(")


def calls(source: str) -> list[CallSite]:
    """Every call with parentheses in `source` whose arguments can be delimited, nested ones too."""
    found = []
    for match in _CALL.finditer(source):
        if match.start() and (source[match.start() - 1].isalnum() or source[match.start() - 1] in "_.&@:"):
            continue
        body = _argument_text(source, match.end())
        parts = None if body is None else split(body)
        if parts is not None:
            args = tuple(_argument(part) for part in parts)
            module = match.group(1)
            found.append(CallSite(module=module, function=match.group(2), args=_fold_keywords(args, parts)))
    return found


def _argument(part: str) -> Term:
    pair = _keyword_pair(part)
    return ListOf((Tuple(pair),)) if pair else read(part)


def _fold_keywords(args: tuple[Term, ...], parts: list[str]) -> tuple[Term, ...]:
    """Trailing `a: 1, b: 2` are one keyword argument."""
    first = next((index for index, part in enumerate(parts) if _KEY.match(part)), len(parts))
    if first >= len(parts) - 1:
        return args
    folded = tuple(item for arg in args[first:] if isinstance(arg, ListOf) for item in arg.items)
    return (*args[:first], ListOf(folded))


def _argument_text(source: str, start: int) -> str | None:
    depth, index = 1, start
    while index < len(source):
        skipped = _skip_quoted(source, index)
        if skipped is None:
            return None
        if skipped > index:
            index = skipped
            continue
        if source[index] in _OPEN:
            depth += 1
        elif source[index] in _CLOSE:
            depth -= 1
            if depth == 0:
                return source[start:index]
        index += 1
    return None


def is_closed(term: Term) -> bool:
    """Whether the term refers to no variable, so that it can be moved to another place."""
    match term:
        case Raw(source):
            return not free_names(source)
        case ListOf(items) | Tuple(items):
            return all(map(is_closed, items))
        case Map(pairs, struct):
            return struct != "__MODULE__" and all(is_closed(key) and is_closed(value) for key, value in pairs)
        case _:
            return True


def free_names(source: str) -> set[str]:
    """Names in `source` that look like variables (or calls without parentheses)."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)
    bare = re.sub(r"~[a-zA-Z](\[[^\]]*\]|\([^)]*\)|\{[^}]*\}|/[^/]*/|\|[^|]*\|)[a-z]*", "~", bare)
    bound = set(re.findall(r"fn\s+([^>]*?)->", bare))
    inside = {name for heads in bound for name in _WORD.findall(heads)}
    return {name for name in _FREE.findall(bare) if name not in _KEYWORDS and name not in inside}
