"""Judges mutants of the fixture projects twice and counts where the verdicts differ.

    python -m benchmarks.verdicts                 1,000 mutants, 300 of them in stateful modules
    python -m benchmarks.verdicts --mutants 60    a quick look

The switched VM's verdicts come from `testgen score` with its own limits and no cache; the others from
`benchmarks.verdicts.fresh_vm`. Where they differ the fresh VM is asked twice more, so that a suite that is
unsteady by itself can be told from a drift.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.record import Record, Row, write
from benchmarks.verdicts.fresh_vm import FreshVm, MutantText, Verdict, mutants_of
from benchmarks.verdicts.subjects import PROJECTS, Subject, subjects

ASKED_SHARE = 0.995


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdicts", description=__doc__)
    parser.add_argument("--mutants", type=int, default=1_000)
    parser.add_argument("--stateful", type=float, default=0.3, help="share in stateful modules")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/verdicts.json")
    options = parser.parse_args(argv)

    judged = [mutant for subject in subjects() for mutant in _switched(subject)]
    sample = _sample(judged, options.mutants, options.stateful, random.Random(options.seed))
    pairs = _judge_again(sample, options.jobs)
    record = _record(pairs, judged, options)
    if options.write:
        print(write(record))
    for row in record.rows:
        print(f"{row.what}: {row.measured} (asked: {row.asked})")
    for difference in record.figures["differences"]:
        print(json.dumps(difference))
    return 0 if all(row.met for row in record.rows) else 1


def _switched(subject: Subject) -> list[MutantText]:
    """All mutants of a module with the verdicts of `testgen score`."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        command = ["testgen", "score", subject.source, subject.suite, "--no-cache", "--json", str(report)]
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=PROJECTS / subject.project,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} in {subject.project}:\n{done.stderr}")
        mutants = mutants_of(subject, json.loads(report.read_text(encoding="utf-8")))
    print(f"{subject.name}: {len(mutants)} mutants", file=sys.stderr)
    return mutants


def _sample(
    judged: list[MutantText], size: int, stateful_share: float, chance: random.Random
) -> list[MutantText]:
    """So many mutants, the given share of them in stateful modules, in the order of their modules."""
    wanted = round(size * stateful_share)
    stateful = [mutant for mutant in judged if mutant.subject.stateful]
    others = [mutant for mutant in judged if not mutant.subject.stateful]
    chosen = chance.sample(stateful, min(wanted, len(stateful)))
    chosen += chance.sample(others, min(size - len(chosen), len(others)))
    place = {id(mutant): index for index, mutant in enumerate(judged)}
    return sorted(chosen, key=lambda mutant: place[id(mutant)])


def _judge_again(sample: list[MutantText], jobs: int) -> list[tuple[MutantText, list[Verdict]]]:
    """Each mutant with the fresh VM's verdict, and with two more where it differs from the switched VM's."""
    work: SimpleQueue[tuple[int, MutantText] | None] = SimpleQueue()
    for numbered in enumerate(sample):
        work.put(numbered)
    for _ in range(jobs):
        work.put(None)
    with ThreadPoolExecutor(jobs) as pool:
        parts = list(pool.map(lambda _: _drain(work, len(sample)), range(jobs)))
    verdicts = {index: found for part in parts for index, found in part}
    return [(mutant, verdicts[index]) for index, mutant in enumerate(sample)]


def _drain(work: SimpleQueue[tuple[int, MutantText] | None], total: int) -> list[tuple[int, list[Verdict]]]:
    found = []
    machines: dict[str, FreshVm] = {}
    with ExitStack() as stack:
        while (item := work.get()) is not None:
            index, mutant = item
            project = mutant.subject.project
            if project not in machines:
                machines[project] = stack.enter_context(FreshVm.copied(project))
            found.append((index, _verdicts(machines[project], mutant)))
            if index % 25 == 0:
                print(f"{index} of {total} judged again", file=sys.stderr)
    return found


def _verdicts(machine: FreshVm, mutant: MutantText) -> list[Verdict]:
    source = (PROJECTS / mutant.subject.project / mutant.subject.source).read_text(encoding="utf-8")
    text = mutant.apply(source)
    first = machine.judge(mutant.subject, text)
    again = 0 if first.kind == mutant.switched.kind else 2
    return [first, *(machine.judge(mutant.subject, text) for _ in range(again))]


def _record(
    pairs: list[tuple[MutantText, list[Verdict]]], judged: list[MutantText], options: argparse.Namespace
) -> Record:
    stateful = [pair for pair in pairs if pair[0].subject.stateful]
    others = [pair for pair in pairs if not pair[0].subject.stateful]
    fallback = sum(mutant.fresh_vm for mutant in judged) / len(judged)
    recompiled = sum(mutant.recompiled for mutant in judged) / len(judged)
    return Record(
        benchmark="verdicts",
        command=f"python -m benchmarks.verdicts --mutants {options.mutants} --seed {options.seed} --write",
        seed=options.seed,
        rows=[
            _row("verdicts equal to a fresh VM's", pairs, f"; {fallback:.1%} of ours needed one too"),
            _row("verdicts equal to a fresh VM's, stateful modules", stateful),
            _row("verdicts equal to a fresh VM's, other modules", others),
        ],
        figures={
            "mutants": len(pairs),
            "stateful_mutants": len(stateful),
            "fresh_vm_share": round(fallback, 4),
            "recompiled_share": round(recompiled, 4),
            "switched": _counted(mutant.switched for mutant, _ in pairs),
            "fresh": _counted(verdicts[0] for _, verdicts in pairs),
            "killed_and_timeout_told_apart_alike": sum(m.switched == v[0] for m, v in pairs),
            "differences": [_difference(mutant, verdicts) for mutant, verdicts in pairs if len(verdicts) > 1],
        },
        notes=["Killed and timeout count as one verdict, detected: the two scorers have different limits."],
    )


def _row(what: str, pairs: list[tuple[MutantText, list[Verdict]]], more: str = "") -> Row:
    equal = sum(mutant.switched.kind == verdicts[0].kind for mutant, verdicts in pairs)
    share = equal / len(pairs) if pairs else 0.0
    return Row(
        what=what,
        asked=f"{ASKED_SHARE:.1%}",
        measured=f"{share:.2%} ({equal} of {len(pairs)})",
        beside=f"plain `mix test` of the mutated source{more}",
        met=share >= ASKED_SHARE,
    )


def _counted(verdicts: Any) -> dict[str, int]:
    return dict(sorted(Counter(verdict.value for verdict in verdicts).items()))


def _difference(mutant: MutantText, verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "module": mutant.subject.name,
        "mutant": mutant.key,
        "replacement": mutant.replacement,
        "switched": mutant.switched.value,
        "fresh": [verdict.value for verdict in verdicts],
    }


if __name__ == "__main__":
    sys.exit(main())
