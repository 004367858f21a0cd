"""The version of the format, and fields that check themselves: what `decode` and the OpenAPI page go by."""

from __future__ import annotations

from dataclasses import MISSING, field, fields
from typing import Any

WIRE_VERSION = 1
"""Raised when a document changes its meaning."""
VERSION_HEADER = "Testgen-Wire"
LARGEST_BODY_BYTES = 8 << 20
"""Of a request; the longest known Elixir source file is a quarter of that."""


def limits(**keywords: Any) -> Any:
    """A field with JSON Schema keywords, which `decode` enforces and the OpenAPI document shows."""
    default = keywords.pop("default", MISSING)
    factory = keywords.pop("factory", MISSING)
    if factory is not MISSING:
        return field(default_factory=factory, metadata=keywords)
    return field(default=default, metadata=keywords)


class Checked:
    """Checks the keywords of `limits` once a value is made. Raises ValueError."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if each.metadata and value is not None:
                _check(each.name, value, each.metadata)


def _check(name: str, value: Any, keywords: Any) -> None:
    length = len(value) if isinstance(value, (str, tuple)) else 0
    if "const" in keywords and value != keywords["const"]:
        raise ValueError(f"{name}: {value!r} is not {keywords['const']!r}")
    if "minimum" in keywords and value < keywords["minimum"]:
        raise ValueError(f"{name}: {value!r} is below {keywords['minimum']}")
    if "maximum" in keywords and value > keywords["maximum"]:
        raise ValueError(f"{name}: {value!r} is above {keywords['maximum']}")
    if length < max(keywords.get("minLength", 0), keywords.get("minItems", 0)):
        raise ValueError(f"{name}: is empty")
    if length > min(keywords.get("maxLength", length), keywords.get("maxItems", length)):
        raise ValueError(f"{name}: is too long ({length})")


def version() -> Any:
    """The field that says the version."""
    return limits(default=WIRE_VERSION, const=WIRE_VERSION)


def path() -> Any:
    """A field for an absolute path."""
    return limits(minLength=1, maxLength=4096)


def key() -> Any:
    """A field for the name of a request."""
    return limits(default="", maxLength=64)
