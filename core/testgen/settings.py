"""Reads `.testgen.toml`, the settings file that a project may keep beside its outermost `mix.exs`.

```toml
[mutation]
operators = ["MyApp.Operators.Money"]   # operator modules of the project's own

[sandbox]
sockets = ["/run/postgresql/.s.PGSQL.5432", "127.0.0.1:6379"]   # Unix sockets and ports that tests may reach
environment = ["DATABASE_URL"]          # variables passed through
readable = ["../fixtures"]              # folders outside the project that tests read
memory_mb = 4096
processes = 512
start_application = true
```

An unknown key is an error: a misspelt limit that is silently ignored would be worse than none.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from testgen.errors import SettingsInvalid

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SETTINGS_FILE = ".testgen.toml"
_PORT = re.compile(r"(127\.0\.0\.1|localhost):([1-9][0-9]{0,4})")
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class MutationSettings:
    """`[mutation]`."""

    operators: tuple[str, ...] = ()
    """Full names of the project's own operator modules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxSettings:
    """`[sandbox]`: what a project opens up, and its limits where the defaults do not fit."""

    sockets: tuple[str, ...] = ()
    """Absolute paths of Unix sockets, or `127.0.0.1:PORT`, that tests may connect to."""
    environment: tuple[str, ...] = ()
    """Names of environment variables passed through beside the fixed list."""
    readable: tuple[str, ...] = ()
    """Folders outside the project that tests read, relative to the settings file or absolute."""
    memory_mb: int | None = None
    """Limit on the resident memory of all processes together, in MiB."""
    processes: int | None = None
    """Limit on the number of processes."""
    start_application: bool = True
    """Whether the project's application is started before its tests run."""

    def __post_init__(self) -> None:
        for socket in self.sockets:
            if not socket.startswith("/") and not _PORT.fullmatch(socket):
                raise ValueError(f"sockets: {socket!r} is neither an absolute path nor 127.0.0.1:PORT")
        for name in ("memory_mb", "processes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name}: {value} is not positive")

    @property
    def socket_paths(self) -> tuple[Path, ...]:
        """The Unix sockets among `sockets`."""
        return tuple(Path(socket) for socket in self.sockets if socket.startswith("/"))

    @property
    def ports(self) -> tuple[int, ...]:
        """The loopback ports among `sockets`."""
        return tuple(int(socket.rpartition(":")[2]) for socket in self.sockets if not socket.startswith("/"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All of `.testgen.toml`; the defaults where there is none."""

    mutation: MutationSettings = field(default_factory=MutationSettings)
    sandbox: SandboxSettings = field(default_factory=SandboxSettings)

    @classmethod
    def load(cls, folder: Path) -> Settings:
        """The settings of the project at `folder`. Raises `SettingsInvalid`."""
        path = folder / SETTINGS_FILE
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsInvalid(f"{path} cannot be read: {error}", f"Mend or remove {path}") from error
        try:
            return cls._from_table(tomllib.loads(text))
        except ValueError as error:  # TOMLDecodeError is one
            raise SettingsInvalid(f"{path}: {error}", f"Mend {path} and run the command again") from error

    @classmethod
    def _from_table(cls, table: Mapping[str, Any]) -> Settings:
        _refuse_unknown(table, ("mutation", "sandbox"), "")
        return cls(
            mutation=_section(MutationSettings, table.get("mutation", {}), "mutation"),
            sandbox=_section(SandboxSettings, table.get("sandbox", {}), "sandbox"),
        )


def _section(kind: type[_T], table: object, name: str) -> _T:
    if not isinstance(table, Mapping):
        raise ValueError(f"`{name}` must be a table")
    defaults = kind()
    known = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    _refuse_unknown(table, known, f"{name}.")
    values = {key: _checked(f"{name}.{key}", value, getattr(defaults, key)) for key, value in table.items()}
    return kind(**values)


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...] | list[str], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"unknown key `{prefix}{key}`; known are {', '.join(prefix + k for k in known)}")


def _checked(name: str, value: object, default: object) -> object:
    """`value` in the shape of `default`: a tuple of strings, a boolean, or else an integer."""
    if isinstance(default, tuple):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"`{name}` must be a list of strings, not {value!r}")
        return tuple(value)
    wanted = bool if isinstance(default, bool) else int
    if type(value) is not wanted:
        kind = "true or false" if wanted is bool else "an integer"
        raise ValueError(f"`{name}` must be {kind}, not {value!r}")
    return value
