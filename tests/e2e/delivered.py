"""What a delivered suite must be, judged by the project's own tools: Mix, ExUnit and the formatter."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.command_line import run_process

SEEDS = (0, 1, 7, 4711, 900_000)


def assert_deliverable(root: Path, *suites: Path) -> None:
    """Suites below `root` compile without a warning, are formatted, and pass with five seeds."""
    names = [str(suite.relative_to(root)) for suite in suites]
    formatted = run_process(["mix", "format", "--check-formatted", *names], cwd=root)
    assert formatted.exit_code == 0, formatted.output
    for seed in SEEDS:
        tests = run_process(["mix", "test", "--seed", str(seed), *names], cwd=root, timeout_s=300)
        assert tests.exit_code == 0, tests.output
        assert "warning:" not in tests.output, tests.output
        assert "0 failures" in tests.stdout, tests.output


def removed_lines(before: str, after: str) -> list[str]:
    """Lines of `before` that `after` no longer has where they were."""
    difference = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line[2:] for line in difference if line.startswith("- ")]


def names_of_tests(suite: str) -> list[str]:
    """The names in `test "..."` lines, in order."""
    lines = (line.strip() for line in suite.splitlines())
    return [line.split('"')[1] for line in lines if line.startswith('test "')]
