"""Where the editors' benchmarks take place: copies of projects, a daemon of their own, as the tests have."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stopwatch import PROJECTS
from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process

SOURCE = "lib/shop/cart.ex"
TEST = "test/shop/cart_test.exs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder with compiled projects, and the daemon that editors there find."""

    folder: Path
    testgen: CommandLine
    daemon: DaemonProcess

    @property
    def environment(self) -> dict[str, str]:
        """Of an editor or a command that uses the daemon."""
        return self.testgen.environment(self.daemon.environment)

    def project(self, name: str, like: str = "cart") -> Path:
        """A compiled copy of a fixture project."""
        target = self.folder / name
        shutil.copytree(PROJECTS / like, target)
        subprocess.run(["mix", "test"], cwd=target, capture_output=True, check=True)
        return target


@contextmanager
def place(*options: str) -> Iterator[Place]:
    """Projects and a daemon with these options of `testgen serve`, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="testgen-bench-") as name:
        folder = Path(name)
        testgen = CommandLine(cache_dir=folder / "cache")
        with daemon_process(testgen, *options) as daemon:
            yield Place(folder=folder, testgen=testgen, daemon=daemon)
