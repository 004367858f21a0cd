"""Verdicts of earlier runs, kept on disk by the hash of everything they depend on.

One file for each (sources, tests, operators, Elixir, OTP, testgen) holds the mutants and the verdicts
found so far, so that a sample, the changed lines or an interrupted run reuse what another run of the same
code found. Files are written under another name and renamed; one that cannot be read is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from testgen.mutation import Mutant, MutantResult, Outcome, Position, Strategy, SuiteTest
from testgen.project import Project
from testgen.scoring.config import ScoreConfig
from testgen.scoring.preparation import Prepared
from testgen.scoring.sources_hash import hash_project
from testgen.scoring.suite import Suite
from testgen.toolchain import Toolchain, agent_sources, cache_root

_FORMAT = 1
_KEPT_FILES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    """What is known of one source with one suite."""

    prepared: Prepared
    results: Mapping[str, MutantResult]
    """Final verdicts by the mutant's key; maybe not of all mutants."""


def cache_key(project: Project, suite: Suite, config: ScoreConfig, toolchain: Toolchain) -> str:
    """The hash of everything that the verdicts of a run depend on."""
    parts: list[str] = [
        str(_FORMAT),
        version("testgen"),
        toolchain.identity,
        _hash_agent(),
        hash_project(project),
        str(project.root),
        str(project.source),
        *(_name_and_hash(path) for path in suite.files),
        *(f"{test.name}\0{test.source}" for test in config.sources),
        f"{config.seed} {config.all_tests} {config.baseline_orders}",
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def load(key: str, folder: Path | None = None) -> CacheEntry | None:
    """The entry stored under `key`; None where there is none, or none that can be read."""
    try:
        data = json.loads(_path(key, folder).read_text(encoding="utf-8"))
        return _decode(data) if data["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def store(key: str, entry: CacheEntry, folder: Path | None = None) -> None:
    """Stores `entry` under `key`; where the cache cannot be written nothing is kept, and that is no error."""
    path = _path(key, folder)
    scratch: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix="writing-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"key": key, **_encode(entry)}, file, separators=(",", ":"))
        Path(scratch).replace(path)
        _evict(path.parent)
    except OSError:
        if scratch is not None:
            Path(scratch).unlink(missing_ok=True)


def _path(key: str, folder: Path | None) -> Path:
    return (folder or cache_root() / "scores") / f"{key}.json"


def _evict(folder: Path) -> None:
    """Removes the files written longest ago, beyond the number that is kept."""
    files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_KEPT_FILES:]:
        path.unlink(missing_ok=True)


def _hash_agent() -> str:
    """The hash of the Elixir side's sources: the operators are among them."""
    digest = hashlib.sha256()
    for path in sorted((agent_sources() / "lib").rglob("*.ex")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _name_and_hash(path: Path) -> str:
    return f"{path}\0{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _encode(entry: CacheEntry) -> dict[str, Any]:
    prepared = entry.prepared
    return {
        "mutants": [asdict(mutant) for mutant in prepared.mutants],
        "left_out": [asdict(result) for result in prepared.left_out],
        "tests": [asdict(test) for test in prepared.tests],
        "covered_by": dict(prepared.covered_by),
        "versions": dict(prepared.versions),
        "notes": list(prepared.notes),
        "results": {key: _encode_result(result) for key, result in entry.results.items()},
    }


def _encode_result(result: MutantResult) -> dict[str, Any]:
    """A verdict without its mutant, which is among the entry's mutants."""
    encoded = asdict(result)
    del encoded["mutant"], encoded["cached"], encoded["covered_by"]
    return encoded


def _decode(data: Mapping[str, Any]) -> CacheEntry:
    mutants = tuple(_mutant(mutant) for mutant in data["mutants"])
    by_key = {mutant.key: mutant for mutant in mutants}
    prepared = Prepared(
        mutants=mutants,
        left_out=tuple(_result(result, _mutant(result["mutant"])) for result in data["left_out"]),
        tests=tuple(SuiteTest(**test) for test in data["tests"]),
        covered_by={key: tuple(tests) for key, tests in data["covered_by"].items()},
        versions=dict(data["versions"]),
        notes=tuple(data["notes"]),
    )
    results = {
        key: replace(_result(result, by_key[key]), cached=True) for key, result in data["results"].items()
    }
    return CacheEntry(prepared=prepared, results=results)


def _mutant(data: Mapping[str, Any]) -> Mutant:
    start, end = Position(**data["start"]), Position(**data["end"])
    return Mutant(**{**data, "start": start, "end": end, "strategy": Strategy(data["strategy"])})


def _result(data: Mapping[str, Any], mutant: Mutant) -> MutantResult:
    tuples: dict[str, Sequence[str]] = {
        name: tuple(data[name]) for name in ("killed_by", "covered_by") if name in data
    }
    return MutantResult(**{**data, **tuples, "mutant": mutant, "outcome": Outcome(data["outcome"])})
