"""Dates and times worth trying."""

from __future__ import annotations

from testgen.synthesis.calendar import moments
from testgen.synthesis.type_tree import TypeField

_HOUR = {"key_source": ":hour", "value": {"t": "integer", "near": ["8", "17"]}}


def test_dates_hold_a_leap_day_and_a_weekend() -> None:
    found = [each.source for each in moments("Date")]
    assert found[0] == "~D[2024-02-29]"
    assert "~D[2024-03-09]" in found


def test_another_argument_begins_with_another_date() -> None:
    assert moments("Date", position=1)[0] != moments("Date", position=0)[0]


def test_hours_that_the_code_compares_with_come_with_their_neighbours() -> None:
    found = [each.source for each in moments("NaiveDateTime", [TypeField.from_wire(_HOUR)])]
    assert {f"~N[2024-02-29 {hour}:30:45]" for hour in ("08", "07", "09", "17", "18")} <= set(found)


def test_a_day_that_a_month_lacks_is_left_out() -> None:
    day = {"key_source": ":day", "value": {"t": "integer", "near": ["31"]}}
    found = [each.source for each in moments("Date", [TypeField.from_wire(day)])]
    assert "~D[2024-03-31]" in found
    assert "~D[2024-02-31]" not in found
