"""A daemon for the language servers of a module, and projects to open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process
from tests.project_copies import ProjectCopies


@pytest.fixture(scope="module")
def daemon(testgen: CommandLine) -> Iterator[DaemonProcess]:
    """A running daemon that the module's language servers find."""
    with daemon_process(testgen) as running:
        yield running


@pytest.fixture
def environment(daemon: DaemonProcess, testgen: CommandLine) -> dict[str, str]:
    """The environment of a language server that uses the daemon."""
    return testgen.environment(daemon.environment)


@pytest.fixture
def cart(projects: ProjectCopies) -> Path:
    """A shopping cart without its tests."""
    project = projects.built("cart")
    (project / "test/shop/cart_test.exs").unlink()
    return project
