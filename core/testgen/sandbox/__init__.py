"""Keeps untrusted code in bounds: generated tests, mutants, and the user's own module.

`pick()` gives bubblewrap where it works, else a process group with limits and a warning. Under bubblewrap:
the disk read-only, home folders and `/run` empty, a private `/tmp`, a private build path writable, no
network but loopback, a reduced environment, and limits on memory, processes, disk, file size, descriptors
and time.

What it does not cover:

- It is a wall of the kernel's namespaces, not a virtual machine: a hole in the kernel is a hole here.
- Files that everybody may read outside the emptied folders (`/etc/passwd`, `/opt`, `/srv`) can be read, and
  so can everything in the project itself, such as a `.env` file; nothing read can leave, as there is no
  network.
- A Unix socket that a program keeps outside `/run`, `/tmp` and the home folders can be connected to.
- Memory and processes are watched 20 times a second, not metered by a cgroup: a tree can overshoot its limit
  for that long. As root the kernel keeps no limit on the number of processes, so that there only the
  watchdog does.
- CPU is shared, not limited; side channels (timing, caches) stay open.
- Sockets and folders that a project opens in `.testgen.toml` are open, to everything that runs.
- Within the BEAM there is no wall at all: the agent keeps its own state apart and checks, see its moduledoc.
"""

from __future__ import annotations

from testgen.errors import SandboxUnavailable
from testgen.sandbox.bubblewrap import Bubblewrap
from testgen.sandbox.command import Command, Sandbox
from testgen.sandbox.limits import Ending, Limits
from testgen.sandbox.process import SandboxedProcess
from testgen.sandbox.process_group import ProcessGroup

__all__ = [
    "Bubblewrap",
    "Command",
    "Ending",
    "Limits",
    "ProcessGroup",
    "Sandbox",
    "SandboxUnavailable",
    "SandboxedProcess",
    "pick",
]


def pick() -> Sandbox:
    """The strongest sandbox that works on this machine."""
    try:
        return Bubblewrap.find()
    except SandboxUnavailable:
        return ProcessGroup()
