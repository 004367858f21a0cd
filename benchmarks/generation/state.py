"""What was measured so far: a JSON file per module, written after every step; a run can go on later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.generation.modules import Module


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """The folder of one run's results."""

    folder: Path

    def path(self, module: Module) -> Path:
        """The module's file."""
        return self.folder / f"{module.slug}.json"

    def read(self, module: Module) -> dict[str, Any]:
        """Results by step; none where the module was not begun."""
        path = self.path(module)
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def keep(self, module: Module, step: str, result: dict[str, Any] | None) -> None:
        """Adds a step's result, or replaces it, atomically."""
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = {**self.read(module), step: result}
        draft = self.path(module).with_suffix(".draft")
        draft.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(self.path(module))
