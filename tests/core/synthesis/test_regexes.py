"""Texts made from a regex must match it, and what cannot be read must give none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.synthesis.regexes import texts

_PYTHON = ((r"\z", r"\Z"), ("(?<year>", "(?P<year>"), (r"\k<year>", "(?P=year)"), (r"\R", "\n"))


def _as_python(regex: str) -> str:
    for pcre, python in _PYTHON:
        regex = regex.replace(pcre, python)
    return regex


@pytest.mark.parametrize(
    "regex",
    [
        r"^(?:\+|00)([1-9]\d{0,2})[\s/-]?([\d\s/-]{4,14})$",
        r"^[\w.+-]+@[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]+$",
        r"(?i)\bext\.?\s*(\d{1,4})\b",
        r"\A\d{4}-\d{2}-\d{2}\z",
        r"(['\"]).*?\1",
        r"(?<year>\d+)-\k<year>",
        r"#\{(\w+)\}",
        r"[^,\]]+",
        r"one|two|thre{2}",
        r"^\s*$",
        r"a\Rb",
        r"[]a]+[a-]",
    ],
)
def test_every_text_matches(regex: str) -> None:
    found = texts(regex)
    assert found
    assert all(re.search(_as_python(regex), each) for each in found), found


def test_alternatives_and_lengths_vary() -> None:
    assert {"one", "two"} <= set(texts("one|two"))
    assert len({len(each) for each in texts(r"\d+")}) > 2


def test_repetitions_stay_within_their_bounds() -> None:
    assert {len(each) for each in texts("a{2,3}")} == {2, 3}


@pytest.mark.parametrize("regex", ["(a", "a)", "[a", "x\\"])
def test_what_cannot_be_read_gives_none(regex: str) -> None:
    assert texts(regex) == []


@given(st.text(alphabet=r"ab1\d\w[]()|*+?{},^$.-<>:=!kP", max_size=14))
def test_no_source_makes_it_fail(regex: str) -> None:
    assert len(texts(regex)) <= 6
