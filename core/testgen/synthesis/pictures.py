"""Maps drawn in text: lists of rows made of a few signs that the code looks for (`#`, `.`, `L`).

A person draws such a row with those signs alone; a search finds rows with anything between them.
"""

from __future__ import annotations

from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import ListOf, Str, Term

_FEWEST, _MOST = 2, 8
_GROUNDS = ".- _0"
"""Signs that stand for nothing much, the usual ones first."""


def signs(subject: Subject) -> str:
    """The signs that the module reads; empty where it reads no pictures."""
    single = [text for text in subject.mined.strings if len(text) == 1 and text not in "\n\t, :;=|/"]
    return "".join(dict.fromkeys(single)) if _FEWEST <= len(single) <= _MOST else ""


def is_picture(term: Term) -> bool:
    """Whether it is a list of rows."""
    return isinstance(term, ListOf) and bool(term.items) and all(isinstance(i, Str) for i in term.items)


def is_strange(term: Term, among: str) -> bool:
    """Whether a row has anything but these signs and the ground."""
    allowed = {*among, *_ground(among)}
    return isinstance(term, ListOf) and any(
        isinstance(item, Str) and not set(item.value) <= allowed for item in term.items
    )


def drawn(term: Term, among: str) -> Term:
    """The picture with the ground wherever it has another sign."""
    if not isinstance(term, ListOf):
        return term
    allowed, ground = {*among}, _ground(among)
    return ListOf(
        tuple(
            Str("".join(sign if sign in allowed else ground for sign in item.value))
            if isinstance(item, Str)
            else item
            for item in term.items
        )
    )


def _ground(among: str) -> str:
    """The sign for where nothing is."""
    return next((sign for sign in _GROUNDS if sign in among), ".")
