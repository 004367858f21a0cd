"""Adds up what `mix test` and pytest reported, so that `scripts/test` can close with one line for both.

It counts nothing itself: the numbers are those in ExUnit's closing line and in pytest's JUnit file. A runner
that left no such line (it crashed, or did not compile) counts as one failure.
"""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

_EXUNIT = re.compile(r"^(?:\d+ \w+, )+\d+ failures?.*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Tests by how they ended; `total` includes the skipped ones."""

    passed: int
    failed: int
    skipped: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            passed=self.passed + other.passed,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


CRASHED = Tally(passed=0, failed=1, skipped=0)


def exunit(output: str) -> Tally:
    """The tally of ExUnit's last closing line, such as `3 doctests, 40 tests, 1 failure, 2 excluded`."""
    lines = list(_EXUNIT.finditer(output))
    if not lines:
        return CRASHED
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", lines[-1].group())}

    def count(*words: str) -> int:
        return sum(counts.get(word, 0) for word in words)

    failed = count("failure", "failures") + count("invalid")
    skipped = count("excluded") + count("skipped")
    ran = count("test", "tests") + count("doctest", "doctests") + count("property", "properties")
    return Tally(passed=ran - failed - skipped, failed=failed, skipped=skipped)


def junit(path: Path) -> Tally:
    """The tally of pytest's JUnit file."""
    if not path.exists():
        return CRASHED
    suites = list(ElementTree.parse(path).getroot().iter("testsuite"))

    def count(attribute: str) -> int:
        return sum(int(suite.get(attribute, "0")) for suite in suites)

    failed, skipped = count("failures") + count("errors"), count("skipped")
    return Tally(passed=count("tests") - failed - skipped, failed=failed, skipped=skipped)


def main(elixir_output: str, python_report: str) -> int:
    """Prints the sum as the last line; 1 where anything failed."""
    total = exunit(Path(elixir_output).read_text(encoding="utf-8")) + junit(Path(python_report))
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
