"""How fast a corpus is made: pairs extracted from repositories, near copies found, per second of one core.

Processor time is counted, so that a busy machine does not show. Reading git objects is part of extracting.

    python -m benchmarks.corpus_speed FOLDER...    git repositories, bare or not
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks.record import Row, Spread

_RUNS = 3
_MAX_FILE_BYTES = 1_000_000


def measure(folders: list[Path]) -> dict[str, Any]:
    """MB per core-second of both, over all repositories, several times."""
    from testgen_training.corpus.dedup import distinct
    from testgen_training.corpus.extraction import extract
    from testgen_training.corpus.git_source import GitRepository
    from testgen_training.corpus.records import FileRecord, TestRecord

    extracting, finding = [], []
    megabytes, num_tests = 0.0, 0
    for _ in range(_RUNS):
        begun_s = time.process_time()
        extracted = [extract(GitRepository(name=str(each), folder=each), _MAX_FILE_BYTES) for each in folders]
        spent_s = time.process_time() - begun_s
        megabytes = sum(each.num_bytes for each in extracted) / 1e6
        extracting.append(megabytes / spent_s)
        records = [each for found in extracted for each in found.records]
        num_tests = sum(isinstance(each, TestRecord) for each in records)
        files = [(each.path, each.text) for each in records if isinstance(each, FileRecord)]
        begun_s = time.process_time()
        list(distinct(files))
        finding.append(megabytes / (time.process_time() - begun_s))
    return {
        "repositories": len(folders),
        "megabytes": round(megabytes, 2),
        "tests": num_tests,
        "extracted_mb_per_core_second": Spread.of(extracting),
        "copies_mb_per_core_second": Spread.of(finding),
    }


def rows(figures: dict[str, Any]) -> list[Row]:
    """The two rates."""
    beside = f"{figures['megabytes']} MB of {figures['repositories']} repositories"
    extracted, copies = figures["extracted_mb_per_core_second"], figures["copies_mb_per_core_second"]
    return [
        _row("corpus: pairs extracted, MB per core-second", 1.0, extracted, beside),
        _row("corpus: near copies found, MB per core-second", 5.0, copies, beside),
    ]


def _row(what: str, least: float, spread: Spread, beside: str) -> Row:
    return Row(
        what=what,
        asked=f"at least {least:g}",
        measured=str(spread),
        beside=beside,
        met=spread.median >= least,
    )


def run(folders: list[Path]) -> record.Record:
    """Measures and writes the record."""
    figures = measure(folders)
    made = record.Record(
        benchmark="corpus_speed",
        command="python -m benchmarks.corpus_speed FOLDER...",
        rows=rows(figures),
        figures=figures,
    )
    record.write(made)
    return made


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("corpus_speed: name at least one folder with a git repository")
    sys.exit(record.report(run([Path(each) for each in sys.argv[1:]])))
