"""The line that closes `scripts/test` adds up what the two runners said."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import summary
from scripts.summary import Tally


@pytest.mark.parametrize(
    ("line", "tally"),
    [
        ("12 tests, 0 failures", Tally(passed=12, failed=0, skipped=0)),
        ("1 test, 1 failure", Tally(passed=0, failed=1, skipped=0)),
        ("3 doctests, 2 properties, 40 tests, 1 failure", Tally(passed=44, failed=1, skipped=0)),
        ("10 tests, 0 failures, 2 excluded, 3 skipped", Tally(passed=5, failed=0, skipped=5)),
        ("5 tests, 0 failures, 5 invalid", Tally(passed=0, failed=5, skipped=0)),
        ("2 doctests, 0 failures", Tally(passed=2, failed=0, skipped=0)),
    ],
)
def test_the_closing_line_of_exunit_is_read(line: str, tally: Tally) -> None:
    assert summary.exunit(f"....\nFinished in 0.1 seconds\n{line}\n\nRandomized with seed 0\n") == tally


def test_an_exunit_run_that_ended_without_a_closing_line_counts_as_a_failure() -> None:
    assert summary.exunit("== Compilation error in file lib/a.ex ==\n") == summary.CRASHED


def test_a_python_run_that_left_no_report_counts_as_a_failure(tmp_path: Path) -> None:
    assert summary.junit(tmp_path / "none.xml") == summary.CRASHED


def test_failures_and_errors_of_pytest_are_failures(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="9" failures="1" errors="2" skipped="3"/></testsuites>')
    assert summary.junit(report) == Tally(passed=3, failed=3, skipped=3)


def test_the_sum_is_the_last_line_and_the_exit_status_tells_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elixir.txt").write_text("4 tests, 0 failures\n")
    (tmp_path / "python.xml").write_text('<testsuite tests="5" failures="1" errors="0" skipped="1"/>')
    assert summary.main(str(tmp_path / "elixir.txt"), str(tmp_path / "python.xml")) == 1
    assert capsys.readouterr().out == "7 passed, 1 failed, 1 skipped\n"
