"""The form in which every benchmark writes down what it measured, and the table made of all of them.

A record is one JSON file in `benchmarks/results`, named after its benchmark: what was asked, what was
measured, its spread, the peer measured in the same run, and with it the command, the seed, the machine, the
versions and the date. A figure is never printed anywhere that is not in such a file.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """Repeated measurements of one quantity."""

    median: float
    low: float
    high: float
    samples: list[float]

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """The spread of at least one sample; three decimals are kept."""
        kept = [round(sample, 3) for sample in samples]
        return cls(median=round(statistics.median(kept), 3), low=min(kept), high=max(kept), samples=kept)

    def __str__(self) -> str:
        return f"{self.median:,.2f} ({self.low:,.2f} to {self.high:,.2f})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table: what is measured, what is asked for, what came out, what stands beside it."""

    what: str
    asked: str
    measured: str
    beside: str
    met: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Everything a benchmark leaves behind."""

    benchmark: str
    command: str
    rows: list[Row]
    figures: dict[str, Any]
    seed: int | None = None
    notes: list[str] = field(default_factory=list)


def write(record: Record, folder: Path = RESULTS) -> Path:
    """Writes the record with date, machine and versions, atomically; returns the file's path."""
    content = {
        "benchmark": record.benchmark,
        "command": record.command,
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "seed": record.seed,
        "hardware": hardware(),
        "versions": versions(),
        "rows": [asdict(row) for row in record.rows],
        "figures": record.figures,
        "notes": record.notes,
    }
    path = folder / f"{record.benchmark}.json"
    draft = path.with_suffix(".json.draft")
    draft.write_text(json.dumps(content, indent=2, default=_plain) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def _plain(value: object) -> Any:
    if isinstance(value, Spread):
        return asdict(value)
    raise TypeError(f"not a value that a record can hold: {value!r}")


def hardware() -> dict[str, object]:
    """Processor, cores and memory of this machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """What ran: testgen and its commit, Python, Elixir, OTP, bubblewrap."""
    elixir = _said(["elixir", "-e", 'IO.write(System.version() <> "/" <> System.otp_release())'])
    return {
        "testgen": importlib.metadata.version("testgen"),
        "commit": _said(["git", "-C", str(RESULTS), "rev-parse", "--short", "HEAD"]),
        "python": platform.python_version(),
        "elixir": elixir.partition("/")[0],
        "otp": elixir.partition("/")[2],
        "bubblewrap": _said(["bwrap", "--version"]).removeprefix("bubblewrap "),
    }


def _said(argv: list[str]) -> str:
    if shutil.which(argv[0]) is None:
        return ""
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()


def read(benchmark: str, folder: Path = RESULTS) -> dict[str, Any] | None:
    """One benchmark's record, where there is one."""
    path = folder / f"{benchmark}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def read_all(folder: Path = RESULTS) -> list[dict[str, Any]]:
    """All records, by the name of their benchmark."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def table(records: Sequence[dict[str, Any]]) -> str:
    """The rows of the records as a Markdown table."""
    lines = ["| what | asked | measured | beside it |", "| --- | --- | --- | --- |"]
    for record in records:
        for row in record["rows"]:
            mark = "" if row["met"] else " (not met)"
            lines.append(f"| {row['what']} | {row['asked']} | {row['measured']}{mark} | {row['beside']} |")
    return "\n".join(lines) + "\n"


def report(record: Record) -> int:
    """Prints a record's rows; the exit status tells whether all were met."""
    print(table([{"rows": [asdict(row) for row in record.rows]}]), end="")
    print(f"written to {RESULTS.name}/{record.benchmark}.json")
    return 0 if all(row.met for row in record.rows) else 1
