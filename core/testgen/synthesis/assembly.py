"""From selected candidates to a verified text: cases, modules, additions, and rounds of verification until
all of it holds.

A test that fails when run for real is dropped and the file made anew; so is a test that kills nothing which
the rest of the file does not kill.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from testgen.synthesis.additions import ModuleOutline, add, blocks
from testgen.synthesis.answers import LoadedTest
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.cases import Chosen, TestCase, cases
from testgen.synthesis.examples import Examples
from testgen.synthesis.render import Frame, Suite, alias_line, render
from testgen.synthesis.report import DeliveredTest
from testgen.synthesis.selection import Choice, alone, select
from testgen.synthesis.subject import Subject, shares_state
from testgen.synthesis.verification import Verdict, ids_of
from testgen.synthesis.warned import mended, of_tests
from testgen.synthesis.workbench import Workbench

_ATTEMPTS = 7

Verify = Callable[..., Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text and what is known of it."""

    text: str
    tests: tuple[DeliveredTest, ...]
    outcomes: Mapping[int, str]
    dropped: int
    notes: tuple[str, ...] = ()
    failed: frozenset[int] = frozenset()
    """Candidates whose tests failed when the whole file ran."""


@dataclass(kw_only=True)
class _Part:
    """What one source module gets: a test module of its own, or additions to one that is there."""

    subjects: tuple[Subject, ...]
    outline: ModuleOutline | None
    frame: Frame
    cases: list[TestCase] = field(default_factory=list)
    examples: Examples | None = None

    @property
    def test_module(self) -> str:
        return self.outline.span.name if self.outline else f"{self.home}Test"

    @property
    def home(self) -> str:
        """The module that the test module is named for."""
        return self.subjects[0].home_module

    @property
    def is_empty(self) -> bool:
        return not self.cases and self.examples is None

    def suite(self) -> Suite:
        modules = [subject.module for subject in self.subjects]
        macros = {f.signature for m in modules for f in m.functions if f.kind in ("defmacro", "defguard")}
        shown = {full: short for subject in self.subjects for short, full in subject.aliases}
        return Suite(
            module=self.home,
            shown_as=shown.get(self.home, self.home),
            aliases=tuple(dict.fromkeys(pair for subject in self.subjects for pair in subject.aliases)),
            stubs=tuple(stub for subject in self.subjects for stub in subject.stubs),
            cases=tuple(self.cases),
            doctests=self.examples is not None,
            doctest_except=self.examples.failing if self.examples else (),
            requires=any(case.describe in macros for case in self.cases),
            use_async=all(case.isolated for case in self.cases) and not any(map(shares_state, self.subjects)),
            frame=self.frame,
        )


