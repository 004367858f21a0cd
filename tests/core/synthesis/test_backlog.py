"""Which mutants run again after a VM was lost, and which verdicts stand."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from testgen.synthesis.backlog import Backlog, Lost

Vm = Callable[[tuple[int, ...]], tuple[list[int], Lost | None]]
"""What happens to a group of mutants: those with a verdict, and how the VM was lost."""


def _run(mutants: list[int], vm: Vm, *, vms: int = 200) -> tuple[list[int], list[int], list[int]]:
    """Mutants that were settled, that were blamed, and that are left, as a workbench does it."""
    backlog, stood, blamed, fresh = Backlog(mutants), list[int](), list[int](), False
    for _ in range(vms):
        lost = None
        while backlog and lost is None:
            group = backlog.take()
            seen, lost = vm(group)
            settled = backlog.settle(group, seen, lost, was_fresh=fresh)
            stood += sorted(settled.stand)
            blamed += [settled.blamed] if settled.blamed is not None else []
            fresh = False
        if lost is None:
            break
        fresh = True
    return stood, blamed, backlog.left


def test_suspects_run_again_by_halves_and_what_was_not_reached_after_them() -> None:
    backlog = Backlog([1, 2, 3, 4, 5, 6])
    lost = Lost(reason="drift", suspects=frozenset({2, 3, 4}))
    settled = backlog.settle(backlog.take(), [1, 2, 3, 4], lost, was_fresh=False)
    assert settled.stand == {1}
    assert [backlog.take() for _ in range(3)] == [(2, 3), (4,), (5, 6)]
    assert not backlog


def test_the_first_verdict_of_a_fresh_vm_stands_although_it_poisons_the_vm() -> None:
    backlog = Backlog([1, 2])
    lost = Lost(reason="drift", suspects=frozenset({1, 2}))
    assert backlog.settle(backlog.take(), [1, 2], lost, was_fresh=True).stand == {1}
    assert backlog.left == [2]


def test_a_mutant_that_ends_two_vms_is_blamed_and_the_others_go_on() -> None:
    def vm(group: tuple[int, ...]) -> tuple[list[int], Lost | None]:
        if 2 in group:
            return list(group[: group.index(2)]), Lost(reason="memory", ended=True)
        return list(group), None

    assert _run([1, 2, 3, 4], vm) == ([1, 3, 4], [2], [])


def test_a_verdict_that_was_suspect_when_the_vm_ended_is_asked_for_again() -> None:
    backlog = Backlog([1, 2, 3])
    lost = Lost(reason="exited", suspects=frozenset({2}), ended=True)
    assert backlog.settle(backlog.take(), [1, 2], lost, was_fresh=False).stand == {1}
    assert sorted(backlog.left) == [2, 3]


@given(
    num=st.integers(min_value=1, max_value=30),
    poisons=st.sets(st.integers(min_value=0, max_value=29)),
    deadly=st.sets(st.integers(min_value=0, max_value=29)),
)
def test_every_mutant_is_settled_exactly_once(num: int, poisons: set[int], deadly: set[int]) -> None:
    def vm(group: tuple[int, ...]) -> tuple[list[int], Lost | None]:
        ran: list[int] = []
        for mutant in group:
            if mutant in deadly:
                return ran, Lost(reason="killed", ended=True)
            ran.append(mutant)
        drifted = [mutant for mutant in ran if mutant in poisons]
        suspects = ran[ran.index(drifted[0]) :] if drifted else []
        return ran, Lost(reason="drift", suspects=frozenset(suspects)) if drifted else None

    stood, blamed, left = _run(list(range(num)), vm)
    assert sorted(stood + blamed) == list(range(num))
    assert set(blamed) == deadly & set(range(num))
    assert left == []


def test_nothing_is_lost_when_there_are_too_few_vms() -> None:
    poisoned = Lost(reason="drift", suspects=frozenset(range(8)))
    stood, blamed, left = _run(list(range(8)), lambda group: (list(group), poisoned), vms=3)
    assert sorted(stood + blamed + left) == list(range(8))
    assert left
