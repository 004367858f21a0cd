"""What a guided search is asked, and what it gave: the agent's operation `explore` as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundInput:
    """An input that the guided search found."""

    seed: int
    """The candidate that it was made of."""
    setup: tuple[str, ...]
    call: str
    mutants: tuple[int, ...]
    """Those that it tells from the original, or reaches as the first."""

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> FoundInput:
        """An input from the agent's event."""
        return cls(
            seed=int(wire["candidate"]),
            setup=tuple(str(line) for line in wire.get("setup") or ()),
            call=str(wire["call"]),
            mutants=tuple(int(each) for each in wire.get("mutants") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """What a guided search gave."""

    inputs: tuple[FoundInput, ...]
    num_runs: int
    tried: Mapping[int, int]
    """Mutant to how many inputs that pass it were run with it and told nothing."""

    @classmethod
    def from_wire(cls, found: Sequence[Mapping[str, Any]], reply: Mapping[str, Any]) -> Explored:
        """What the agent's events and its reply say."""
        return cls(
            inputs=tuple(FoundInput.from_wire(each) for each in found),
            num_runs=int(reply["runs"]),
            tried={int(mutant): int(num) for mutant, num in reply["tried"]},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploring:
    """What a guided search is asked."""

    seeds: tuple[tuple[int, str], ...]
    """Observed candidates and the functions they are about."""
    mutants: tuple[int, ...]
    raises: tuple[str, ...]
    literals: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    variable: str
    """What tests bind a value that calls made to."""
    budget_s: float
    patience: int
    """Generations that may find nothing before it ends."""
    seed: int

    def to_wire(self) -> dict[str, Any]:
        """The arguments of the agent's operation `explore`."""
        return {
            "candidates": [list(seed) for seed in self.seeds],
            "mutants": list(self.mutants),
            "raises": list(self.raises),
            "literals": list(self.literals),
            "aliases": [list(pair) for pair in self.aliases],
            "variable": self.variable,
            "budget_ms": round(self.budget_s * 1000),
            "patience": self.patience,
            "seed": self.seed,
        }
