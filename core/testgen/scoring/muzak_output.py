"""Reads what `mix muzak` prints with DEBUG=1, the only mode in which it says what became of each mutation.

Without DEBUG it prints a dot for a mutation that a test found and for one that no test ever ran against,
which is how its stock release comes to a false 100% on Elixir 1.14 and newer. With it, each mutation is a
block:

    Starting mutation at lib/shop/cart.ex:27

    <<<<<<< ORIGINAL
    case List.keyfind(cart.items, name, 0) do
    =======
    case List.keyfind(cart.items, name, 84) do
    >>>>>>> MUTATION

    Mutating file
    Mutating completed
    Tests starting
    (what ExUnit prints)
    2 tests, 1 failure
    Tests finished
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_ANNOUNCED = re.compile(r"Beginning mutation testing - (\d+) mutations? generated")
_BLOCK = re.compile(
    r"Starting mutation at (?P<path>[^\n]+):(?P<line>\d+)\n\n"
    r"<<<<<<< ORIGINAL\n(?P<original>.*?)\n=======\n(?P<mutation>.*?)\n>>>>>>> MUTATION\n",
    re.DOTALL,
)
_COUNTS = re.compile(
    r"^(?P<ran>(?:\d+ \w+, )*?)(?P<failures>\d+) failures?(?:,.*?(?P<invalid>\d+) invalid)?", re.MULTILINE
)
_FAILURE = re.compile(r"^ +1\) .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
_SEED = re.compile(r"^Randomized with seed (\d+)", re.MULTILINE)


class Fate(str, Enum):
    """What became of one mutation, as its block tells it."""

    FOUND = "found"
    """Tests ran, and at least one failed."""
    SURVIVED = "survived"
    """Tests ran, and all passed."""
    NOT_COMPILED = "not compiled"
    """The mutated file, or the tests against it, did not compile."""
    NOT_TESTED = "not tested"
    """It compiled, and no test ran: Muzak counts it as found all the same."""
    UNFINISHED = "unfinished"
    """The output ends within the block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One mutation of Muzak's, in its own formatting of the source."""

    path: str
    line: int
    original: str
    replacement: str
    fate: Fate
    failure: str | None = None
    """The first failing test with its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuzakRun:
    """All that one run printed."""

    announced: int | None
    """How many mutations Muzak said it made; None if it did not get that far."""
    mutations: tuple[Mutation, ...]
    seed: int | None

    @property
    def num_done(self) -> int:
        """How many mutations the run was through with."""
        return sum(mutation.fate is not Fate.UNFINISHED for mutation in self.mutations)


def parse(output: str) -> MuzakRun:
    """The run that `output` tells of, as far as it goes."""
    text = _ANSI.sub("", output).replace("\r\n", "\n")
    announced = _ANNOUNCED.search(text)
    blocks = list(_BLOCK.finditer(text))
    ends = [*(block.start() for block in blocks[1:]), len(text)]
    seeds = _SEED.findall(text)
    return MuzakRun(
        announced=int(announced[1]) if announced else None,
        mutations=tuple(
            _mutation(block, text[block.end() : end]) for block, end in zip(blocks, ends, strict=False)
        ),
        seed=int(seeds[-1]) if seeds else None,
    )


def _mutation(block: re.Match[str], body: str) -> Mutation:
    fate = _fate(body)
    failure = _FAILURE.search(body) if fate is Fate.FOUND else None
    return Mutation(
        path=block["path"],
        line=int(block["line"]),
        original=block["original"],
        replacement=block["mutation"],
        fate=fate,
        failure=failure[0].strip() if failure else None,
    )


def _fate(body: str) -> Fate:
    if "Tests starting\n" in body:
        return _fate_of_tests(body.partition("Tests starting\n")[2])
    if "Mutation failed to compile\n" in body:
        return Fate.NOT_COMPILED
    return Fate.NOT_TESTED if "Original file compiled\n" in body else Fate.UNFINISHED


def _fate_of_tests(told: str) -> Fate:
    ran, finished, _ = told.partition("Tests finished\n")
    if not finished:
        return Fate.UNFINISHED
    summaries = list(_COUNTS.finditer(ran))
    if not summaries:
        return Fate.NOT_COMPILED
    counts = summaries[-1]
    if int(counts["failures"]) or int(counts["invalid"] or 0):
        return Fate.FOUND
    return Fate.SURVIVED if re.search(r"[1-9]", counts["ran"]) else Fate.NOT_TESTED
