"""Configurations from TOML files and from the command line, checked against the dataclass that they fill.

A key that the dataclass does not have is an error, with the nearest name that it does have.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from testgen_training.errors import ConfigInvalid

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_Config = TypeVar("_Config")


def load(cls: type[_Config], path: Path | None, settings: Sequence[str] = ()) -> _Config:
    """The configuration of a file, with `key=value` settings on top (`quality.max_age_days=900`, values as
    in TOML).

    Raises ConfigInvalid.
    """
    wire = _read(path) if path is not None else {}
    for setting in settings:
        _set(wire, setting)
    return build(cls, wire)


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigInvalid(f"{path} cannot be read: {error.strerror}.", "Name a TOML file.") from error
    except ValueError as error:
        raise ConfigInvalid(f"{path} is no TOML: {error}.", "Mend the file.") from error
    return content


def _set(wire: dict[str, Any], setting: str) -> None:
    key, equals, value = setting.partition("=")
    if not equals:
        raise ConfigInvalid(f"{setting!r} is no setting.", "Write it as key=value.")
    *outer, last = key.strip().split(".")
    for name in outer:
        wire = wire.setdefault(name, {})
    try:
        wire[last] = tomllib.loads(f"value = {value}")["value"]
    except ValueError:
        wire[last] = value


def build(cls: type[_Config], wire: Mapping[str, Any], where: str = "") -> _Config:
    """The dataclass from plain values. Raises ConfigInvalid for an unknown key and for a value of the wrong
    type.
    """
    assert is_dataclass(cls)
    names = [each.name for each in fields(cls)]
    for key in wire:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            meant = f" Did you mean `{near[0]}`?" if near else ""
            raise ConfigInvalid(
                f"There is no key `{where}{key}`.{meant}", f"The keys are: {', '.join(names)}."
            )
    hints = get_type_hints(cls)
    values = {key: _value(hints[key], value, f"{where}{key}") for key, value in wire.items()}
    try:
        return cls(**values)
    except TypeError as error:
        raise ConfigInvalid(f"A key is missing: {error}.", "Add it to the configuration.") from error


def _value(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(value, Mapping):
        return build(hint, value, f"{where}.")
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return (
            None
            if value is None
            else _value(next(each for each in args if each is not type(None)), value, where)
        )
    if origin is tuple and isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_value(args[0], each, where) for each in value)
    if isinstance(hint, type) and issubclass(hint, (Path, Enum)) and isinstance(value, str):
        return _made(hint, value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if origin is None and isinstance(hint, type) and type(value) is hint:
        return value
    if origin is not None and isinstance(value, Mapping) and issubclass(origin, Mapping):
        return {key: _value(args[1], each, f"{where}.{key}") for key, each in value.items()}
    raise ConfigInvalid(f"`{where}` is {value!r}; it should be {getattr(hint, '__name__', hint)}.")


def _made(hint: type[Any], value: str, where: str) -> Any:
    try:
        return hint(value)
    except ValueError as error:
        raise ConfigInvalid(f"`{where}`: {error}.") from error
