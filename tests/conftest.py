"""What the tests share: copies of fixture projects, and the installed command.

Tests that need Elixir skip, with the reason in words, where there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import TESTGEN, CommandLine, adopt_orphans, leftover_processes
from tests.project_copies import ProjectCopies


@pytest.fixture(scope="session")
def session_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def elixir() -> Path:
    """The `elixir` on the path; skips where there is none."""
    found = shutil.which("elixir")
    if found is None or shutil.which("mix") is None:
        pytest.skip("Elixir is not installed: `elixir` and `mix` must be on the PATH")
    return Path(found)


@pytest.fixture(scope="session")
def testgen(session_dir: Path, elixir: Path) -> CommandLine:
    """The installed `testgen` command, with a cache that lives as long as the session."""
    assert TESTGEN.exists(), f"{TESTGEN} is missing: install the package with scripts/install"
    return CommandLine(cache_dir=session_dir / "cache")


@pytest.fixture
def projects(session_dir: Path, tmp_path: Path, elixir: Path) -> ProjectCopies:
    """Copies of fixture projects, in the test's own folder."""
    return ProjectCopies(templates=session_dir / "templates", target=tmp_path)


@pytest.fixture
def nothing_left_running() -> Iterator[None]:
    """Fails a test that leaves a process behind."""
    adopt_orphans()
    before = set(leftover_processes(patience_s=0))
    yield
    assert [command for command in leftover_processes() if command not in before] == []
