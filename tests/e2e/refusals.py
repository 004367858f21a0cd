"""What every refusal of a command must be: said once, with a next step and an exit status of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testgen.exit_code import ExitCode
from tests.command_line import Finished
from tests.project_copies import snapshot


def assert_refused(run: Finished, exit_code: ExitCode, *phrases: str) -> None:
    """`run` ended with `exit_code`, said each of `phrases` once, named a next step, no traceback."""
    assert run.exit_code == exit_code, run.output
    assert run.stdout == "", run.output
    for phrase in phrases:
        assert run.stderr.count(phrase) == 1, f"{phrase!r} is not there exactly once\n{run.output}"
    assert re.search(r"^(Next:|Usage:)", run.stderr, re.MULTILINE), run.output
    for trace in ("Traceback (most recent call last)", "A bug in testgen", "** (EXIT", "(stdlib "):
        assert trace not in run.stderr, run.output


@contextmanager
def untouched(*roots: Path, without: tuple[str, ...] = ()) -> Iterator[None]:
    """Whatever happens inside, all files and folders under `roots` stay as they are, times and modes too."""
    before = [snapshot(root, without=without) for root in roots]
    yield
    for root, seen in zip(roots, before, strict=True):
        now = snapshot(root, without=without)
        changed = sorted(path for path in {*seen, *now} if seen.get(path) != now.get(path))
        assert changed == [], f"changed under {root}"
