"""The second scorer gives the verdict that a person would give by editing the file and running `mix test`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.verdicts.fresh_vm import FreshVm, MutantText, Verdict
from benchmarks.verdicts.subjects import PROJECTS, Subject, subjects

CART = Subject(project="cart", source="lib/shop/cart.ex", suite="test/shop/cart_test.exs")


@pytest.fixture(scope="module")
def machine(elixir: Path) -> Iterator[FreshVm]:
    with FreshVm.copied("cart") as machine:
        yield machine


@pytest.mark.parametrize(
    ("original", "replacement", "verdict"),
    [
        ("price * quantity", "price + quantity", Verdict.KILLED),
        ("price * quantity", "quantity * price", Verdict.SURVIVED),
        ("price * quantity", "prize * quantity", Verdict.INVALID),
        ("&elem(&1, 2)", "&Process.sleep(&1 && :infinity)", Verdict.TIMEOUT),
    ],
)
def test_a_mutant_is_judged_by_its_source(
    original: str, replacement: str, verdict: Verdict, machine: FreshVm
) -> None:
    source = (PROJECTS / CART.project / CART.source).read_text()
    assert source.count(original) == 1
    assert machine.judge(CART, source.replace(original, replacement)) is verdict
    assert machine.judge(CART, source) is Verdict.SURVIVED


def test_a_position_counts_utf16_units() -> None:
    mutant = MutantText(
        subject=CART,
        key="arithmetic.add_sub@1:6#0",
        operator="arithmetic.add_sub",
        location={"start": {"line": 2, "column": 5}, "end": {"line": 2, "column": 6}},
        replacement="-",
        switched=Verdict.KILLED,
        recompiled=False,
        fresh_vm=False,
    )
    assert mutant.apply('first\n"😀"+1\n') == 'first\n"😀"-1\n'


def test_most_subjects_are_ordinary_and_enough_hold_state() -> None:
    all_subjects = list(subjects())
    assert len(all_subjects) >= 25
    assert sum(subject.stateful for subject in all_subjects) == 10
