"""A split of the corpus on disk, record by record: files are mapped, a record is read when it is asked for.

Records are drawn in groups. A file or a test is a group by itself; calls of one function are grouped, since
they share what the encoder reads, and it then reads it once.
"""

from __future__ import annotations

import mmap
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from testgen_training.corpus.records import CallRecord, ModuleRecord, Record, TestRecord, from_line
from testgen_training.errors import CorpusUnusable

Group: TypeAlias = tuple[int, ...]
"""Line numbers of records that are drawn together."""
_CALLS_TOGETHER = 6


class Lines:
    """The lines of a file by number."""

    def __init__(self, path: Path) -> None:
        """Maps the file. Raises CorpusUnusable where it is missing."""
        try:
            with path.open("rb") as file:
                size = path.stat().st_size
                self._data = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            raise CorpusUnusable(
                f"{path} cannot be read: {error.strerror}.", "Run `testgen-train corpus` first."
            ) from error
        ends = np.flatnonzero(np.frombuffer(self._data, dtype=np.uint8) == ord("\n"))
        self._starts: NDArray[np.int64] = np.concatenate(([0], ends + 1)).astype(np.int64)

    def __len__(self) -> int:
        """Complete lines; one that was cut off does not count."""
        return len(self._starts) - 1

    def record(self, number: int) -> Record:
        """The record of a line. Raises CorpusUnusable where it is damaged."""
        start, end = int(self._starts[number]), int(self._starts[number + 1])
        return from_line(self._data[start:end].decode("utf-8"))


class CorpusView:
    """One split: records by kind and number, modules by id."""

    def __init__(self, folder: Path, split: str) -> None:
        """Opens the files of the split."""
        self.split = split
        self._lines = {kind: Lines(folder / split / f"{kind}.jsonl") for kind in ("files", "tests", "calls")}
        self._modules = Lines(folder / split / "modules.jsonl")
        self._numbers = {self._module(number).id: number for number in range(len(self._modules))}
        self.pools = self._pools()
        self.module = lru_cache(maxsize=4096)(self._module_of)

    def record(self, kind: str, number: int) -> Record:
        """A record of `files`, `tests` or `calls`."""
        return self._lines[kind].record(number)

    def _module_of(self, module_id: str) -> ModuleRecord:
        return self._module(self._numbers[module_id])

    def _module(self, number: int) -> ModuleRecord:
        record = self._modules.record(number)
        assert isinstance(record, ModuleRecord)
        return record

    def _pools(self) -> dict[str, dict[str, list[Group]]]:
        """Groups by kind of record, tests by their type too."""
        types: dict[str, list[Group]] = {}
        for number in range(len(self._lines["tests"])):
            record = self._lines["tests"].record(number)
            assert isinstance(record, TestRecord)
            types.setdefault(record.test_type.value, []).append((number,))
        return {
            "files": {"": [(number,) for number in range(len(self._lines["files"]))]},
            "calls": {"": self._calls_by_function()},
            "tests": dict(sorted(types.items())),
        }

    def _calls_by_function(self) -> list[Group]:
        by_function: dict[tuple[str, str, int], list[int]] = {}
        for number in range(len(self._lines["calls"])):
            record = self._lines["calls"].record(number)
            assert isinstance(record, CallRecord)
            by_function.setdefault((record.module_id, record.function, record.arity), []).append(number)
        return [
            tuple(numbers[start : start + _CALLS_TOGETHER])
            for numbers in by_function.values()
            for start in range(0, len(numbers), _CALLS_TOGETHER)
        ]
