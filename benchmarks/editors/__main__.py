"""Measures the table of what editors must reach, and the soak; writes the records.

python -m benchmarks.editors         what a user waits for: results/editors.json
python -m benchmarks.editors soak    fifty clients, five hundred jobs: results/soak.json
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks import record
from benchmarks.editors import rows, soak, starting, waiting
from benchmarks.editors.place import Place, place

_STARTS = 9
_REQUESTS = 200
_ROUNDS = 5


def measure(at: Place) -> tuple[list[record.Row], dict[str, object]]:
    """All rows and figures but the soak's."""
    starts = starting.measure(_STARTS)
    asked = asyncio.run(waiting.answers(at, _REQUESTS))
    cleared = asyncio.run(waiting.clearing(at, _ROUNDS))
    generated = asyncio.run(waiting.generating(at, _ROUNDS))
    cancelled = asyncio.run(waiting.cancelling(at, _ROUNDS))
    recovered, told = asyncio.run(waiting.recovering(at, _ROUNDS))
    lines = [
        *rows.starting(starts),
        *rows.answers(asked),
        rows.clearing(cleared),
        *rows.generating(generated),
        rows.cancelling(cancelled),
        rows.recovering(recovered, told=told),
    ]
    figures: dict[str, object] = {
        **{f"start of {name} (s)": record.Spread.of(each.seconds) for name, each in starts.items()},
        **{f"memory of {name} (MB)": record.Spread.of(each.megabytes) for name, each in starts.items()},
        **{f"{name} (ms)": record.Spread.of(each) for name, each in asked.items()},
        "edit to cleared (ms)": record.Spread.of(cleared),
        **{f"generation, {name} (s)": record.Spread.of(each) for name, each in generated.items()},
        "cancel (s)": record.Spread.of(cancelled),
        "recovery (s)": record.Spread.of(recovered),
    }
    return lines, figures


def run() -> record.Record:
    """Measures and writes the record."""
    with place("--quiet") as at:
        lines, figures = measure(at)
        at.testgen("serve", "--stop", cwd=at.folder, env=at.daemon.environment)  # the last one, an editor's
    made = record.Record(
        benchmark="editors", command="python -m benchmarks.editors", rows=lines, figures=figures
    )
    record.write(made)
    return made


def run_soak(config: soak.Config) -> record.Record:
    """Runs the soak and writes its record."""
    with place("--quiet") as at:
        found = asyncio.run(soak.soak(at, config))
        wrong = soak.wrong(found)
    made = record.Record(
        benchmark="soak",
        command="python -m benchmarks.editors soak",
        seed=config.seed,
        rows=[rows.soak(found, config, wrong)],
        figures={
            "states": found.states,
            "kills": found.kills,
            "begun again": sum(each.attempts > 1 for each in found.ended),
            "refused, queue full": found.queue_full,
            "distinct answers": sum(len(each) for each in found.texts.values()),
            "wrong answers": len(wrong),
            "seconds": round(found.seconds, 1),
            "memory (MB)": record.Spread.of(found.megabytes[:: max(1, len(found.megabytes) // 40)]),
            "memory at the peak (MB)": round(max(found.megabytes), 1),
        },
        notes=sorted({each.problem.message for each in found.ended if each.problem is not None})[:10],
    )
    record.write(made)
    return made


if __name__ == "__main__":
    sys.exit(record.report(run_soak(soak.Config()) if sys.argv[1:] == ["soak"] else run()))
