"""What of the study is written down: an entry per repository, and the totals over all entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.switching.comparison import Comparison

_SUMMED = (
    "files",
    "files_built",
    "files_with_fallbacks",
    "modules_built",
    "mutants",
    "pruned",
    "invalid",
    "recompiled",
    "tests",
    "tests_compared",
    "tests_same",
    "plain_s",
    "switched_s",
)
_EXCERPT = 300


def entry(comparison: Comparison, *, testgen: str) -> dict[str, Any]:
    """One repository's counts, and whatever broke; `testgen` is the commit of the engine."""
    built = comparison.built
    return {
        "repository": comparison.repository,
        "commit": comparison.commit,
        "testgen": testgen,
        "files": len(comparison.with_modules),
        "files_built": len(built),
        "files_with_fallbacks": sum(1 for file in built if file.fallbacks),
        "modules_built": sum(file.modules for file in built),
        "mutants": sum(file.mutants for file in built),
        "pruned": sum(file.pruned for file in built),
        "invalid": sum(file.invalid for file in built),
        "recompiled": sum(file.recompiled for file in built),
        "tests": comparison.tests,
        "tests_compared": comparison.compared,
        "tests_same": comparison.same,
        "plain_s": comparison.plain_s,
        "switched_s": comparison.switched_s,
        "broken_files": [
            {"path": file.path, "status": file.status, "message": file.message[:_EXCERPT]}
            for file in comparison.with_modules
            if file.status != "ok"
        ],
        "unsteady": comparison.unsteady,
        "differences": [asdict(difference) for difference in comparison.differences],
    }


def merged(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries by repository, new ones in place of old ones."""
    by_repository = {item["repository"]: item for item in [*old, *new]}
    return [by_repository[name] for name in sorted(by_repository, key=str.lower)]


def totals(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The counts over all entries, with the shares that the study is about."""
    summed = {name: round(sum(item[name] for item in entries), 1) for name in _SUMMED}
    born = summed["mutants"] + summed["pruned"] + summed["invalid"]
    return {
        "repositories": len(entries),
        **summed,
        "files_built_percent": share(summed["files_built"], summed["files"]),
        "tests_same_percent": share(summed["tests_same"], summed["tests_compared"]),
        "pruned_percent": share(summed["pruned"], born),
        "invalid_percent": share(summed["invalid"], born),
        "recompiled_percent": share(summed["recompiled"], summed["mutants"]),
    }


def share(part: float, whole: float) -> float:
    """A percentage to two decimals; 100 of nothing."""
    return round(100 * part / whole, 2) if whole else 100.0
