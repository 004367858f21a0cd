"""How many mutants are pruned as equivalent and how many do not compile, over all fixture modules.

Mutants that cannot be switched are compiled one by one, as `score` compiles them, since only that tells
whether they do. Beside it stand the shares over public repositories, from the record of the switching study,
which counts what the switched build left out. Every pruned and every invalid mutant of the fixtures is listed
in the record, with the reason.

    python -m benchmarks.mutant_shares
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import record
from benchmarks.record import Row
from benchmarks.stopwatch import bench
from testgen.agent import Agent
from testgen.errors import AgentError
from testgen.project import Project

FIXTURES = ("cart", "plain", "processes")
_PROBE = """
defmodule TestgenProbeTest do
  use ExUnit.Case
  test "is there, so that mutants are compiled", do: assert(self())
end
"""


def built(fixture: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every source file of a fixture with what building its mutants gave; files without a module are none."""
    with bench(fixture) as place:
        sources = sorted((place.project / "lib").rglob("*.ex"))
        with Agent.start(Project.find(sources[0])) as agent:
            agent.open_project()
            for source in sources:
                relative = str(source.relative_to(place.project))
                try:
                    reply = agent.call("mutants", path=relative, operator_modules=[])
                except AgentError as error:
                    if error.kind != "no_module":
                        raise
                    continue
                reply["invalid"] += not_compiling(agent, reply["mutants"])
                lost = {mutant["id"] for mutant in reply["invalid"]}
                reply["mutants"] = [mutant for mutant in reply["mutants"] if mutant["id"] not in lost]
                yield f"{fixture}/{relative}", reply


def not_compiling(agent: Agent, mutants: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the mutants that are compiled one by one which do not compile, with the compiler's message."""
    alone = {mutant["id"]: mutant for mutant in mutants if mutant["strategy"] == "recompile"}
    if not alone:
        return []
    agent.call("load_tests", files=[], sources=[{"name": "probe_test.exs", "source": _PROBE}])
    agent.call("baseline", seeds=[0], compare_unswitched=False)
    stream = agent.stream("run_mutants", mutants=list(alone), all_tests=False)
    outcomes = [event.data for event in stream if event.name == "outcome"]
    assert len(outcomes) == len(alone), f"{len(outcomes)} outcomes for {len(alone)} mutants"
    return [
        {**alone[data["mutant"]], "message": data["message"]}
        for data in outcomes
        if data["status"] == "invalid"
    ]


def measure() -> dict[str, Any]:
    """Counts and lists over all fixtures."""
    figures: dict[str, Any] = {"modules": 0, "mutants": 0, "fallbacks": [], "pruned": [], "invalid": []}
    for source, reply in (pair for fixture in FIXTURES for pair in built(fixture)):
        figures["modules"] += len(reply["modules"])
        figures["mutants"] += len(reply["mutants"])
        figures["fallbacks"] += [{"file": source, **fallback} for fallback in reply["fallbacks"]]
        figures["pruned"] += [_listed(source, mutant, "reason") for mutant in reply["pruned"]]
        figures["invalid"] += [_listed(source, mutant, "message") for mutant in reply["invalid"]]
    return figures


def _listed(source: str, mutant: dict[str, Any], why: str) -> dict[str, Any]:
    return {
        "file": source,
        "mutant": mutant["key"],
        "replacement": mutant["replacement"],
        why: mutant.get(why),
    }


def public() -> dict[str, Any] | None:
    """The study's totals, where its record is there."""
    study = record.read("switching_study")
    return study["figures"]["totals"] if study else None


def row(what: str, limit: float, part: int, whole: int, beside: str) -> Row:
    """A share of all mutants born."""
    share = 100 * part / whole if whole else 0.0
    return Row(
        what=f"mutants {what}",
        asked=f"at most {limit:.0f}%",
        measured=f"{share:.1f}% of {whole:,}",
        beside=beside,
        met=share <= limit,
    )


def rows(figures: dict[str, Any]) -> list[Row]:
    """The two shares, public repositories beside them."""
    pruned, invalid = len(figures["pruned"]), len(figures["invalid"])
    born = figures["mutants"] + pruned + invalid
    totals = public()

    def beside(name: str) -> str:
        return f"public repositories {totals[name]}%" if totals else "no record of the switching study"

    return [
        row("pruned as equivalent", 5, pruned, born, beside("pruned_percent")),
        row("invalid", 10, invalid, born, beside("invalid_percent")),
    ]


def run() -> record.Record:
    """Measures and writes the record."""
    figures = measure()
    made = record.Record(
        benchmark="mutant_shares",
        command="python -m benchmarks.mutant_shares",
        rows=rows(figures),
        figures=figures,
    )
    record.write(made)
    return made


if __name__ == "__main__":
    sys.exit(record.report(run()))
