"""The modules that generation is measured on: read from `modules.tsv`, and from checked-out repositories.

The list was drawn by `choose.py` before anything was tuned on any of its modules. It is split by repository
into a half to work with (`tuning`) and a half that is looked at only at the end (`kept_back`). It holds
names, commits and paths; the code itself is checked out by whoever runs the benchmark, into the folder that
TESTGEN_REPOSITORIES_DIR names: `owner+name` per repository, and `packages/owner+name` for what is only a
dependency.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import Enum
from pathlib import Path

from benchmarks.switching.workspace import Checkout

LIST = Path(__file__).with_name("modules.tsv")
_TITLE = "# The modules that generation is measured on, as `choose.py` drew them; see `modules.py`.\n"
VARIABLE = "TESTGEN_REPOSITORIES_DIR"


class Half(str, Enum):
    """What a repository's modules may be used for."""

    TUNING = "tuning"
    KEPT_BACK = "kept_back"


@dataclass(frozen=True, kw_only=True, slots=True)
class Module:
    """One module of one repository at one commit."""

    half: Half
    repository: str
    """`owner/name`."""
    commit: str
    source: str
    """Path of its file below the repository's root."""
    suite: str
    """Path of its own tests in the repository."""
    lines: int
    has_specs: bool
    stateful: bool

    @property
    def app(self) -> str:
        """The folder's name in a workspace, which is that of the Mix application."""
        return self.repository.rpartition("/")[2]

    @property
    def name(self) -> str:
        """`app/path/of/file`, unique in the list and fit for a command line."""
        return f"{self.app}/{self.source.removeprefix('lib/').removesuffix('.ex')}"

    @property
    def slug(self) -> str:
        """The name as one part of a path."""
        return self.name.replace("/", "--")


def read(path: Path = LIST) -> list[Module]:
    """All modules, in the order in which they were drawn."""
    lines = path.read_text(encoding="utf-8").splitlines()
    table = (line for line in lines if not line.startswith("#"))
    return [_parsed(row) for row in csv.DictReader(table, delimiter="\t")]


def _parsed(row: dict[str, str]) -> Module:
    return Module(
        half=Half(row["half"]),
        repository=row["repository"],
        commit=row["commit"],
        source=row["source"],
        suite=row["suite"],
        lines=int(row["lines"]),
        has_specs=row["has_specs"] == "yes",
        stateful=row["stateful"] == "yes",
    )


def write(modules: Sequence[Module], path: Path = LIST) -> None:
    """The list as tab-separated text, a title and a line of names on top."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_TITLE)
        names = [field.name for field in fields(Module)]
        table = csv.DictWriter(file, names, delimiter="\t", lineterminator="\n")
        table.writeheader()
        for module in modules:
            table.writerow({name: _cell(value) for name, value in asdict(module).items()})


def _cell(value: object) -> object:
    if isinstance(value, Half):
        return value.value
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def checkouts(folder: Path | None = None) -> tuple[list[Checkout], list[Checkout]]:
    """The repositories in the folder, and the packages beside them; the environment names it by default.

    Raises SystemExit where no folder is named.
    """
    named = folder or (Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None)
    if named is None or not named.is_dir():
        raise SystemExit(f"{VARIABLE} names no folder of checked-out repositories (see docs/benchmarks.md)")
    return _read(named), _read(named / "packages")


def _read(folder: Path) -> list[Checkout]:
    return [Checkout.read(path) for path in sorted(folder.glob("*+*")) if path.is_dir()]
