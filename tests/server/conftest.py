"""One daemon for the tests of a module that do it no harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process
from tests.project_copies import ProjectCopies


@pytest.fixture(scope="module")
def daemon(testgen: CommandLine) -> Iterator[DaemonProcess]:
    """A running daemon that the module's tests share."""
    with daemon_process(testgen) as running:
        yield running


@pytest.fixture(scope="module")
def cart(session_dir: Path, tmp_path_factory: pytest.TempPathFactory, elixir: Path) -> Path:
    """A compiled copy of the shopping cart, without its tests; nothing is written to it."""
    copies = ProjectCopies(templates=session_dir / "templates", target=tmp_path_factory.mktemp("shared"))
    project = copies.built("cart")
    (project / "test/shop/cart_test.exs").unlink()
    return project
