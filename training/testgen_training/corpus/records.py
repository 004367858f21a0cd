"""What the corpus is made of, record by record, and how records are written: one JSON object a line.

A record names its repository, commit and path, so that every line of the corpus can be traced to its source
and licence. Records of tests and calls refer to the module they are about by its id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from testgen.prompt import Definition, ModuleText, TestType
from testgen_training.errors import CorpusUnusable


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A source file as it is, for objectives that need no pair."""

    repository: str
    path: str
    role: str
    """`code` or `test`."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRecord:
    """A module under test."""

    id: str
    repository: str
    path: str
    module: ModuleText
    num_public: int
    num_documented: int
    uses: tuple[str, ...]
    behaviours: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRecord:
    """One test and the module that it tests."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    repository: str
    path: str
    module_id: str
    test_type: TestType
    name: str
    describe: str
    focal: tuple[str, ...]
    """Signatures of the module's functions that it calls."""
    source: str
    holes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call of a focal function with arguments that stand for themselves."""

    repository: str
    path: str
    module_id: str
    shown_as: str
    function: str
    arity: int
    """Arity of the definition, default arguments counted."""
    args: tuple[str, ...]
    origin: str
    """`test` or `doctest`."""


Record: TypeAlias = FileRecord | ModuleRecord | TestRecord | CallRecord
_KINDS: Mapping[str, type[Any]] = {
    "file": FileRecord,
    "module": ModuleRecord,
    "test": TestRecord,
    "call": CallRecord,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_line(record: Record) -> str:
    """The record as one line of JSON, its kind first."""
    return json.dumps({"kind": _NAMES[type(record)], **asdict(record)}, ensure_ascii=False) + "\n"


def from_line(line: str) -> Record:
    """The record that `to_line` wrote. Raises CorpusUnusable where the line is damaged."""
    try:
        wire = json.loads(line)
        kind = wire.pop("kind")
        return _READERS[kind](wire)
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusUnusable(
            f"A record of the corpus is damaged ({type(error).__name__}: {error}): {line[:80]!r}.",
            "Remove the file and run `testgen-train corpus` again; what is complete is kept.",
        ) from error


def _file(wire: dict[str, Any]) -> FileRecord:
    return FileRecord(**wire)


def _module(wire: dict[str, Any]) -> ModuleRecord:
    text = wire.pop("module")
    definitions = tuple(Definition(**{**each, "calls": tuple(each["calls"])}) for each in text["definitions"])
    module = ModuleText(name=text["name"], header=tuple(text["header"]), definitions=definitions)
    return ModuleRecord(
        **{**wire, "uses": tuple(wire["uses"]), "behaviours": tuple(wire["behaviours"])}, module=module
    )


def _test(wire: dict[str, Any]) -> TestRecord:
    wire["test_type"] = TestType(wire["test_type"])
    wire["focal"] = tuple(wire["focal"])
    wire["holes"] = tuple((start, end) for start, end in wire["holes"])
    return TestRecord(**wire)


def _call(wire: dict[str, Any]) -> CallRecord:
    return CallRecord(**{**wire, "args": tuple(wire["args"])})


_READERS: Mapping[str, Callable[[dict[str, Any]], Record]] = {
    "file": _file,
    "module": _module,
    "test": _test,
    "call": _call,
}


def write(path: Path, records: Iterable[Record]) -> int:
    """Writes records to a new file; returns how many."""
    num_records = 0
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(to_line(record))
            num_records += 1
    return num_records


def read(path: Path) -> Iterator[Record]:
    """The records of a file, in order."""
    with path.open(encoding="utf-8") as file:
        yield from map(from_line, file)
