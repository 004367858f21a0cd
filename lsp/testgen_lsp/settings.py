"""What a user can set, with the defaults: the one place; extensions are tested to say the same.

Clients send them as `initializationOptions` and later by `workspace/didChangeConfiguration`, under `testgen`
or bare. An unknown key is warned of, a value that does not fit keeps the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of the language server."""

    trusted: bool = False
    """Whether code of the workspace may be run. Editors with a notion of trust set it; others ask first."""
    budget_s: float = 30.0
    """Seconds that a search for tests may take."""
    preview: bool = True
    """Whether each test is shown for acceptance before it is written, where the editor can."""
    lenses: bool = True
    """Whether functions and test files have code lenses."""
    survivors: bool = True
    """Whether surviving mutants are shown as hints."""
    completions: bool = True
    """Whether a started assertion is offered with the value that the code returns."""
    completion_s: float = 1.5
    """Seconds that such a completion may take."""
    command: tuple[str, ...] = field(default=())
    """The `testgen` to start the daemon with; the one that this server belongs to when empty."""

    def __post_init__(self) -> None:
        if not 0.1 <= self.budget_s <= 3600:
            raise ValueError(f"budget_s must be from 0.1 to 3600, not {self.budget_s}")
        if not 0.1 <= self.completion_s <= 60:
            raise ValueError(f"completion_s must be from 0.1 to 60, not {self.completion_s}")


def changed(settings: Settings, given: object) -> tuple[Settings, list[str]]:
    """The settings with what a client sent, and what is wrong with it, in words."""
    if not isinstance(given, Mapping):
        return settings, []
    inner = given.get("testgen", given)
    if not isinstance(inner, Mapping):
        return settings, [f"testgen: {inner!r} is no table of settings"]
    known = {each.name: getattr(settings, each.name) for each in fields(settings)}
    complaints: list[str] = []
    for name, value in inner.items():
        if name not in known:
            complaints.append(f"{name} is no setting of the language server")
        elif (checked := _checked(value, known[name])) is None:
            complaints.append(f"{name}: {value!r} does not fit")
        else:
            try:
                settings = replace(settings, **{name: checked})
            except ValueError as error:
                complaints.append(str(error))
    return settings, complaints


def _checked(value: Any, like: Any) -> Any:
    """The value in the type of the setting; None where it has another."""
    if isinstance(like, bool):
        return value if isinstance(value, bool) else None
    if isinstance(like, float):
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    is_list = isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value)
    return tuple(value) if is_list else None
