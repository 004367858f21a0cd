from __future__ import annotations

import io

import pytest

from testgen import progress
from testgen.progress import LiveProgress, PlainProgress, for_stderr


def test_plain_progress_is_a_line_for_each_step_and_its_end() -> None:
    stream = io.StringIO()
    told = PlainProgress(stream)
    told.phase("making mutants")
    told.phase("running mutants", 3)
    told.advance(1, {"killed": 1, "survived": 0})
    told.advance(3, {"killed": 2, "survived": 1})
    told.warn("look out")
    assert stream.getvalue().splitlines() == [
        "making mutants",
        "running mutants (0/3)",
        "running mutants (3/3, 2 killed, 1 survived)",
        "warning: look out",
    ]


def test_plain_progress_speaks_up_now_and_then_within_a_long_step(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    clock = iter([0.0, 1.0, 6.0, 7.0, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    told = PlainProgress(stream)
    told.phase("running candidates")
    for done in range(1, 5):
        told.advance(done)
    assert stream.getvalue().splitlines() == [
        "running candidates",
        "running candidates (2)",
        "running candidates (4)",
    ]


def test_a_pipe_gets_plain_lines() -> None:
    assert isinstance(for_stderr(), PlainProgress)  # pytest captures stderr


def test_the_live_bar_survives_steps_without_a_total_and_markup_in_names() -> None:
    told = LiveProgress()
    told.advance(1)
    told.phase("reading [bold]lib[/]")
    told.phase("running mutants", 2)
    told.advance(2, {"killed": 2})
    told.warn("[red]no markup[/red]")
    told.close()
