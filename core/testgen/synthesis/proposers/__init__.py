"""Proposers: each turns one source of knowledge into calls worth trying. One file each, one explicit list."""

from __future__ import annotations

from testgen.synthesis.proposers.base import Proposer
from testgen.synthesis.proposers.boundaries import Boundaries
from testgen.synthesis.proposers.clauses import Clauses
from testgen.synthesis.proposers.consumption import Consumption
from testgen.synthesis.proposers.doctests import Doctests
from testgen.synthesis.proposers.exchange import Exchange
from testgen.synthesis.proposers.existing import ExistingTests
from testgen.synthesis.proposers.files import Files
from testgen.synthesis.proposers.graphs import Graphs
from testgen.synthesis.proposers.guidance import Guidance
from testgen.synthesis.proposers.inference import Inference
from testgen.synthesis.proposers.input import Input
from testgen.synthesis.proposers.laws import Laws
from testgen.synthesis.proposers.processes import Processes
from testgen.synthesis.proposers.repair import Repair
from testgen.synthesis.proposers.sequences import Sequences
from testgen.synthesis.proposers.simplification import Simplification
from testgen.synthesis.proposers.specs import Specs
from testgen.synthesis.proposers.starting import Starting
from testgen.synthesis.proposers.threading import Threading
from testgen.synthesis.proposers.variation import Variation

FIRST_ROUND: tuple[Proposer, ...] = (
    Doctests(),
    ExistingTests(),
    Clauses(),
    Specs(),
    Boundaries(),
    Inference(),
    Input(),
    Files(),
    Starting(),
    Graphs(),
    Processes(),
)
"""Asked before anything has run."""

LATER_ROUNDS: tuple[Proposer, ...] = (
    Consumption(),
    Repair(),
    Threading(),
    Sequences(),
    Exchange(),
    Laws(),
    Specs(),
    Inference(),
    Clauses(),
    Variation(),
    Processes(),
)
"""Asked again while mutants survive; they use what was observed."""

NAMES: tuple[str, ...] = tuple(
    dict.fromkeys(
        (*(each.name for each in (*FIRST_ROUND, *LATER_ROUNDS)), Guidance.name, Simplification.name)
    )
)
"""All by name: those of the rounds, and those that are made of what a round found."""

__all__ = ["FIRST_ROUND", "LATER_ROUNDS", "NAMES", "Proposer"]
