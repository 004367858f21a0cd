"""Values that clients send without a type of their own: pygls hands them over as named tuples; here they are
JSON's dictionaries and lists again.
"""

from __future__ import annotations

from typing import Any


def plain(value: Any) -> Any:
    """The value as JSON has it."""
    if hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
