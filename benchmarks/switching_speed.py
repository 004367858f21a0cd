"""How many mutants a second: the product's switching beside Muzak, recompiling, and switching with ExUnit.

All run the same mutants of the same module against the same suite, in turns, each stopping at a mutant's
first failing test. Which mutants are the same is said in docs/benchmarks.md. Without `TESTGEN_MUZAK_DIR`
Muzak is left out and the mutants are all the literals of the module. What cannot be switched (module
attributes) is left out of the comparison, and its rate recorded apart.

    TESTGEN_MUZAK_DIR=... python -m benchmarks.switching_speed
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import muzak_peer, record
from benchmarks.record import Row, Spread
from benchmarks.stopwatch import Bench, bench, checked, testgen
from testgen.agent import Agent
from testgen.mutation import Mutant, Strategy
from testgen.project import Project
from testgen.toolchain import Toolchain, agent_ebin

ROUNDS = 5
REPEATS = 40
"""How often the product runs the same mutants in one request, for they take a few milliseconds."""
SOURCE = "lib/shop/cart.ex"
SUITE = "test/shop/cart_test.exs"
_PEERS = Path(__file__).with_name("peers.exs")
_PEER = re.compile(r"^peer (\w+) (\d+) (\d+) (\d+)$", re.MULTILINE)


@dataclass(kw_only=True)
class Rates:
    """Mutants a second of every round, by way of running them; and the whole commands' seconds."""

    switched: list[float] = field(default_factory=list)
    exunit: list[float] = field(default_factory=list)
    recompile: list[float] = field(default_factory=list)
    recompiled_by_product: list[float] = field(default_factory=list)
    muzak: list[float] = field(default_factory=list)
    muzak_whole_s: list[float] = field(default_factory=list)
    score_whole_s: list[float] = field(default_factory=list)
    muzak_mutants: int = 0
    score_mutants: int = 0


class Product:
    """The agent with the module's mutants built and the suite loaded, as `score` would have it."""

    def __init__(self, agent: Agent) -> None:
        agent.open_project()
        built = agent.call("mutants", path=SOURCE, operator_modules=[])
        agent.call("load_tests", files=[SUITE], sources=[])
        agent.call("baseline", seeds=[0], compare_unswitched=True)
        self._agent = agent
        self.mutants = [Mutant.from_wire(data) for data in built["mutants"]]

    @property
    def recompiled(self) -> list[Mutant]:
        """The mutants that cannot be switched."""
        return [mutant for mutant in self.mutants if mutant.strategy is Strategy.RECOMPILE]

    def rate(self, mutants: Sequence[Mutant], repeats: int) -> float:
        """Mutants a second over the channel, verdicts received: one request with all of them `repeats` times,
        as many as a module of some thousand lines has.
        """
        ids = [mutant.id for mutant in mutants] * repeats
        started = time.monotonic()
        stream = self._agent.stream("run_mutants", mutants=ids, all_tests=False)
        verdicts = sum(1 for event in stream if event.name == "outcome")
        assert verdicts == len(ids), f"{verdicts} verdicts for {len(ids)} mutants"
        return verdicts / (time.monotonic() - started)


def chosen(product: Product, place: Bench, clone: Path | None) -> list[Mutant]:
    """The mutants that everybody runs."""
    switched = [mutant for mutant in product.mutants if mutant.strategy is Strategy.SWITCH]
    if clone is not None:
        return muzak_peer.same(muzak_peer.listed(place, SOURCE), switched)
    return [mutant for mutant in switched if mutant.operator.startswith("literal.")]


def run_peers(place: Bench, mutants: Sequence[Mutant], rates: Rates) -> None:
    """One round of the two peers written here."""
    source = (place.project / SOURCE).read_text(encoding="utf-8")
    folder = place.cache / "mutated"
    folder.mkdir(exist_ok=True)
    lines = []
    for number, mutant in enumerate(mutants):
        path = folder / f"{number}.ex"
        path.write_text(mutant.apply(source), encoding="utf-8")
        lines.append(f"{mutant.key}\t{path}")
    listing = folder / "list"
    listing.write_text("\n".join(lines), encoding="utf-8")
    ebin = agent_ebin(Toolchain.find(place.project))
    argv: list[str | Path] = [
        "env",
        "MIX_ENV=test",
        "elixir",
        "-pa",
        ebin,
        "-S",
        "mix",
        "run",
        _PEERS,
        SOURCE,
        SUITE,
        listing,
    ]
    ran = checked(place.run(argv))
    per_second = {
        name: int(count) / (int(time_us) / 1e6) for name, count, time_us, _ in _PEER.findall(ran.stdout)
    }
    rates.exunit.append(per_second["exunit"])
    rates.recompile.append(per_second["recompile"])


