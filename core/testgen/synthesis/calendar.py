"""Dates and times that tell calendars apart: leap days, ends of months and years, weekends, ends of a day.

Written as sigils. Where the code compares a field with a number (`at.hour in 8..17`), that number and its
neighbours come first.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from testgen.synthesis.reader import read
from testgen.synthesis.terms import Int, Raw
from testgen.synthesis.type_tree import TypeField

_MOMENTS = tuple(
    map(
        datetime.datetime.fromisoformat,
        (
            "2024-02-29T12:30:45",
            "2024-03-09T08:00:00",
            "2024-01-01T00:00:00",
            "2023-12-31T23:59:59",
            "2024-03-08T09:15:00",
            "2024-03-10T18:00:00",
            "2024-06-15T17:45:30",
            "2024-03-11T12:00:00",
            "2023-02-28T06:05:00",
            "2025-11-30T20:20:20",
        ),
    )
)
"""A leap day, then a Saturday, the first and the last of a year, a Friday, a Sunday, …"""
_FORMS = {
    "Date": ("~D[{}]", "%Y-%m-%d"),
    "Time": ("~T[{}]", "%H:%M:%S"),
    "NaiveDateTime": ("~N[{}]", "%Y-%m-%d %H:%M:%S"),
    "DateTime": ("~U[{}Z]", "%Y-%m-%d %H:%M:%S"),
}
KINDS = frozenset(_FORMS)
"""Modules of the calendar that values are made of here."""


def moments(module: str, fields: Sequence[TypeField] = (), position: int = 0) -> list[Raw]:
    """Values of a calendar module; at later positions they begin with another, so that two differ."""
    form, layout = _FORMS[module]
    turned = [*_MOMENTS[position % 3 :], *_MOMENTS[: position % 3]]
    wanted = [turned[0], *_near(fields, turned), *turned[1:]]
    return [Raw(form.format(each.strftime(layout))) for each in dict.fromkeys(wanted)]


def _near(fields: Sequence[TypeField], among: Sequence[datetime.datetime]) -> Iterator[datetime.datetime]:
    for field in fields:
        name = field.key.lstrip(":")
        values = [term.value for term in map(read, field.value.near) if isinstance(term, Int)]
        for value in dict.fromkeys(near for each in values for near in (each, each - 1, each + 1)):
            yield from (found for base in among[:2] if (found := _with(base, name, value)))


def _with(base: datetime.datetime, name: str, value: int) -> datetime.datetime | None:
    if name not in ("year", "month", "day", "hour", "minute", "second"):
        return None
    try:
        return base.replace(**{name: value})  # type: ignore[arg-type]
    except ValueError:
        return None
