"""Which repositories are good enough to learn from, and how many each criterion lets through.

Hard cuts can empty a small corpus, so every criterion is measured for every repository, its yield reported
alone and together with the others, and every threshold can be changed. Credo's score is its own finding: 100
less the share of files with an issue; where credo was not run, the report says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from testgen_training.corpus.extraction import Extracted
from testgen_training.corpus.records import ModuleRecord, TestRecord
from testgen_training.errors import ConfigInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The criteria."""

    require_tests: bool = True
    """Whether a repository without a single test is left out."""
    min_doc_coverage: float = 0.5
    """Least share of public functions with a doc, 0 to 1."""
    min_credo: float = 80.0
    """Least credo score, 0 to 100."""
    keep_without_credo: bool = True
    """Whether a repository stays in whose credo score is not known."""
    max_age_days: int = 730
    """Most days since the last change."""
    as_of: str = ""
    """Day that ages are counted from, `YYYY-MM-DD`; today where empty."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_doc_coverage <= 1:
            raise ConfigInvalid(f"min_doc_coverage is {self.min_doc_coverage}; it is a share, 0 to 1.")
        if not 0 <= self.min_credo <= 100:
            raise ConfigInvalid(f"min_credo is {self.min_credo}; it lies between 0 and 100.")
        if self.max_age_days < 1:
            raise ConfigInvalid(f"max_age_days is {self.max_age_days}; it must be at least 1.")
        if self.as_of:
            _day(self.as_of)

    @property
    def today(self) -> date:
        """The day that ages are counted from."""
        return _day(self.as_of) if self.as_of else date.today()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigInvalid(f"as_of is {text!r}; write it as 2026-01-31.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """What was measured of one repository."""

    name: str
    num_tests: int
    doc_coverage: float
    credo: float | None
    age_days: int | None
    num_bytes: int

    def failed(self, quality: Quality) -> tuple[str, ...]:
        """The criteria that it does not meet; an unknown age meets its criterion."""
        credo_fails = not quality.keep_without_credo if self.credo is None else self.credo < quality.min_credo
        judged = {
            "tests": quality.require_tests and not self.num_tests,
            "doc_coverage": self.doc_coverage < quality.min_doc_coverage,
            "credo": credo_fails,
            "age": self.age_days is not None and self.age_days > quality.max_age_days,
        }
        return tuple(name for name, fails in judged.items() if fails)


def grade(extracted: Extracted, quality: Quality, credo: float | None = None) -> Grades:
    """Measures one repository."""
    modules = [each for each in extracted.records if isinstance(each, ModuleRecord)]
    num_public = sum(each.num_public for each in modules)
    touched = date.fromisoformat(extracted.touched) if extracted.touched else None
    return Grades(
        name=extracted.name,
        num_tests=sum(isinstance(each, TestRecord) for each in extracted.records),
        doc_coverage=sum(each.num_documented for each in modules) / num_public if num_public else 0.0,
        credo=credo,
        age_days=(quality.today - touched).days if touched else None,
        num_bytes=extracted.num_bytes,
    )


def yields(grades: Iterable[Grades], quality: Quality) -> dict[str, dict[str, float]]:
    """Repositories and bytes that each criterion lets through by itself, and all of them together."""
    everything = list(grades)
    failed = {each.name: each.failed(quality) for each in everything}
    counted = {"all criteria": [each for each in everything if not failed[each.name]]}
    for criterion in ("tests", "doc_coverage", "credo", "age"):
        counted[criterion] = [each for each in everything if criterion not in failed[each.name]]
    total = sum(each.num_bytes for each in everything) or 1
    return {
        criterion: {
            "repositories": len(passing),
            "of": len(everything),
            "share_of_bytes": round(sum(each.num_bytes for each in passing) / total, 4),
        }
        for criterion, passing in counted.items()
    }
