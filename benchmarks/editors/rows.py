"""The table's lines about editors: what was asked for, what came out, whether that is enough. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.editors.soak import Config, Soaked
from benchmarks.editors.starting import Started
from benchmarks.record import Row, Spread

_SOAK_MB = 2_000


def p99(samples: Sequence[float]) -> float:
    """The 99th percentile of at least two samples."""
    return statistics.quantiles(samples, n=100, method="inclusive")[98]


def starting(found: Mapping[str, Started]) -> list[Row]:
    """Time and memory of the language server beside the smallest one."""
    ours, hello = found["testgen"], found["hello"]
    ratio = statistics.median(ours.seconds) / statistics.median(hello.seconds)
    most = max(ours.megabytes)
    heavy = ", ".join(sorted(ours.heavy)) or "no numeric or model library"
    return [
        Row(
            what="language server, start to initialized",
            asked="at most 1.5 times a hello-world pygls server",
            measured=f"{ratio:.2f} times: {Spread.of(ours.seconds)} s",
            beside=f"hello-world server {Spread.of(hello.seconds)} s",
            met=ratio <= 1.5,
        ),
        Row(
            what="language server, memory once initialized",
            asked="at most 80 MB, no numeric or model library",
            measured=f"{most:.0f} MB, {heavy}",
            beside=f"hello-world server {max(hello.megabytes):.0f} MB",
            met=most <= 80 and not ours.heavy,
        ),
    ]


def answers(found: Mapping[str, Sequence[float]]) -> list[Row]:
    """Requests in a long file while a generation runs."""
    return [
        Row(
            what=f"{name}, 5,000-line file, while a generation runs",
            asked="99th percentile at most 30 ms",
            measured=f"{p99(samples):.1f} ms",
            beside=f"median {statistics.median(samples):.1f} ms of {len(samples)}",
            met=p99(samples) <= 30,
        )
        for name, samples in found.items()
    ]


def clearing(found: Sequence[float]) -> Row:
    """Survivors that go when their source is edited."""
    return Row(
        what="typing to cleared diagnostics",
        asked="at most 50 ms",
        measured=f"{Spread.of(found)} ms",
        beside="",
        met=max(found) <= 50,
    )


def generating(found: Mapping[str, Sequence[float]]) -> list[Row]:
    """A generation by an editor, beside the command line's."""
    first, whole, command = (Spread.of(found[name]) for name in ("first", "all", "command"))
    return [
        Row(
            what="code action to first accepted test, warm, small module",
            asked="at most 2 s",
            measured=f"{first} s",
            beside=f"all done in {whole} s",
            met=first.median <= 2,
        ),
        Row(
            what="code action to all done, warm, small module",
            asked="at most the command line's time",
            measured=f"{whole} s",
            beside=f"`testgen generate` {command} s",
            met=whole.median <= command.median,
        ),
    ]


def cancelling(found: Sequence[float]) -> Row:
    """The end of a job that nobody wants any longer."""
    return Row(
        what="cancel in the editor to the last process gone",
        asked="at most 1 s",
        measured=f"{Spread.of(found)} s",
        beside="an idle VM is kept for the next job",
        met=max(found) <= 1,
    )


def recovering(found: Sequence[float], *, told: bool) -> Row:
    """The end of a daemon in mid-job."""
    said = "lost jobs named, files intact" if told else "a lost job was not named, or a file changed"
    return Row(
        what="daemon killed -9 in mid-job, to the next job running",
        asked="at most 5 s, lost jobs named, files intact",
        measured=f"{Spread.of(found)} s, {said}",
        beside="",
        met=max(found) <= 5 and told,
    )


def soak(found: Soaked, config: Config, wrong: Sequence[str]) -> Row:
    """Many clients on one daemon."""
    most, missing = max(found.megabytes), config.jobs - len(found.ended)
    bad = missing + found.lost + found.doubled + found.misplaced + len(wrong)
    return Row(
        what=f"{config.clients} clients, {config.jobs} jobs of 1 s, one of five cancelled, agents killed",
        asked=f"none lost, none doubled, every answer right, at most {_SOAK_MB:,} MB",
        measured=f"{found.lost + missing} lost, {found.doubled} doubled, "
        f"{found.misplaced + len(wrong)} wrong, {most:.0f} MB",
        beside=f"{found.kills} agents killed, {len(found.cancelled)} jobs cancelled, {found.seconds:.0f} s",
        met=bad == 0 and most <= _SOAK_MB,
    )
