"""The fixture modules whose mutants are judged twice, and which of them hold state between calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECTS = Path(__file__).parents[2] / "tests" / "projects"

STATEFUL = frozenset(
    {"parking", "visits", "basket", "cache", "scoreboard", "feature", "room", "throttle", "auction", "locks"}
)
"""Modules of `processes` that are a GenServer or an Agent, or keep state in ETS or in settings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A module of a fixture project and its suite."""

    project: str
    """Folder under `tests/projects`; its `mix.exs` is directly in it."""
    source: str
    """Path of the module's file below the project."""
    suite: str
    """Path of its tests below the project."""
    stateful: bool = False

    @property
    def name(self) -> str:
        return f"{self.project}/{Path(self.source).stem}"


def subjects() -> Iterator[Subject]:
    """Every module of the ordinary projects that has a suite of its own, in a fixed order."""
    for project in ("cart", "plain", "processes"):
        root = PROJECTS / project
        for source in sorted((root / "lib").rglob("*.ex")):
            below = source.relative_to(root / "lib").with_name(f"{source.stem}_test.exs")
            if (root / "test" / below).exists():
                yield Subject(
                    project=project,
                    source=str(source.relative_to(root)),
                    suite=str(Path("test") / below),
                    stateful=project == "processes" and source.stem in STATEFUL,
                )
