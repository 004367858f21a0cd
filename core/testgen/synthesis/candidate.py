"""Candidate, Observation, Oracle: a call worth trying, what running it showed, and why the answer can be
trusted.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from testgen.synthesis.terms import Term, arguments_source, steps, weight
from testgen.synthesis.type_tree import Type


class Oracle(enum.Enum):
    """Where a test's expected value comes from, the most trustworthy first."""

    DOCTEST = "doctest"
    SPEC = "spec"
    LAW = "law"
    OBSERVED = "observed"

    @property
    def meaning(self) -> str:
        """In words, for the report."""
        return _MEANINGS[self]


_MEANINGS = {
    Oracle.DOCTEST: "an example its author wrote in the documentation, still true",
    Oracle.SPEC: "the only result its @spec allows",
    Oracle.LAW: "a relation between functions, such as decoding what was encoded",
    Oracle.OBSERVED: "pins what the code does today; read it before you trust it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A call to try: `setup` lines first, then `call`, whose value the assertion is about."""

    function: str
    """What it is about, `name/arity` as in the module's source."""
    module: str
    call: str
    setup: tuple[str, ...] = ()
    args: tuple[Term, ...] = ()
    """The arguments as trees, so that they can be varied; empty when the call is not that simple."""
    origin: str
    """Name of the proposer."""
    oracle: Oracle = Oracle.OBSERVED
    expected: str | None = None
    """Source of the expected value when the proposer knows it. A law that gives something else is dropped;
    of a doctest, what was observed is asserted and told as such.
    """
    reusable: bool = True
    """False where its value means something only within its own run: a process, a table."""
    isolated: bool = True
    """False where global state takes part, so that a test of it had better not be async."""
    penalty: float = 0.0

    @property
    def needs_folder(self) -> bool:
        """Whether it works in the test's own folder (the tag `tmp_dir`)."""
        return any("tmp_dir" in line for line in (*self.setup, self.call))

    @property
    def source(self) -> str:
        """All its lines: equal sources are the same candidate."""
        return "\n".join((*self.setup, self.call))

    @property
    def cost(self) -> float:
        """How much a reader must take in; the lower, the better a test it makes."""
        arguments = sum(map(weight, self.args)) if self.args else len(self.call) / 12
        return 1.0 + arguments + 1.5 * len(self.setup) + self.penalty


def called(
    module: str,
    function: str,
    arguments: tuple[Term, ...],
    *,
    shown_as: str,
    origin: str,
    arity: int | None = None,
    **more: Any,
) -> Candidate:
    """A candidate that calls `shown_as.function(arguments)`; steps of built arguments become its setup."""
    lines = tuple(dict.fromkeys(line for argument in arguments for line in steps(argument)))
    return Candidate(
        function=f"{function}/{len(arguments) if arity is None else arity}",
        module=module,
        setup=(*more.pop("setup", ()), *lines),
        call=direct_call(shown_as, function, arguments_source(arguments)),
        args=arguments,
        origin=origin,
        **more,
    )


def direct_call(shown_as: str, function: str, arguments: str) -> str:
    """The source of a call; without a module where the language imports the function."""
    return f"{shown_as}.{function}({arguments})" if shown_as else f"{function}({arguments})"


class Status(enum.Enum):
    """How running a candidate ended."""

    OK = "ok"
    RAISE = "raise"
    THROW = "throw"
    EXIT = "exit"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    INVALID = "invalid"
    REFUSED = "refused"
    UNSTABLE = "unstable"

    @property
    def is_assertable(self) -> bool:
        """Whether a test can be made of it."""
        return self in (Status.OK, Status.RAISE, Status.THROW, Status.EXIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """The value that an exception is about, and what it should have been.

    Where no clause took the arguments of a function of the project, `function` and `arguments` say so
    instead.
    """

    value: str = ""
    """Source of the value."""
    wants: Type = field(default_factory=lambda: Type(kind="any"))
    key: str = ""
    """Source of the key that the value, a map, should have."""
    module: str = ""
    function: str = ""
    arguments: tuple[str | None, ...] = ()
    """Source of each argument; None for what has none."""

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Blame:
        """What was blamed, from the agent's map."""
        return cls(
            value=str(wire.get("value") or ""),
            wants=Type.from_wire(wire.get("wants")),
            key=str(wire.get("key") or ""),
            module=str(wire.get("module") or ""),
            function=str(wire.get("function") or ""),
            arguments=tuple(wire.get("arguments") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What running a candidate against the unmodified module showed."""

    candidate: int
    status: Status
    shape: str
    """How the agent asserts it: equal, pattern, delta, boolean, raise, throw, exit, io, log, receive."""
    assertion: tuple[str, ...]
    value: str
    message: str = ""
    exception: str = ""
    """Name of the exception that it raised."""
    deliberate: bool = False
    """Whether the project's own code raised it, rather than the language under it."""
    covers: frozenset[int] = frozenset()
    duration_us: int = 0
    size: int = 0
    made: Type | None = None
    """The outline of the value that it gave."""
    blame: Blame | None = None
    """What the language complained of when it raised."""

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Observation:
        """An observation from the agent's event."""
        return cls(
            candidate=int(wire["id"]),
            status=Status(str(wire["status"])),
            shape=str(wire.get("oracle") or ""),
            assertion=tuple(str(line) for line in wire.get("assertion") or ()),
            value=str(wire.get("value") or ""),
            message=str(wire.get("message") or ""),
            exception=str(wire.get("exception") or ""),
            deliberate=bool(wire.get("deliberate")),
            covers=frozenset(int(each) for each in wire.get("covers") or ()),
            duration_us=int(wire.get("duration_us") or 0),
            size=int(wire.get("size") or 0),
            made=Type.from_wire(wire["made"]) if wire.get("made") else None,
            blame=Blame.from_wire(wire["blame"]) if wire.get("blame") else None,
        )
