"""Draws the modules by a rule and a seed and writes `modules.tsv`; done once, before any tuning.

    python -m benchmarks.generation.choose --workspace FOLDER --seed 0

The rule. A file under `lib` is a candidate when it
- is no Mix task and no protocol, and has 25 to 250 lines;
- has public functions of at least two names, and more of them than macros;
- has a suite of its own: one file `<stem>_test.exs` under `test` that names the module, the one with the
  nearest path where there are several.

Repositories come in an order drawn by the seed, and so do the candidates of each; where one holds state (a
process, a table), the first such comes first. A candidate is taken when its suite passes here alone by
`mix test`, twice, with two seeds, and so shows that the project compiles on this Elixir without a package
registry. At most three are taken of a repository, eight are tried, and it ends at 52 modules or more. The
halves: repositories in their order, those with a stateful module first, go to the two halves by turns.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from benchmarks.generation import modules
from benchmarks.generation.modules import Half, Module
from benchmarks.switching import workspace
from benchmarks.switching.workspace import Checkout

LINES = range(25, 251)
PER_REPOSITORY = 3
TRIED = 8
ENOUGH = 52
_LIMIT_S = 120
_FUNCTION = re.compile(r"^\s+def\s+([a-z_]\w*[?!]?)", re.MULTILINE)
_MACRO = re.compile(r"^\s+defmacro\s+([a-z_]\w*[?!]?)", re.MULTILINE)
_MODULE = re.compile(r"^defmodule\s+([\w.]+)", re.MULTILINE)
_STATE = re.compile(
    r"use (?:GenServer|GenStage|Agent|Supervisor)\b|:ets\.|\bAgent\.|\bGenServer\.|Process\.put"
)
_RAN = re.compile(r"^(?:\d+ doctests?, )?(?:\d+ properties?, )?(\d+) tests?, 0 failures", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A file that the rule admits, not tried yet."""

    source: Path
    suite: Path
    text: str

    @property
    def stateful(self) -> bool:
        return bool(_STATE.search(self.text))


def candidates(project: Path) -> list[Candidate]:
    """Every file of a project that the rule admits, by path."""
    suites = sorted((project / "test").rglob("*_test.exs"))
    found = (_candidate(path, project, suites) for path in sorted((project / "lib").rglob("*.ex")))
    return [candidate for candidate in found if candidate]


def _candidate(path: Path, project: Path, suites: Sequence[Path]) -> Candidate | None:
    text = path.read_text(encoding="utf-8", errors="replace")
    named = _MODULE.search(text)
    below = path.relative_to(project)
    if named is None or below.parts[1] == "mix" or "defprotocol " in text:
        return None
    functions, macros = set(_FUNCTION.findall(text)), set(_MACRO.findall(text))
    if len(text.splitlines()) not in LINES or len(functions) < 2 or len(macros) >= len(functions):
        return None
    suite = _own_suite(path, named.group(1), suites)
    return Candidate(source=path, suite=suite, text=text) if suite else None


def _own_suite(path: Path, module: str, suites: Sequence[Path]) -> Path | None:
    last = re.compile(rf"\b{re.escape(module.rpartition('.')[2])}\b")
    names = (suite for suite in suites if suite.name == f"{path.stem}_test.exs")
    own = [each for each in names if last.search(each.read_text(encoding="utf-8", errors="replace"))]
    return max(own, key=lambda suite: _shared(suite.parts[:-1], path.parts[:-1]), default=None)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many folders two paths end alike in."""
    alike = 0
    for ours, theirs in zip(reversed(one), reversed(other), strict=False):
        if ours != theirs:
            break
        alike += 1
    return alike


def drawn(found: Sequence[Candidate], chance: random.Random) -> list[Candidate]:
    """The candidates in a drawn order, the first stateful one in front."""
    order = list(found)
    chance.shuffle(order)
    first = next((candidate for candidate in order if candidate.stateful), None)
    return sorted(order, key=lambda candidate: candidate is not first)[:TRIED]


def passes(project: Path, suite: Path) -> bool:
    """Whether the suite passes by itself with two seeds, and runs at least one test."""
    return all(_passes(project, suite, seed) for seed in (0, 1))


def _passes(project: Path, suite: Path, seed: int) -> bool:
    argv = [
        "timeout",
        "-k",
        "5",
        str(_LIMIT_S),
        "mix",
        "test",
        str(suite.relative_to(project)),
        "--seed",
        str(seed),
    ]
    env = {**os.environ, "MIX_ENV": "test", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        argv, cwd=project, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    ran = _RAN.findall(done.stdout)
    return done.returncode == 0 and bool(ran) and int(ran[-1]) > 0


def taken(checkout: Checkout, project: Path, chance: random.Random) -> Iterator[Module]:
    """Those of a repository that are taken, at most PER_REPOSITORY; the half is set afterwards."""
    count = 0
    for candidate in drawn(candidates(project), chance):
        good = passes(project, candidate.suite)
        print(
            f"{'  ' if good else 'no'} {candidate.source.relative_to(project.parent)}",
            file=sys.stderr,
            flush=True,
        )
        if good:
            yield Module(
                half=Half.TUNING,
                repository=checkout.repository,
                commit=checkout.commit,
                source=str(candidate.source.relative_to(project)),
                suite=str(candidate.suite.relative_to(project)),
                lines=len(candidate.text.splitlines()),
                has_specs="@spec" in candidate.text,
                stateful=candidate.stateful,
            )
            count += 1
        if count == PER_REPOSITORY:
            return


def split(chosen: Sequence[list[Module]]) -> list[Module]:
    """The modules of each repository with its half."""
    order = sorted(chosen, key=lambda own: not any(module.stateful for module in own))
    return [
        replace(module, half=half)
        for own, half in zip(order, cycle((Half.TUNING, Half.KEPT_BACK)), strict=False)
        for module in own
    ]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation.choose", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True, help="where the copies go; kept")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    repositories, packages = modules.checkouts()
    options.workspace.mkdir(exist_ok=True, parents=True)
    workspace.lay_out(options.workspace, repositories + packages)
    chance = random.Random(options.seed)
    chance.shuffle(repositories)
    chosen: list[list[Module]] = []
    for checkout in repositories:
        if own := list(taken(checkout, options.workspace / checkout.app, chance)):
            chosen.append(own)
        if sum(map(len, chosen)) >= ENOUGH:
            break
    modules.write(split(chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
