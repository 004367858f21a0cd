"""How long `score` and `generate` take on a module of sixty lines, in units of one `mix test` of it.

Cold: testgen never saw the project; the agent is compiled, which happens once per installation and is told
apart. Again: the same command once more, nothing changed but the test file taken away. Warm: in a process
whose VM has the project open, as a front that stays alive has it. All are measured in turns, so that a slow
moment of the machine meets them all.

    python -m benchmarks.command_time
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import record
from benchmarks.record import Row, Spread
from benchmarks.stopwatch import Bench, bench, checked, testgen
from testgen.progress import SilentProgress
from testgen.project import Project
from testgen.settings import Settings
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.pipeline import generate as generated
from testgen.synthesis.pipeline import started
from testgen.synthesis.workbench import Workbench

ROUNDS = 5
SOURCE = "lib/shop/cart.ex"
SUITE = "test/shop/cart_test.exs"


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of every round, by what was run."""
    samples: dict[str, list[float]] = {
        name: []
        for name in (
            "mix_test",
            "score_cold",
            "score_unchanged",
            "generate_cold",
            "generate_again",
            "generate_warm",
        )
    }
    with bench("cart") as scored, bench("cart") as written, bench("cart") as kept:
        checked(scored.mix_test(SUITE))
        checked(written.mix_test(SUITE))
        (written.project / SUITE).unlink()
        samples["first_ever"] = [seconds(scored, ["score", SOURCE, SUITE])]
        seconds(written, ["doctor"])
        (kept.project / SUITE).unlink()
        project = Project.find(kept.project / SOURCE)
        with started(project, Settings.load(project.top), SilentProgress()) as workbench:
            generate_warm(kept, workbench)
            _rounds(rounds, samples, scored, written, lambda: generate_warm(kept, workbench))
    return samples


def _rounds(
    rounds: int,
    samples: dict[str, list[float]],
    scored: Bench,
    written: Bench,
    warm: Callable[[], float],
) -> None:
    for _ in range(rounds):
        samples["mix_test"].append(checked(scored.mix_test(SUITE)).seconds)
        scored.forget_project()
        samples["score_cold"].append(seconds(scored, ["score", SOURCE, SUITE]))
        samples["score_unchanged"].append(seconds(scored, ["score", SOURCE, SUITE]))
        written.forget_project()
        samples["generate_cold"].append(generate(written))
        samples["generate_again"].append(generate(written))
        samples["generate_warm"].append(warm())


def seconds(place: Bench, arguments: Sequence[str]) -> float:
    """Runs testgen; it must succeed."""
    return checked(place.run([testgen(), *arguments])).seconds


def generate(place: Bench) -> float:
    """Writes the suite from nothing, then takes it away again."""
    taken = seconds(place, ["generate", SOURCE])
    (place.project / SUITE).unlink()
    return taken


def generate_warm(place: Bench, workbench: Workbench) -> float:
    """The whole suite once more, on the VM that is there; it is not written."""
    begun = time.monotonic()
    made = generated(GenerateConfig(path=place.project / SOURCE), SilentProgress(), warm=workbench)
    assert made.tests, "no tests were made"
    return time.monotonic() - begun


def rows(samples: dict[str, list[float]]) -> list[Row]:
    """The commands beside one `mix test`."""
    unit = Spread.of(samples["mix_test"])
    limits = (
        ("score_cold", "`score` of a 60-line module with its suite, cold", 4),
        ("generate_cold", "`generate` of the same, cold", 12),
        ("generate_warm", "`generate` of the same, warm", 4),
    )
    return [_row(what, limit, Spread.of(samples[name]), unit) for name, what, limit in limits]


def _row(what: str, limit: int, taken: Spread, unit: Spread) -> Row:
    ratio = taken.median / unit.median
    return Row(
        what=what,
        asked=f"at most {limit} times one `mix test`",
        measured=f"{ratio:.1f} times: {taken} s",
        beside=f"`mix test` {unit} s",
        met=ratio <= limit,
    )


def run(rounds: int = ROUNDS) -> record.Record:
    """Measures and writes the record."""
    samples = measure(rounds)
    figures: dict[str, Any] = {f"{name}_s": Spread.of(values) for name, values in samples.items()}
    made = record.Record(
        benchmark="command_time",
        command="python -m benchmarks.command_time",
        rows=rows(samples),
        figures=figures,
        notes=["first_ever_s includes compiling the agent"],
    )
    record.write(made)
    return made


if __name__ == "__main__":
    sys.exit(record.report(run()))
