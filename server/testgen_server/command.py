"""What `testgen serve` does: the entry point by which the command line finds the daemon."""

from __future__ import annotations

from testgen.runtime import RuntimeFolder
from testgen_server import logs
from testgen_server.config import ServerConfig
from testgen_server.daemon import serve


def main(*, port: int | None, idle_s: float | None, quiet: bool) -> None:
    """Runs the daemon in this process until it stops. Raises Busy, DaemonAbsent, ValueError."""
    folder = RuntimeFolder.of_user()
    logs.set_up(folder.log, quiet=quiet)
    serve(ServerConfig(port=port, idle_s=idle_s), folder)
