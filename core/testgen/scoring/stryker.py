"""A report in Stryker's mutation-testing report schema, version 2, for CI services and dashboards.

Schema: https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema. Its
columns count UTF-16 units where ours count codepoints; they differ on lines with characters outside the
basic plane:

    "😀" <> name      `name` begins at codepoint column 8, at UTF-16 column 9
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from testgen.mutation import MutantResult, MutationReport, Outcome, Position, Score, Strategy, SuiteTest

SCHEMA_VERSION = "2.0"
_HIGH, _LOW = 80, 60

STATUSES: Mapping[Outcome, str] = {
    Outcome.KILLED: "Killed",
    Outcome.TIMEOUT: "Timeout",
    Outcome.SURVIVED: "Survived",
    Outcome.NO_COVERAGE: "NoCoverage",
    Outcome.INVALID: "CompileError",
    Outcome.IGNORED: "Ignored",
    Outcome.PENDING: "Pending",
}


def to_stryker(reports: Sequence[MutationReport]) -> dict[str, Any]:
    """Reports on files of one run as the schema's map, ready for `json.dump`.

    What the schema has no place for is under `config`. Raises ValueError for no report at all.
    """
    if not reports:
        raise ValueError("there is no report to write")
    report = reports[0]
    return {
        "schemaVersion": SCHEMA_VERSION,
        "thresholds": {"high": _HIGH, "low": _LOW},
        "projectRoot": report.project_root,
        "files": {report.file: _file(report) for report in reports},
        "testFiles": _test_files(reports),
        "performance": {
            "setup": _ms(report.timings.setup_s),
            "initialRun": _ms(report.timings.baseline_s),
            "mutation": _ms(report.timings.mutants_s),
        },
        "framework": {
            "name": "testgen",
            "version": version("testgen"),
            "dependencies": dict(report.versions),
        },
        "system": {
            "ci": bool(os.environ.get("CI")),
            "os": {"platform": platform.system().lower(), "version": platform.release()},
            "cpu": {"logicalCores": os.cpu_count() or 1},
        },
        "config": _config(report, reports),
    }


def _file(report: MutationReport) -> dict[str, Any]:
    lines = report.source.split("\n")
    mutants = [_mutant(result, lines) for result in report.results]
    return {"language": "elixir", "source": report.source, "mutants": mutants}


def _mutant(result: MutantResult, lines: list[str]) -> dict[str, Any]:
    mutant = result.mutant
    found: dict[str, Any] = {
        "id": mutant.key,
        "mutatorName": mutant.operator,
        "description": _describe(result),
        "replacement": mutant.replacement,
        "location": {"start": _position(mutant.start, lines), "end": _position(mutant.end, lines)},
        "status": STATUSES[result.outcome],
        "static": mutant.strategy is Strategy.RECOMPILE,
        "coveredBy": list(result.covered_by),
        "killedBy": list(result.killed_by),
        "duration": result.duration_us / 1000,
    }
    if result.message is not None:
        found["statusReason"] = result.message
    return found


def _describe(result: MutantResult) -> str:
    where = result.mutant.function or result.mutant.module
    return f"{where}: {result.mutant.group}" + (" (in a fresh VM)" if result.fresh_vm else "")


def _position(position: Position, lines: list[str]) -> dict[str, int]:
    """A position of ours in the schema's units."""
    before = lines[position.line - 1][: position.column - 1] if position.line <= len(lines) else ""
    beyond_basic_plane = sum(ord(character) > 0xFFFF for character in before)
    return {"line": position.line, "column": position.column + beyond_basic_plane}


def _test_files(reports: Sequence[MutationReport]) -> dict[str, Any]:
    by_file: dict[str, list[SuiteTest]] = {}
    sources: dict[str, str] = {}
    for report in reports:
        sources.update(report.test_sources)
        for test in report.tests:
            by_file.setdefault(test.file, []).append(test)
    return {file: _test_file(tests, sources.get(file)) for file, tests in by_file.items()}


def _test_file(tests: Iterable[SuiteTest], source: str | None) -> dict[str, Any]:
    defined = [
        {"id": test.id, "name": test.name, "location": {"start": {"line": max(test.line, 1), "column": 1}}}
        for test in tests
    ]
    return {"tests": defined} if source is None else {"tests": defined, "source": source}


def _config(report: MutationReport, reports: Sequence[MutationReport]) -> dict[str, Any]:
    """What the schema leaves free: how the run was made, and the scores as testgen counts them."""
    sample = report.sample
    score = Score.of(result for each in reports for result in each.results)
    return {
        "engine": report.engine,
        "score": score.value,
        "strictScore": score.strict,
        "jobs": report.jobs,
        "vms": report.num_vms,
        "speedUp": round(report.timings.speed_up, 2),
        "peakMemoryBytes": report.peak_bytes,
        "freshVmShare": report.fresh_vm_share,
        "changedSince": report.changed_since,
        "interrupted": report.interrupted,
        "fromCache": report.from_cache,
        "sample": None
        if sample is None
        else {
            "size": sample.size,
            "population": sample.population,
            "seed": sample.seed,
            "interval95": [sample.low, sample.high],
        },
        "phasesMs": {name: _ms(seconds) for name, seconds in report.timings.phases_s.items()},
        "notes": list(report.notes),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
