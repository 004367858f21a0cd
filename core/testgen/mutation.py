"""What a mutation run is made of: mutants, what became of each, and the scores that follow.

Values only. Mutants are made and run by the Elixir side; how a run is driven is in `testgen.scoring`, how a
report is printed in its report modules. The score counts as Stryker does; the strict score, shown beside it
always, counts only mutants that a failing test killed.
(https://stryker-mutator.io/docs/mutation-testing-elements/mutant-states-and-metrics/)

Positions are 1-based, count codepoints (as Elixir's own columns do) and exclude their end:

    source:    def total(a, b), do: a + b        mutant of `a + b`: start 1:22, end 1:27
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Outcome(str, Enum):
    """What became of a mutant; the values are those of the agent's protocol, then two that never reach it."""

    KILLED = "killed"
    """A test that passes on the original failed."""
    TIMEOUT = "timeout"
    """A test ran past its limit of time or reductions: detected, but by no assertion."""
    SURVIVED = "survived"
    """Every covering test passed."""
    NO_COVERAGE = "no_coverage"
    """No test reaches the mutated code."""
    INVALID = "invalid"
    """The mutated code does not compile: says nothing about the tests and is left out of the score."""
    IGNORED = "ignored"
    """Not run on purpose: pruned as equivalent, outside the changed lines, or not in the sample."""
    PENDING = "pending"
    """Not run because the run was interrupted."""

    @property
    def detected(self) -> bool:
        return self in (Outcome.KILLED, Outcome.TIMEOUT)

    @property
    def scored(self) -> bool:
        """Whether the mutant counts in the score's denominator."""
        return self.detected or self in (Outcome.SURVIVED, Outcome.NO_COVERAGE)