class Assembly:
    """The making of one test file."""

    def __init__(
        self,
        bench: Workbench,
        subjects: Sequence[Subject],
        *,
        outline: Sequence[ModuleOutline],
        before: str | None,
        target: Path,
        standalone: Path | None,
        examples: Mapping[str, Examples],
        frame: Frame | None = None,
    ) -> None:
        self._bench = bench
        self._before = before
        self._target = target
        self._standalone = standalone
        homes: dict[str, list[Subject]] = {}
        for subject in subjects:
            homes.setdefault(subject.home_module, []).append(subject)
        self._parts = [
            _Part(
                subjects=tuple(members),
                outline=_outline_for(home, outline),
                examples=examples.get(home),
                frame=frame or Frame(),
            )
            for home, members in homes.items()
        ]
        self._dropped = 0
        self._failed: set[int] = set()
        self._notes: list[str] = []
        self._tolerated: set[str] = set()
        """Warnings that none of the new tests is to blame for."""

    def verified(
        self,
        selected: Sequence[Chosen],
        mutants: Sequence[int],
        killed_before: frozenset[int],
        verify: Verify,
    ) -> Draft:
        """Renders and verifies until the whole file holds; what does not hold is gone from it."""
        for part in self._parts:
            taken = part.outline.taken_names() if part.outline else {}
            for subject in part.subjects:
                mine = [each for each in selected if each.candidate.module == subject.module.name]
                part.cases += cases(mine, subject.module, taken)
        return self._settled(mutants, killed_before, verify)

    def verified_cases(
        self,
        ready: Mapping[str, Sequence[TestCase]],
        mutants: Sequence[int],
        killed_before: frozenset[int],
        verify: Verify,
    ) -> Draft:
        """As `verified`, of test cases that are written already, by the name of the module they are about."""
        for part in self._parts:
            for subject in part.subjects:
                part.cases += ready.get(subject.module.name, ())
        return self._settled(mutants, killed_before, verify)

    def taken_names(self, module: str) -> dict[str, set[str]]:
        """Names that the existing tests of a module have, by describe."""
        part = next(p for p in self._parts if module in [s.module.name for s in p.subjects])
        return part.outline.taken_names() if part.outline else {}

    def _settled(self, mutants: Sequence[int], killed_before: frozenset[int], verify: Verify) -> Draft:
        self._drop_refused()
        for attempt in range(1, _ATTEMPTS + 1):
            if all(part.is_empty for part in self._parts):
                return self._nothing(killed_before)
            text = self._text()
            verdict = verify(
                self._bench,
                text,
                self._target.name,
                mutants,
                run_async=self._is_async(),
                tolerated=self._tolerated,
            )
            if verdict.errors:
                self._drop_unloadable(verdict)
            elif verdict.warnings:
                self._mend_warned(verdict)
            elif verdict.failures:
                self._drop_failing(verdict)
            elif attempt == _ATTEMPTS or not self._prune(verdict, killed_before):
                return self._draft(text, verdict, killed_before)
        self._notes.append(f"no set of tests held together after {_ATTEMPTS} rounds of verification")
        self._dropped += sum(len(part.cases) for part in self._parts)
        return self._nothing(killed_before)

    def _is_async(self) -> bool:
        return all(part.suite().use_async for part in self._parts if not part.is_empty)

    def _text(self) -> str:
        if self._before is not None:
            return self._added(self._before)
        modules = [self._formatted(part) for part in self._parts if not part.is_empty]
        return "\n".join(modules)

    def _formatted(self, part: _Part, *, shares_setup: bool = True) -> str:
        suite = replace(part.suite(), shares_setup=shares_setup)
        return self._bench.format(render(suite), str(self._target)).rstrip("\n") + "\n"

    def _added(self, before: str) -> str:
        text = before
        for part in self._parts:
            if part.is_empty:
                continue
            if part.outline is None:
                ending = "\r\n" if "\r\n" in text else "\n"
                gap = "" if text.endswith(ending) else ending
                text += gap + ending + self._formatted(part).replace("\n", ending)
                continue
            current = self._outline_of(text, part.outline.span.name)
            fresh = self._formatted(replace(part, outline=None), shares_setup=False)
            cut = blocks(fresh, self._outline_of(fresh, f"{part.home}Test"))
            text = add(text, current, part.suite(), cut)
        return text

    def _outline_of(self, text: str, module: str) -> ModuleOutline:
        outlines, error = self._bench.outline(text)
        assert error is None, f"our own text does not parse: {error}"
        return next(each for each in outlines if each.span.name == module)

    def _drop_refused(self) -> None:
        for part in self._parts:
            kept = []
            aliases = [alias_line(*pair) for pair in part.suite().aliases]
            for case in part.cases:
                refused = self._bench.check("\n".join((*aliases, *case.lines)))
                self._notes += [f"dropped a test that calls {each}" for each in refused]
                if not refused:
                    kept.append(case)
            self._dropped += len(part.cases) - len(kept)
            part.cases = kept

    def _drop_unloadable(self, verdict: Verdict) -> None:
        """Cases that do not load alone; all of them where none can be blamed."""
        blamed = 0
        for part in self._parts:
            kept = [case for case in part.cases if self._loads_alone(part, case)]
            blamed += len(part.cases) - len(kept)
            part.cases = kept
        self._dropped += blamed
        if not blamed:
            self._notes.append(f"the tests do not load together: {verdict.errors[0].strip()}")
            for part in self._parts:
                self._dropped += len(part.cases)
                part.cases, part.examples = [], None

    def _loads_alone(self, part: _Part, case: TestCase) -> bool:
        single = replace(part, cases=[case], outline=None, examples=None)
        return not self._bench.load_tests(sources=[(self._target.name, render(single.suite()))]).errors

    def _mend_warned(self, verdict: Verdict) -> None:
        """Cases that the compiler warned of, mended or dropped; what is not of one of them is tolerated."""
        warned = of_tests(verdict.warnings, verdict.tests)
        blamed: set[str] = set()
        for part in self._parts:
            kept = []
            for case in part.cases:
                ids = self._ids(part, case, verdict.tests)
                warnings = [each for id_ in ids for each in warned.get(id_, ())]
                blamed.update(each.message for each in warnings)
                better = mended(case, warnings) if warnings else case
                if better is None:
                    self._failed.update(case.made_of)
                    self._dropped += 1
                else:
                    kept.append(better)
            part.cases = kept
        self._tolerated |= {each.message for each in verdict.warnings} - blamed

    def _drop_failing(self, verdict: Verdict) -> None:
        dropped = 0
        for part in self._parts:
            failing = set(verdict.failures)
            kept = [case for case in part.cases if not failing & set(self._ids(part, case, verdict.tests))]
            dropped += len(part.cases) - len(kept)
            self._failed.update(id_ for case in part.cases if case not in kept for id_ in case.made_of)
            part.cases = kept
            ours = {test.id for test in verdict.tests if test.is_doctest and _is_of(test, part.test_module)}
            if part.examples is not None and failing & ours:
                part.examples = None
                dropped += 1
        self._dropped += dropped
        if not dropped:
            self._notes.append(f"{next(iter(verdict.failures))} fails beside the new tests")
            for part in self._parts:
                self._dropped += len(part.cases)
                part.cases, part.examples = [], None

    @staticmethod
    def _ids(part: _Part, case: TestCase, tests: Sequence[LoadedTest]) -> list[str]:
        return ids_of(case, part.test_module, tests)

    def _kills(self, part: _Part, case: TestCase, verdict: Verdict) -> frozenset[int]:
        ids = self._ids(part, case, verdict.tests)
        return frozenset().union(*(verdict.kills.get(each, frozenset()) for each in ids))

    def _prune(self, verdict: Verdict, killed_before: frozenset[int]) -> bool:
        """Drops cases whose confirmed kills others have too; whether any was dropped."""
        choices: list[Choice] = []
        owners: dict[int, tuple[_Part, TestCase | None]] = {}
        for part in self._parts:
            for case in part.cases:
                owners[len(owners)] = (part, case)
                kills = self._kills(part, case, verdict)
                cost = 2.0 * len(case.lines)
                choices.append(Choice(id=len(owners) - 1, kills=kills, cost=cost, oracle=case.oracle))
            if part.examples is not None:
                owners[len(owners)] = (part, None)
                choices.append(
                    Choice(id=len(owners) - 1, kills=part.examples.kills, cost=0.0, oracle=Oracle.DOCTEST)
                )
        kept = {choice.id for choice in select(choices, killed_before)}
        gone = [owner for number, owner in owners.items() if number not in kept]
        for part, each in gone:
            if each is None:
                part.examples = None
            else:
                part.cases.remove(each)
        return bool(gone)

    def _draft(self, text: str, verdict: Verdict, killed_before: frozenset[int]) -> Draft:
        return Draft(
            text=self._header() + text if self._before is None else text,
            tests=self._delivered(verdict, killed_before),
            outcomes=verdict.outcomes,
            dropped=self._dropped,
            notes=tuple(self._notes),
            failed=frozenset(self._failed),
        )

    def _header(self) -> str:
        if self._standalone is None:
            return ""
        path = os.path.relpath(self._standalone, self._target.parent)
        return f'ExUnit.start()\nCode.require_file("{path}", __DIR__)\n\n'

    def _delivered(self, verdict: Verdict, killed_before: frozenset[int]) -> tuple[DeliveredTest, ...]:
        sole = alone(dict(verdict.kills))
        found = []
        for part in self._parts:
            if part.examples is not None:
                ids = [t.id for t in verdict.tests if t.is_doctest and _is_of(t, part.test_module)]
                found.append(_delivered_examples(part, ids, verdict, sole))
            for case in part.cases:
                ids = self._ids(part, case, verdict.tests)
                found.append(
                    DeliveredTest(
                        module=part.home,
                        describe=case.describe,
                        name=case.name,
                        oracle=case.oracle,
                        kills=self._kills(part, case, verdict),
                        alone=frozenset().union(*(sole.get(each, frozenset()) for each in ids))
                        - killed_before,
                    )
                )
        return tuple(found)

    def _nothing(self, killed_before: frozenset[int]) -> Draft:
        return Draft(
            text=self._before or "",
            tests=(),
            outcomes=dict.fromkeys(killed_before, "killed"),
            dropped=self._dropped,
            notes=tuple(self._notes),
            failed=frozenset(self._failed),
        )


def _delivered_examples(
    part: _Part, ids: Sequence[str], verdict: Verdict, sole: Mapping[str, frozenset[int]]
) -> DeliveredTest:
    num = len(ids)
    return DeliveredTest(
        module=part.home,
        describe="",
        name=f"doctest {part.suite().shown_as} ({num} {'example' if num == 1 else 'examples'})",
        oracle=Oracle.DOCTEST,
        kills=frozenset().union(*(verdict.kills.get(each, frozenset()) for each in ids)),
        alone=frozenset().union(*(sole.get(each, frozenset()) for each in ids)),
    )


def _is_of(test: LoadedTest, module: str) -> bool:
    return test.module.removeprefix("Elixir.") == module


def _outline_for(home: str, outline: Sequence[ModuleOutline]) -> ModuleOutline | None:
    """The existing test module that new tests of a module belong to."""
    if not outline:
        return None
    named = [each for each in outline if each.span.name == f"{home}Test"]
    about = [each for each in outline if each.name_of(home)]
    with_tests = [each for each in outline if each.describes or each.tests or each.uses]
    return next(iter((*named, *about, *with_tests)), outline[0])
