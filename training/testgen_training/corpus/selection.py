"""From the records of all repositories to the splits: by repository, no copies, nothing of the held-out ones.

The split of a repository follows from its name alone, so that a corpus that grows keeps its splits.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from testgen_training.corpus.config import Config
from testgen_training.corpus.decontamination import Contamination, grams
from testgen_training.corpus.dedup import distinct
from testgen_training.corpus.records import CallRecord, FileRecord, ModuleRecord, Record, TestRecord

SPLITS = ("train", "validation", "test")


@dataclass(slots=True)
class Split:
    """The records of one split, by kind."""

    files: list[FileRecord] = field(default_factory=list)
    modules: list[ModuleRecord] = field(default_factory=list)
    tests: list[TestRecord] = field(default_factory=list)
    calls: list[CallRecord] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Puts a record where it belongs."""
        if isinstance(record, FileRecord):
            self.files.append(record)
        elif isinstance(record, ModuleRecord):
            self.modules.append(record)
        elif isinstance(record, TestRecord):
            self.tests.append(record)
        else:
            self.calls.append(record)


def split_of(name: str, config: Config) -> str:
    """Which split a repository belongs to."""
    if name in config.held_out:
        return "test"
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    return "validation" if share < config.validation_share else "train"


def without_copies(split: Split, jaccard: float) -> Counter[str]:
    """Drops near copies among files and among tests; returns how many were dropped."""
    num_before = {"files": len(split.files), "tests": len(split.tests), "calls": len(split.calls)}
    kept: list[FileRecord] = []
    for role in ("code", "test"):
        of_role = [each for each in split.files if each.role == role]
        kept += list(distinct(((each, each.text) for each in of_role), threshold=jaccard))
    split.files = kept
    paths = {(each.repository, each.path) for each in kept}
    split.tests = list(
        distinct(
            ((each, each.source) for each in split.tests if (each.repository, each.path) in paths),
            threshold=jaccard,
        )
    )
    split.calls = list(_distinct_calls(each for each in split.calls if (each.repository, each.path) in paths))
    after = {"files": len(split.files), "tests": len(split.tests), "calls": len(split.calls)}
    return Counter({name: num_before[name] - after[name] for name in after})


def _distinct_calls(calls: Iterable[CallRecord]) -> Iterator[CallRecord]:
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for call in calls:
        key = (call.module_id, call.function, call.args)
        if key not in seen:
            seen.add(key)
            yield call


def without_contamination(split: Split, evaluated: Iterable[Split], config: Config) -> Counter[str]:
    """Drops what shares 13-grams with the evaluated splits; returns how much was dropped."""
    contamination = Contamination()
    for each in evaluated:
        for file in each.files:
            contamination.add(file.text)
    _forget_widespread(contamination, split, config.min_widespread)
    dropped: Counter[str] = Counter()
    clean = [each for each in split.files if contamination.share(each.text) <= config.max_file_share]
    dropped["files"] = len(split.files) - len(clean)
    split.files = clean
    paths = {(each.repository, each.path) for each in clean}
    tests = [
        each
        for each in split.tests
        if (each.repository, each.path) in paths and contamination.share(each.source) == 0
    ]
    dropped["tests"] = len(split.tests) - len(tests)
    split.tests = tests
    calls = [each for each in split.calls if (each.repository, each.path) in paths]
    dropped["calls"] = len(split.calls) - len(calls)
    split.calls = calls
    return dropped


def _forget_widespread(contamination: Contamination, split: Split, min_repositories: int) -> None:
    holders: dict[int, set[str]] = {}
    for file in split.files:
        for gram in grams(file.text) & contamination.grams:
            holders.setdefault(gram, set()).add(file.repository)
    contamination.forget(gram for gram, names in holders.items() if len(names) >= min_repositories)


def without_orphans(split: Split) -> None:
    """Keeps the modules that a test or call refers to, and what refers to a module that is there."""
    known = {each.id for each in split.modules}
    split.tests = [each for each in split.tests if each.module_id in known]
    split.calls = [each for each in split.calls if each.module_id in known]
    used = {each.module_id for each in split.tests} | {each.module_id for each in split.calls}
    split.modules = [each for each in split.modules if each.id in used]
