"""What each proposer adds: kills and time of `testgen generate` with all of them, and with one off.

    python -m benchmarks.generation.ablation --workspace W --state S --half tuning --write

Of the modules of one half, or those named; the guided search counts as a proposer (`guidance`). Each run is
on a project that was seen before, with the same seed. Results are kept in S, one file a module, and not made
again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks.generation import modules, rows, steps
from benchmarks.generation.figures import median, share
from benchmarks.generation.modules import Half, Module
from benchmarks.generation.places import Workspace
from benchmarks.generation.state import State
from testgen.synthesis.proposers import NAMES

ALL = "all"
"""The name of the run with nothing off."""


def measure(module: Module, space: Workspace, state: State, proposers: Sequence[str]) -> None:
    """Does the runs of one module that are still to be done."""
    missing = [name for name in (ALL, *proposers) if name not in state.read(module)]
    if not missing:
        return
    with space.copy(module) as place:
        steps.cold(place, {})
        for name in missing:
            state.keep(module, name, steps.without(place, *([] if name == ALL else [name])))
            print(f"{module.name}: {name}", file=sys.stderr, flush=True)


def killed(result: Mapping[str, Any]) -> int:
    """Kills that the generation reports; none where it wrote nothing."""
    return int((result["report"] or {}).get("mutants", {}).get("killed", 0))


def figures(every: Sequence[Mapping[str, Any]], proposers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By what was off: kills over all modules, their share of those with all on, and median seconds."""
    most = sum(killed(done[ALL]) for done in every)
    return {
        name: {
            "killed": (kills := sum(killed(done[name]) for done in every)),
            "share_of_all": share(kills, most),
            "seconds_median": median(done[name]["seconds"] for done in every),
            "cpu_s_median": median(done[name]["cpu_s"] for done in every),
        }
        for name in (ALL, *proposers)
    }


def row(found: Mapping[str, Mapping[str, Any]], count: int) -> record.Row:
    """What is lost with each proposer off, the greatest loss first."""
    losses = {name: 1 - (each["share_of_all"] or 0.0) for name, each in found.items() if name != ALL}
    told = [f"{name} {100 * loss:.1f}%" for name, loss in sorted(losses.items(), key=lambda each: -each[1])]
    return record.Row(
        what="public modules: kills lost with one proposer off",
        asked="told",
        measured=", ".join(told),
        beside=f"{found[ALL]['killed']:,} kills in {count} modules with all on",
        met=True,
    )


def main(argv: Sequence[str]) -> int:
    """Measures, prints, and writes the record where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generation.ablation", description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--half", choices=[half.value for half in Half], default=Half.TUNING.value)
    parser.add_argument("--modules", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--without", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(argv)
    listed = [
        module
        for module in modules.read()
        if (module.name in options.modules if options.modules else module.half.value == options.half)
    ]
    state, space = State(folder=options.state), Workspace(options.workspace)
    space.prepare(listed)
    for module in listed:
        measure(module, space, state, options.without)
    found = figures([state.read(module) for module in listed], options.without)
    made = record.Record(
        benchmark="generation_ablation",
        command="python -m benchmarks.generation.ablation",
        rows=[row(found, len(listed))],
        figures={"modules": [module.name for module in listed], "without": found},
        seed=0,
    )
    if options.write:
        record.write(made)
    print(record.table([{"rows": [rows.plain(made.rows[0])]}]), end="")
    for name, each in found.items():
        print(f"{name}: {each['killed']} kills, {each['seconds_median']} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
