"""Runs Muzak on a project's module and reads which mutants it made, for comparison on the same ones.

Muzak stays outside this repository: `TESTGEN_MUZAK_DIR` names a folder with a clone that runs
(docs/benchmarks.md says what it takes). The project's copy gets it as a path dependency.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stopwatch import Bench
from testgen.mutation import Mutant

_BLOCK = re.compile(
    r"Starting mutation at (?P<path>\S+):(?P<line>\d+)\s+<<<<<<< ORIGINAL\n(?P<original>.*?)\n=======\n"
    r"(?P<mutation>.*?)\n>>>>>>> MUTATION",
    re.DOTALL,
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\d[\d_]*(?:\.\d+)?|\w+|\S')
_LITERAL = re.compile(r'^(?:\d|")')
_TOTALS = re.compile(r"(\d+) (?:mutations run|run - 0 mutations survived)")
_TIME = re.compile(r"Finished in ([\d.]+) seconds")


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A number or string that Muzak changed: its line, its text, and its how-manieth on that line."""

    line: int
    text: str
    nth: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MuzakRun:
    """One timed run: mutants, its own time for them, and the whole command's."""

    mutants: int
    loop_s: float
    whole_s: float


def folder() -> Path | None:
    """The clone, where one is named."""
    named = os.environ.get("TESTGEN_MUZAK_DIR")
    return Path(named).resolve() if named else None


def add_to(place: Bench, clone: Path) -> None:
    """Makes the clone a dependency of the project's copy and compiles it."""
    mix = place.project / "mix.exs"
    text = mix.read_text(encoding="utf-8")
    if "deps: []" not in text:
        raise RuntimeError(f"{mix.name} of the fixture has no `deps: []` to put Muzak into")
    mix.write_text(text.replace("deps: []", f'deps: [{{:muzak, path: "{clone}"}}]'), encoding="utf-8")
    place.run(["env", "MIX_ENV=test", "mix", "compile"])


def listed(place: Bench, source: str) -> list[Literal | None]:
    """The mutants that Muzak makes, in an untimed run; None for one that is no changed literal."""
    ran = place.run(["env", "MIX_ENV=test", "DEBUG=1", "mix", "muzak", "--seed", "0", "--only", source])
    return [_literal(block) for block in _BLOCK.finditer(ran.stdout)]


def _literal(block: re.Match[str]) -> Literal | None:
    before, after = _TOKEN.findall(block["original"]), _TOKEN.findall(block["mutation"])
    changed = [index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
    if len(before) != len(after) or len(changed) != 1 or not _LITERAL.match(before[changed[0]]):
        return None
    text = before[changed[0]]
    return Literal(line=int(block["line"]), text=text, nth=before[: changed[0]].count(text))


def same(literals: Sequence[Literal | None], mutants: Sequence[Mutant]) -> list[Mutant]:
    """For each literal that Muzak changed, one mutant of the same literal, where there is one."""
    found = {}
    for literal in filter(None, literals):
        at_line = [m for m in mutants if m.start.line == literal.line and m.original == literal.text]
        columns = sorted({mutant.start.column for mutant in at_line})
        if literal.nth < len(columns):
            chosen = next(m for m in at_line if m.start.column == columns[literal.nth])
            found[chosen.key] = chosen
    return list(found.values())


def timed(place: Bench, source: str) -> MuzakRun:
    """One run as a user would start it."""
    ran = place.run(["env", "MIX_ENV=test", "mix", "muzak", "--seed", "0", "--only", source])
    totals, loop = _TOTALS.search(ran.stdout), _TIME.search(ran.stdout)
    if totals is None or loop is None:
        raise RuntimeError(f"Muzak printed no totals: {(ran.stdout + ran.stderr)[-2000:]}")
    return MuzakRun(mutants=int(totals[1]), loop_s=float(loop[1]), whole_s=ran.seconds)