class Strategy(str, Enum):
    """How a mutant is put in place: switched within one build, or recompiled in memory."""

    SWITCH = "switch"
    RECOMPILE = "recompile"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a source file: 1-based line, and 1-based column in codepoints."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to a module's source."""

    id: int
    """Number within one build; use `key` to compare builds."""
    key: str
    """Stable name within a source: operator, place and ordinal, as `comparison.lt_lte@14:8#0`."""
    operator: str
    group: str
    module: str
    function: str | None
    """`name/arity`, or None outside functions."""
    start: Position
    end: Position
    original: str
    replacement: str
    strategy: Strategy = Strategy.SWITCH

    @classmethod
    def from_wire(cls, data: Mapping[str, Any]) -> Mutant:
        """The mutant described by a map of the agent's protocol."""
        return cls(
            id=data["id"],
            key=data["key"],
            operator=data["operator"],
            group=data["group"],
            module=data["module"],
            function=data.get("function"),
            start=Position(*data["start"]),
            end=Position(*data["end"]),
            original=data["original"],
            replacement=data["replacement"],
            strategy=Strategy(data.get("strategy", "switch")),
        )

    def touches(self, first: int, last: int) -> bool:
        """Whether any line of the mutated code lies in the lines `first`..`last`, both included."""
        return self.start.line <= last and first <= self.last_line

    @property
    def last_line(self) -> int:
        """The last line with mutated code on it; an end at column 1 belongs to the line before."""
        ends_before = self.end.column == 1 and self.end.line > self.start.line
        return self.end.line - 1 if ends_before else self.end.line

    def apply(self, source: str) -> str:
        """`source` with the mutation in it."""
        lines = source.split("\n")
        head = "\n".join([*lines[: self.start.line - 1], lines[self.start.line - 1][: self.start.column - 1]])
        tail = "\n".join([lines[self.end.line - 1][self.end.column - 1 :], *lines[self.end.line :]])
        return head + self.replacement + tail

    def diff(self, source: str, *, context: int = 0) -> list[str]:
        """The lines that the mutation removes (`-`), adds (`+`) and `context` lines around them (` `)."""
        before = [line.rstrip("\r") for line in source.split("\n")]
        after = [line.rstrip("\r") for line in self.apply(source).split("\n")]
        changed = list(difflib.unified_diff(before, after, lineterm="", n=context))
        return [line for line in changed[2:] if not line.startswith("@@")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteTest:
    """One test of the suite that mutants run against, and how it did on the original."""

    id: str
    name: str
    file: str
    line: int
    module: str = ""
    describe: str | None = None
    status: str = "passed"
    duration_us: int = 0

    @classmethod
    def from_wire(cls, data: Mapping[str, Any], baseline: Mapping[str, Any] | None = None) -> SuiteTest:
        """The test described by `load_tests`, with its line of the `baseline` where there is one.

        Its id is its full name, the same in every VM, where the agent numbers tests as they are loaded.
        """
        ran = baseline or {}
        return cls(
            id=f"{data['module']} {data['name']}",
            name=data["name"],
            file=data["file"],
            line=data.get("line") or 1,
            module=data["module"],
            describe=data.get("describe"),
            status=ran.get("status", "passed"),
            duration_us=ran.get("duration_us") or 0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """A mutant together with what became of it."""

    mutant: Mutant
    outcome: Outcome
    killed_by: tuple[str, ...] = ()
    covered_by: tuple[str, ...] = ()
    message: str | None = None
    """The failing test's message, the compiler's, or why the mutant was not run."""
    duration_us: int = 0
    fresh_vm: bool = False
    """The verdict needed a VM of its own, because another mutant left the shared one changed."""
    cached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEstimate:
    """What a sample says about the score of all mutants: a 95% interval, as fractions."""

    size: int
    population: int
    seed: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Where the time of a run went, in seconds of wall clock."""

    setup_s: float = 0.0
    """Starting the VM, compiling the project, building the mutants, loading the tests."""
    baseline_s: float = 0.0
    mutants_s: float = 0.0
    busy_s: float = 0.0
    """What the VMs together spent on mutants; more than `mutants_s` where several ran at a time."""
    total_s: float = 0.0
    phases_s: Mapping[str, float] = field(default_factory=dict)
    """Finer steps, by name."""

    @property
    def speed_up(self) -> float:
        """How many times faster than in one VM the mutants ran, as far as busy VMs tell; at least 1."""
        return max(1.0, self.busy_s / self.mutants_s) if self.mutants_s > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts by outcome, and the two scores; both are None when no mutant counts."""

    counts: Mapping[Outcome, int]

    @classmethod
    def of(cls, results: Iterable[MutantResult]) -> Score:
        counts = dict.fromkeys(Outcome, 0)
        for result in results:
            counts[result.outcome] += 1
        return cls(counts=counts)

    @property
    def scored(self) -> int:
        """The number of mutants that count."""
        return sum(count for outcome, count in self.counts.items() if outcome.scored)

    @property
    def value(self) -> float | None:
        """(killed + timeout) / (killed + timeout + survived + no coverage)."""
        detected = self.counts[Outcome.KILLED] + self.counts[Outcome.TIMEOUT]
        return detected / self.scored if self.scored else None

    @property
    def strict(self) -> float | None:
        """killed / (killed + timeout + survived + no coverage)."""
        return self.counts[Outcome.KILLED] / self.scored if self.scored else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """Everything one run found out about one source file."""

    file: str
    """Path of the source, relative to the project's root."""
    source: str
    results: tuple[MutantResult, ...]
    tests: tuple[SuiteTest, ...] = ()
    test_sources: Mapping[str, str] = field(default_factory=dict)
    """Source of each test file, by its path relative to the project's root."""
    project_root: str = ""
    engine: str = "builtin"
    versions: Mapping[str, str] = field(default_factory=dict)
    timings: Timings = field(default_factory=Timings)
    jobs: int = 1
    num_vms: int = 1
    """VMs started in all, the fresh ones after a poisoned or dead one included."""
    peak_bytes: int = 0
    """The most resident memory that the VMs together were seen to have, each at its own peak."""
    sample: SampleEstimate | None = None
    changed_since: str | None = None
    interrupted: bool = False
    from_cache: bool = False
    notes: tuple[str, ...] = ()
    """Sentences that a reader of the result must know, such as functions that fell back to recompiling."""

    @property
    def score(self) -> float | None:
        return Score.of(self.results).value

    @property
    def strict_score(self) -> float | None:
        return Score.of(self.results).strict

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)

    def with_outcome(self, *outcomes: Outcome) -> list[MutantResult]:
        """The results that have one of `outcomes`, in source order."""
        found = [result for result in self.results if result.outcome in outcomes]
        return sorted(found, key=lambda result: (result.mutant.start, result.mutant.id))

    @property
    def survivors(self) -> list[MutantResult]:
        """Mutants that nothing detected, those without coverage included, in source order."""
        return self.with_outcome(Outcome.SURVIVED, Outcome.NO_COVERAGE)

    @property
    def fresh_vm_share(self) -> float:
        """The share of run mutants whose verdict needed a fresh VM."""
        ran = [result for result in self.results if result.outcome.scored]
        return sum(result.fresh_vm for result in ran) / len(ran) if ran else 0.0