def run_muzak(place: Bench, rates: Rates) -> None:
    """One round of Muzak."""
    ran = muzak_peer.timed(place, SOURCE)
    rates.muzak.append(ran.mutants / ran.loop_s)
    rates.muzak_whole_s.append(ran.whole_s)
    rates.muzak_mutants = ran.mutants


def run_score(place: Bench, rates: Rates) -> None:
    """One whole cold `score` of the same module and suite, all of testgen's mutants."""
    place.forget_project()
    rates.score_whole_s.append(checked(place.run([testgen(), "score", SOURCE, SUITE])).seconds)


def measure(rounds: int) -> tuple[list[Mutant], Rates]:
    """All ways in turns."""
    rates, clone = Rates(), muzak_peer.folder()
    with bench("cart") as place, bench("cart") as peers:
        checked(place.mix_test(SUITE))
        checked(peers.mix_test(SUITE))
        if clone is not None:
            muzak_peer.add_to(peers, clone)
        with Agent.start(Project.find(place.project / SOURCE)) as agent:
            product = Product(agent)
            mutants = chosen(product, peers, clone)
            rates.score_mutants = len(product.mutants)
            product.rate(mutants, 5)
            for _ in range(rounds):
                rates.switched.append(product.rate(mutants, REPEATS))
                rates.recompiled_by_product.append(product.rate(product.recompiled, 1))
                run_peers(peers, mutants, rates)
                if clone is not None:
                    run_muzak(peers, rates)
        for _ in range(rounds):
            run_score(place, rates)
    return mutants, rates


def rows(mutants: Sequence[Mutant], rates: Rates) -> list[Row]:
    """Switching beside its peers, and the whole jobs."""
    switched = Spread.of(rates.switched)
    beside = f"recompile and `ExUnit.run` {Spread.of(rates.recompile)}, switch and `ExUnit.run` " + str(
        Spread.of(rates.exunit)
    )
    if not rates.muzak:
        return [
            Row(
                what="switched mutants per second",
                asked="200 times Muzak",
                measured=f"{switched}, on {len(mutants)} mutants",
                beside=f"{beside}; Muzak not measured",
                met=False,
            )
        ]
    muzak = Spread.of(rates.muzak)
    return [
        Row(
            what="switched mutants per second, the same mutants",
            asked="200 times Muzak",
            measured=f"{switched.median / muzak.median:.0f} times: {switched}",
            beside=f"Muzak {muzak}, {beside}",
            met=switched.median >= 200 * muzak.median,
        ),
        _whole_job(rates),
    ]


def _whole_job(rates: Rates) -> Row:
    score, muzak = Spread.of(rates.score_whole_s), Spread.of(rates.muzak_whole_s)
    ours, theirs = rates.score_mutants / score.median, rates.muzak_mutants / muzak.median
    return Row(
        what="mutants per second of the whole job, set-up included, cold",
        asked="5 times Muzak",
        measured=f"{ours / theirs:.1f} times: {rates.score_mutants} mutants in {score} s",
        beside=f"Muzak {rates.muzak_mutants} in {muzak} s",
        met=ours >= 5 * theirs,
    )


def run(rounds: int = ROUNDS) -> record.Record:
    """Measures and writes the record."""
    mutants, rates = measure(rounds)
    figures: dict[str, Any] = {
        f"{name}_per_s": Spread.of(getattr(rates, name))
        for name in ("switched", "exunit", "recompile", "recompiled_by_product", "muzak")
        if getattr(rates, name)
    }
    figures |= {
        name: Spread.of(getattr(rates, name))
        for name in ("muzak_whole_s", "score_whole_s")
        if getattr(rates, name)
    }
    made = record.Record(
        benchmark="switching_speed",
        command="TESTGEN_MUZAK_DIR=... python -m benchmarks.switching_speed",
        rows=rows(mutants, rates),
        figures=figures | {"mutants": [mutant.key for mutant in mutants]},
        seed=0,
        notes=["Muzak 1.1.1, changed as docs/benchmarks.md says" if rates.muzak else "Muzak was not there"],
    )
    record.write(made)
    return made


if __name__ == "__main__":
    sys.exit(record.report(run()))
