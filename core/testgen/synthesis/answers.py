"""What the operations of a workbench answer, read from the agent's maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from testgen.mutation import Mutant


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The switched build of a file: the mutants that can be run, and those that cannot."""

    mutants: tuple[Mutant, ...]
    num_pruned: int
    num_invalid: int
    fallbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTest:
    """A test that was loaded."""

    id: str
    module: str
    name: str
    describe: str
    line: int
    is_doctest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What the compiler warned of in a test file."""

    line: int
    message: str


class Loaded(NamedTuple):
    """What loading test files gave."""

    tests: tuple[LoadedTest, ...]
    errors: tuple[str, ...]
    """What did not load, and why."""
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """How a loaded test did without any mutant."""

    __test__ = False

    id: str
    status: str
    message: str
    covers: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Candidates that tell a mutant from the original."""

    mutant: int
    killed_by: tuple[int, ...]
    broken_by: tuple[int, ...]
    """Those of them whose setup failed before the call."""
    timeout_by: tuple[int, ...]


def kill(wire: Mapping[str, Any]) -> Kill:
    return Kill(
        mutant=int(wire["mutant"]),
        killed_by=tuple(wire.get("killed_by") or ()),
        broken_by=tuple(wire.get("broken_by") or ()),
        timeout_by=tuple(wire.get("timeout_by") or ()),
    )


def killers(wire: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each) for each in wire.get("killed_by") or ())


def loaded_test(wire: Mapping[str, Any]) -> LoadedTest:
    tags = wire.get("tags") or {}
    name = str(wire["name"])
    return LoadedTest(
        id=str(wire["id"]),
        module=str(wire.get("module") or ""),
        name=name,
        describe=str(wire.get("describe") or ""),
        line=int(wire.get("line") or 0),
        is_doctest=name.startswith("doctest ")
        or (isinstance(tags, Mapping) and tags.get("test_type") == "doctest"),
    )


def run_of(wire: Mapping[str, Any]) -> TestRun:
    return TestRun(
        id=str(wire["id"]),
        status=str(wire["status"]),
        message=str(wire.get("message") or ""),
        covers=frozenset(int(each) for each in wire.get("covers") or ()),
    )
