"""Compares a suite's results before and after its project's modules were switched."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.switching.suite import SuiteRun, SwitchedFile

_EXCERPT = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A test that ended otherwise with the modules switched; `missing` where it was not reached."""

    test: str
    plain: str
    switched: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One repository's part of the study."""

    repository: str
    commit: str
    files: list[SwitchedFile]
    tests: int
    unsteady: list[str]
    """Tests that two plain runs, or two switched ones, told apart: of time or chance, not compared."""
    differences: list[Difference]
    plain_s: float
    switched_s: float

    @property
    def compared(self) -> int:
        """Tests with one steady plain result."""
        return self.tests - len(self.unsteady)

    @property
    def same(self) -> int:
        """Compared tests that ended as before."""
        return self.compared - len(self.differences)

    @property
    def built(self) -> list[SwitchedFile]:
        """Files whose switched build compiled and was loaded."""
        return [file for file in self.files if file.status == "ok"]

    @property
    def with_modules(self) -> list[SwitchedFile]:
        """Files that hold a module at all."""
        return [file for file in self.files if file.status != "no_module"]


def compare(
    *,
    repository: str,
    commit: str,
    plain: tuple[SuiteRun, SuiteRun],
    switched: tuple[SuiteRun, SuiteRun],
) -> Comparison:
    """Tests are matched by module and name; those that differ between runs of one kind are set aside."""
    first, second = switched
    unsteady = [name for name in plain[0].tests if not (_steady(plain, name) and _steady(switched, name))]
    differences = [
        Difference(
            test=name, plain=result.status, switched=_status(first, name), message=_message(first, name)
        )
        for name, result in plain[0].tests.items()
        if name not in unsteady and _status(first, name) != result.status
    ]
    return Comparison(
        repository=repository,
        commit=commit,
        files=first.files,
        tests=len(plain[0].tests),
        unsteady=unsteady,
        differences=differences,
        plain_s=round(min(run.seconds for run in plain), 1),
        switched_s=round(min(first.seconds, second.seconds), 1),
    )


def changed(plain: SuiteRun, switched: SuiteRun) -> bool:
    """Whether any test ended otherwise."""
    return any(_status(switched, name) != result.status for name, result in plain.tests.items())


def _steady(runs: tuple[SuiteRun, SuiteRun], test: str) -> bool:
    return _status(runs[0], test) == _status(runs[1], test)


def _status(run: SuiteRun, test: str) -> str:
    return run.tests[test].status if test in run.tests else "missing"


def _message(run: SuiteRun, test: str) -> str:
    return run.tests[test].message[:_EXCERPT] if test in run.tests else run.output[-_EXCERPT:]
