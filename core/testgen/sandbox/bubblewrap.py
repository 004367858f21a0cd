"""The sandbox of Linux: bubblewrap (https://github.com/containers/bubblewrap), as a user or as root.

Everything is read-only; the home folders, `/tmp`, `/var/tmp` and `/run` are empty, so that keys, tokens and
the sockets of other programs are not there; what the command needs from them is bound back one by one. Own
user, PID, network, IPC, UTS and cgroup namespaces, no capability, no further user namespace; it ends when
Python ends.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from testgen.errors import SandboxUnavailable
from testgen.sandbox.command import Command
from testgen.sandbox.limits import MIB, Limits
from testgen.sandbox.ports import PortRelay
from testgen.sandbox.process import SandboxedProcess

_EMPTIED = ("/root", "/home", "/run", "/var/tmp", "/mnt", "/media")
_SECRET_FILES = (
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/shadow-",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/krb5.keytab",
)
_SECRET_FOLDERS = (
    "/etc/ssl/private",
    "/etc/ssh",
    "/etc/sudoers.d",
    "/etc/docker",
    "/var/spool/cron",
    "/lost+found",
)
_NAMESPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
_USER_NAMESPACE = ("--unshare-user", "--disable-userns")
_SMALL_BYTES = 64 * MIB


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubblewrap:
    """bubblewrap, found and tried out."""

    path: Path
    user_namespace: bool
    """Whether it runs in a user namespace; as root it does without where the kernel offers none."""

    @property
    def name(self) -> str:
        return "bubblewrap"

    @property
    def warning(self) -> str | None:
        return None

    @classmethod
    def find(cls) -> Bubblewrap:
        """bubblewrap as it works here. Raises `SandboxUnavailable` with its own words where it does not."""
        return _find()

    def spawn(self, command: Command, limits: Limits) -> SandboxedProcess:
        """Starts `command` with nothing but what it names."""
        return self._spawn_with_ports(command, limits) if command.ports else self._spawn(command, limits)

    def _spawn(
        self, command: Command, limits: Limits, on_end: Callable[[], None] | None = None
    ) -> SandboxedProcess:
        return SandboxedProcess(
            (*self.arguments(command, limits), "--", *command.with_limits(limits)),
            environment=command.environment,
            descriptors=command.descriptors,
            limits=limits,
            writable=(*command.writable, *command.overlaid.values()),
            on_end=on_end,
        )

    def _spawn_with_ports(self, command: Command, limits: Limits) -> SandboxedProcess:
        relay = PortRelay(command.ports)
        wrapped = replace(
            command,
            argv=relay.wrapped(command.argv),
            readable=(*command.readable, *relay.readable()),
            descriptors={**command.descriptors, relay.DESCRIPTOR: relay.theirs.fileno()},
        )
        process = self._spawn(wrapped, limits, relay.close)
        try:
            relay.serve()
        except BaseException:
            process.kill()
            raise
        return process

    def arguments(self, command: Command, limits: Limits) -> tuple[str, ...]:
        """bubblewrap's own command line; the order of mounts matters, later ones lie on top."""
        return (
            str(self.path),
            *self._isolation(),
            *_system(limits),
            *_bound("--ro-bind", command.readable),
            *_bound("--bind", command.writable),
            *(word for shown, ours in command.overlaid.items() for word in ("--bind", str(ours), str(shown))),
            *_bound("--bind", command.sockets),
        )

    def _isolation(self) -> tuple[str, ...]:
        user = _USER_NAMESPACE if self.user_namespace else ()
        return (*_NAMESPACES, *user, "--cap-drop", "ALL", "--die-with-parent", "--hostname", "sandbox")


def _system(limits: Limits) -> Iterator[str]:
    yield from ("--ro-bind", "/", "/")
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", str(_SMALL_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev")
    yield from ("--size", str(limits.tmp_bytes), "--perms", "1777", "--tmpfs", "/tmp")
    for folder in emptied_folders():
        yield from ("--size", str(_SMALL_BYTES), "--tmpfs", str(folder))
    for name in _SECRET_FOLDERS:
        if os.access(name, os.R_OK):
            yield from ("--size", "4096", "--tmpfs", name)
    for name in _SECRET_FILES:
        if os.access(name, os.R_OK):
            yield from ("--ro-bind", "/dev/null", name)


def emptied_folders() -> list[Path]:
    """Folders that sandboxed code finds empty; links among them are followed, inner ones left out."""
    homes = [os.environ.get("HOME", "/nonexistent"), pwd.getpwuid(os.getuid()).pw_dir]
    named = sorted({Path(name).resolve() for name in (*_EMPTIED, *homes)})
    folders = [folder for folder in named if folder.is_dir() and folder != Path("/")]
    return [folder for folder in folders if not any(other in folder.parents for other in folders)]


def _bound(option: str, paths: Iterable[Path]) -> Iterator[str]:
    """Outer folders first, so that none hides an inner one."""
    for path in sorted(set(paths), key=lambda path: len(path.parts)):
        yield from (option, str(path), str(path))


@cache
def _find() -> Bubblewrap:
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable("`bwrap` was not found on PATH.", "sudo apt-get install bubblewrap")
    complaints = []
    for user_namespace in (True, False) if os.geteuid() == 0 else (True,):
        sandbox = Bubblewrap(path=Path(found), user_namespace=user_namespace)
        complaint = _complaint(sandbox)
        if complaint is None:
            return sandbox
        complaints.append(complaint)
    step = (
        "Allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1 "
        "kernel.apparmor_restrict_unprivileged_userns=0"
    )
    raise SandboxUnavailable(f"bubblewrap does not work here: {complaints[0]}", step)


def _complaint(sandbox: Bubblewrap) -> str | None:
    """What bubblewrap says when the real arguments are tried on `true`; `None` when it works."""
    command = Command(argv=("/bin/true",), cwd=Path("/"), environment={})
    argv = [*sandbox.arguments(command, Limits()), "--", "/bin/sh", "-c", "true"]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"
