"""A module that a test defines for the code under test to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """One such module."""

    name: str
    """As tests write it."""
    full_name: str
    """What it is called while candidates run; in the test file it lies in the test module."""
    body: tuple[str, ...]

    def source(self, name: str) -> tuple[str, ...]:
        """Its lines, under this name."""
        return (f"defmodule {name} do", *(f"  {line}" if line else "" for line in self.body), "end")


def prelude(stubs: Sequence[Stub]) -> str:
    """Source that defines the modules while candidates run."""
    return "\n".join(line for stub in stubs for line in stub.source(stub.full_name))
