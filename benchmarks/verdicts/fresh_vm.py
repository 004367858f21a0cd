"""The second scorer: the mutant's source text, compiled by Mix and tested by `mix test` in a VM of its own.

Knows nothing of switching, coverage, limits or restoring state. Shares with `testgen score` only the text of
the mutant, taken from the report it wrote. A run is ended when it is too slow or too large; a single test's
limit is ExUnit's own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import psutil

from benchmarks.verdicts.subjects import PROJECTS, Subject

_TEST_LIMIT_MS = 5_000
_RUN_LIMIT_S = 60
_MEMORY_LIMIT_BYTES = 1_500 * 2**20
_TALLY = re.compile(r"^\d+ (?:doctests?|propert(?:y|ies)|tests?)\b.*?\b(\d+) failures?\b", re.MULTILINE)
"""ExUnit's last line: `2 doctests, 5 tests, 1 failure, 1 excluded`."""
_LONG_AGO = time.time() - 7 * 86_400
_EARLIER = time.time() - 3_600


class Verdict(str, Enum):
    """What a run of the suite says of a mutant."""

    KILLED = "killed"
    TIMEOUT = "timeout"
    SURVIVED = "survived"
    INVALID = "invalid"

    @property
    def kind(self) -> str:
        """Killed and timeout are both detected: their limits differ between the two scorers."""
        return "detected" if self in (Verdict.KILLED, Verdict.TIMEOUT) else self.value


@dataclass(frozen=True, kw_only=True, slots=True)
class MutantText:
    """A mutant as Stryker's schema describes it, and what the switched VM said of it."""

    subject: Subject
    key: str
    operator: str
    location: Mapping[str, Mapping[str, int]]
    replacement: str
    switched: Verdict
    recompiled: bool
    fresh_vm: bool
    """Whether `testgen score` fell back to a VM of its own for it."""

    def apply(self, source: str) -> str:
        """The source with the mutation. The schema's columns are 1-based and count UTF-16 units."""
        start, end = (_offset(source, self.location[edge]) for edge in ("start", "end"))
        return source[:start] + self.replacement + source[end:]


def _offset(source: str, position: Mapping[str, int]) -> int:
    """Index of a position in the text.

    `😀+` at column 3 is the plus: the face counts two units.
    """
    lines = source.split("\n")
    before = sum(len(line) + 1 for line in lines[: position["line"] - 1])
    units, index = 0, 0
    line = lines[position["line"] - 1] if position["line"] <= len(lines) else ""
    while units < position["column"] - 1 and index < len(line):
        units += 2 if ord(line[index]) > 0xFFFF else 1
        index += 1
    return before + index


class FreshVm:
    """A compiled project in which one mutant after the other is tested; its files get old dates."""

    def __init__(self, root: Path) -> None:
        """`root` is a copy that may be changed, its `mix.exs` directly in it. Compiles it for tests."""
        self.root = root
        self._age_sources()
        self._mix("compile", {"MIX_ENV": "test"})
        self._age_manifests()

    @classmethod
    @contextmanager
    def copied(cls, project: str) -> Iterator[FreshVm]:
        """On a copy of a fixture project, removed afterwards."""
        with tempfile.TemporaryDirectory(prefix="verdicts-") as folder:
            root = Path(folder, project)
            shutil.copytree(PROJECTS / project, root, ignore=shutil.ignore_patterns("_build", "deps"))
            yield cls(root)

    def judge(self, subject: Subject, source: str) -> Verdict:
        """The verdict of the subject's suite on this source text."""
        path = self.root / subject.source
        original = path.read_bytes()
        path.write_text(source, encoding="utf-8", newline="")
        try:
            return self._test(subject.suite)
        finally:
            path.write_bytes(original)
            self._age_manifests()

    def _test(self, suite: str) -> Verdict:
        exit_code, output = self._mix("test", {}, "--seed", "0", "--timeout", str(_TEST_LIMIT_MS), suite)
        if exit_code is None:
            return Verdict.TIMEOUT
        if exit_code == 0:
            return Verdict.SURVIVED
        if "== Compilation error in file lib/" in output:
            return Verdict.INVALID
        only_timeouts = output.count("(ExUnit.TimeoutError)") >= max(_failures(output), 1)
        return Verdict.TIMEOUT if only_timeouts else Verdict.KILLED

    def _mix(self, task: str, env: dict[str, str], *args: str) -> tuple[int | None, str]:
        """Runs a task; the exit status is None when it was ended for its time or memory."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                ["mix", task, *args],
                cwd=self.root,
                env={**os.environ, "NO_COLOR": "1", **env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            exit_code = _within_limits(process)
            output.seek(0)
            return exit_code, output.read().decode("utf-8", "replace")

    def _age_sources(self) -> None:
        """Mix compiles what is newer than its manifest, by the second: everything else has to be old."""
        for path in self.root.rglob("*"):
            os.utime(path, (_LONG_AGO, _LONG_AGO))

    def _age_manifests(self) -> None:
        for manifest in self.root.glob("_build/test/lib/*/.mix/compile.*"):
            os.utime(manifest, (_EARLIER, _EARLIER))


def _failures(output: str) -> int:
    """How many failures ExUnit counted, 0 where it did not get that far."""
    tallies = _TALLY.findall(output)
    return int(tallies[-1]) if tallies else 0


def _within_limits(process: subprocess.Popen[bytes]) -> int | None:
    deadline = time.monotonic() + _RUN_LIMIT_S
    while True:
        try:
            return process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline or _memory_bytes(process.pid) > _MEMORY_LIMIT_BYTES:
                os.killpg(process.pid, 9)
                process.wait()
                return None


def _memory_bytes(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def mutants_of(subject: Subject, report: Mapping[str, Any]) -> list[MutantText]:
    """The judged mutants of a report in Stryker's schema."""
    statuses = {
        "Killed": Verdict.KILLED,
        "Timeout": Verdict.TIMEOUT,
        "Survived": Verdict.SURVIVED,
        "NoCoverage": Verdict.SURVIVED,
        "CompileError": Verdict.INVALID,
    }
    found = [mutant for file in report["files"].values() for mutant in file["mutants"]]
    return [
        MutantText(
            subject=subject,
            key=mutant["id"],
            operator=mutant["mutatorName"],
            location=mutant["location"],
            replacement=mutant["replacement"],
            switched=statuses[mutant["status"]],
            recompiled=mutant["static"],
            fresh_vm="(in a fresh VM)" in mutant["description"],
        )
        for mutant in found
        if mutant["status"] in statuses
    ]
