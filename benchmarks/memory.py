"""The most memory that the whole process tree of `score` and `generate` holds, sandbox and VMs included.

python -m benchmarks.memory
"""

from __future__ import annotations

import sys

from benchmarks import record
from benchmarks.record import Row, Spread
from benchmarks.stopwatch import Bench, bench, checked, testgen

ROUNDS = 3
LIMIT_MB = 600
CASES = (
    ("cart", "lib/shop/cart.ex", "test/shop/cart_test.exs"),
    ("processes", "lib/processes/basket.ex", "test/processes/basket_test.exs"),
)


def peak_mb(place: Bench, *arguments: str) -> float:
    """Megabytes (10^6 bytes) at the peak of one command."""
    return checked(place.run([testgen(), *arguments], watch_memory=True)).peak_bytes / 1e6


def measure(rounds: int) -> dict[str, list[float]]:
    """Peaks by command and project, from an empty cache, agent compiled before."""
    samples: dict[str, list[float]] = {}
    for project, source, suite in CASES:
        for _ in range(rounds):
            with bench(project) as place:
                place.run([testgen(), "doctor"])
                _keep(samples, f"score {project}", peak_mb(place, "score", source, suite))
                _keep(samples, f"score --jobs 2 {project}", _two_jobs(place, source, suite))
                (place.project / suite).unlink()
                _keep(samples, f"generate {project}", peak_mb(place, "generate", source))
    return samples


def _two_jobs(place: Bench, source: str, suite: str) -> float:
    place.forget_project()
    return peak_mb(place, "score", "--jobs", "2", source, suite)


def _keep(samples: dict[str, list[float]], name: str, peak: float) -> None:
    samples.setdefault(name, []).append(peak)


def run(rounds: int = ROUNDS) -> record.Record:
    """Measures and writes the record."""
    spreads = {name: Spread.of(values) for name, values in measure(rounds).items()}
    worst = max(spreads, key=lambda name: spreads[name].high)
    most = spreads[worst].high
    row = Row(
        what="memory of the whole process tree",
        asked=f"at most {LIMIT_MB} MB",
        measured=f"{most:.0f} MB (`{worst}`)",
        beside=", ".join(f"`{name}` {spread.median:.0f}" for name, spread in spreads.items()),
        met=most <= LIMIT_MB,
    )
    made = record.Record(
        benchmark="memory",
        command="python -m benchmarks.memory",
        rows=[row],
        figures={f"{name} (MB)": spread for name, spread in spreads.items()},
    )
    record.write(made)
    return made


if __name__ == "__main__":
    sys.exit(record.report(run()))
