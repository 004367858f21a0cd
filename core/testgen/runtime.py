"""Where a user's daemon is found: its folder, its endpoint and its token, as files that only the user reads.

    daemon.lock    held by the daemon as long as it lives; the kernel frees it
    starting.lock  held by who starts one, so that a crowd of clients starts one daemon
    daemon.json    the endpoint: written last when it answers, removed first when it stops
    daemon.sock    its Unix socket, where there are any and the path is short enough for one
    daemon.log     what it tells, as lines of JSON

A file without the lock is one that a killed daemon left behind. `TESTGEN_RUNTIME_DIR` overrides the folder:
each folder has a daemon of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import stat
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from testgen.atomic_write import write_text
from testgen.errors import DaemonAbsent
from testgen.file_lock import FileLock

_LONGEST_SOCKET_PATH_BYTES = 100  # 108 with its end on Linux, 104 on macOS
_DECISIVE_PREFIXES = ("MIX_", "ERL_", "ELIXIR_", "ASDF_", "MISE_", "TESTGEN_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a daemon listens, and the token that it wants."""

    pid: int
    token: str
    wire: int
    testgen: str
    environment: str
    socket: str | None = None
    port: int | None = None

    @property
    def base_url(self) -> str:
        """What requests begin with; the host means nothing on a socket."""
        return f"http://127.0.0.1:{self.port}" if self.port else "http://testgen"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeFolder:
    """The folder of one daemon."""

    path: Path

    @classmethod
    def of_user(cls) -> RuntimeFolder:
        """The user's, made where it is missing. Raises DaemonAbsent where it cannot be, or is another's."""
        override = os.environ.get("TESTGEN_RUNTIME_DIR")
        path = Path(override) if override else _of_system()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = path.stat()
            if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise DaemonAbsent(
                    f"{path} can be written by others, so no daemon is used.",
                    f"Run: chmod 700 {path}",
                )
            path.chmod(0o700)
        except OSError as error:
            raise DaemonAbsent(
                f"{path} cannot be used: {error.strerror}.", "Set TESTGEN_RUNTIME_DIR to a folder of yours"
            ) from error
        return cls(path=path.resolve())

    @property
    def lock(self) -> FileLock:
        """The lock that a daemon holds."""
        return FileLock(self.path / "daemon.lock")

    @property
    def starting_lock(self) -> FileLock:
        """The lock that one who starts a daemon holds."""
        return FileLock(self.path / "starting.lock")

    @property
    def log(self) -> Path:
        """What the daemon tells."""
        return self.path / "daemon.log"

    @property
    def socket(self) -> Path | None:
        """Where its socket goes; None where there is no such thing, or the path is too long for one."""
        path = self.path / "daemon.sock"
        fits = len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH_BYTES
        return path if hasattr(socket, "AF_UNIX") and fits else None

    def announce(self, endpoint: Endpoint) -> None:
        """Tells clients where the daemon is. Raises WriteFailed."""
        scratch = self.path / "daemon.json"
        write_text(scratch, json.dumps(asdict(endpoint)))
        scratch.chmod(0o600)

    def withdraw(self) -> None:
        """The daemon is no longer there."""
        (self.path / "daemon.json").unlink(missing_ok=True)
        (self.path / "daemon.sock").unlink(missing_ok=True)

    def endpoint(self) -> Endpoint | None:
        """What a daemon announced, dead or alive; None where there is nothing that can be read."""
        try:
            found = json.loads((self.path / "daemon.json").read_text(encoding="utf-8"))
            return Endpoint(**found)
        except (OSError, ValueError, TypeError):
            return None

    def is_alive(self) -> bool:
        """Whether a daemon holds the lock."""
        lock = self.lock
        try:
            if lock.try_acquire():
                lock.release()
                return False
        except OSError:
            return False
        return True


def environment_digest() -> str:
    """Changes when another Elixir, another cache or other settings of Mix would be used.

    The command line uses a daemon only where its own digest is the daemon's: results would differ otherwise.
    """
    wanted = {
        name: value
        for name, value in os.environ.items()
        if name == "HOME" or name.startswith(_DECISIVE_PREFIXES)
    }
    wanted |= {f"{program} on PATH": shutil.which(program) or "" for program in ("elixir", "erl", "bwrap")}
    text = json.dumps(wanted, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _of_system() -> Path:
    """The user's runtime folder. A system without one is nothing that its user must be warned of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Path(platformdirs.user_runtime_dir("testgen"))
