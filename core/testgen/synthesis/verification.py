"""The last word on a rendered file: compiled and run for real, with several seeds, async and not, and its
kills confirmed.

What does not compile, fails once, or kills nothing is named here and never delivered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from testgen.synthesis.answers import LoadedTest, Warned
from testgen.synthesis.cases import TestCase
from testgen.synthesis.workbench import Workbench

SEEDS = (0, 1, 42, 1234, 987_654)
MORE_SEEDS = (*SEEDS, *range(100, 120))
"""For tests that share state: one order in which they fail is easily missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What running the whole file showed."""

    errors: tuple[str, ...] = ()
    """Why the file does not load; then nothing else is known."""
    warnings: tuple[Warned, ...] = ()
    """What the compiler warned of; then only `tests` are known besides."""
    failures: Mapping[str, str] = frozenset()  # type: ignore[assignment]
    """Test id to what it said, for tests that failed in any run."""
    kills: Mapping[str, frozenset[int]] = frozenset()  # type: ignore[assignment]
    """Test id to the mutants it kills."""
    outcomes: Mapping[int, str] = frozenset()  # type: ignore[assignment]
    """Mutant to its status with the whole file."""
    tests: tuple[LoadedTest, ...] = ()


def verify(
    bench: Workbench,
    source: str,
    name: str,
    mutants: Sequence[int],
    *,
    run_async: bool,
    kills: bool = True,
    tolerated: AbstractSet[str] = frozenset(),
) -> Verdict:
    """Runs the file. With failures, or warnings that are not tolerated, mutants are not run: the file has to
    change first.
    """
    tests, errors, warnings = bench.load_tests(sources=[(name, source)])
    if errors:
        return Verdict(errors=errors)
    if unheard := tuple(each for each in warnings if each.message not in tolerated):
        return Verdict(warnings=unheard, tests=tests)
    baseline = bench.baseline()
    failures = {id_: run.message for id_, run in baseline.items() if run.status not in ("passed", "skipped")}
    failures |= bench.run_tests(SEEDS if run_async else MORE_SEEDS, run_async=False)
    if run_async and not failures:
        failures |= bench.run_tests(SEEDS, run_async=True)
    if failures or not kills:
        return Verdict(failures=failures, tests=tests)
    return _with_kills(bench, mutants, tests)


def _with_kills(bench: Workbench, mutants: Sequence[int], tests: tuple[LoadedTest, ...]) -> Verdict:
    killed: dict[str, set[int]] = {}
    outcomes: dict[int, str] = {}
    for mutant, status, killers in bench.run_mutants(mutants):
        outcomes[mutant] = status
        for test in killers:
            killed.setdefault(test, set()).add(mutant)
    return Verdict(
        failures={},
        kills={test: frozenset(each) for test, each in killed.items()},
        outcomes=outcomes,
        tests=tests,
    )


def ids_of(case: TestCase, module: str, tests: Sequence[LoadedTest]) -> list[str]:
    """Ids under which a case was loaded."""
    wanted = f"{case.describe} {case.name}"
    return [
        test.id
        for test in tests
        if test.module.removeprefix("Elixir.") == module
        and (test.name.removeprefix("test ") in (wanted, case.name) and test.describe in ("", case.describe))
    ]
