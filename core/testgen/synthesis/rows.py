"""Rows of arguments out of choices for each."""

from __future__ import annotations

from collections.abc import Sequence

from testgen.synthesis.terms import Term


def combine(choices: Sequence[Sequence[Term]], limit: int) -> list[tuple[Term, ...]]:
    """Rows picking one of each: the first of all, then one place varied at a time, then the places
    together.
    """
    if any(not each for each in choices):
        return []
    base = tuple(each[0] for each in choices)
    rows: dict[tuple[Term, ...], None] = {base: None}
    longest = max((len(each) for each in choices), default=0)
    for step in range(1, longest):
        for place, each in enumerate(choices):
            if step < len(each):
                varied = (*base[:place], each[step], *base[place + 1 :])
                rows[varied] = None
        together = tuple(each[step % len(each)] for each in choices)
        rows[together] = None
    return list(rows)[:limit]
