"""What the tests of the core share: a cache folder of the session's own: the agent is compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def cache(session_dir: Path, elixir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The session's cache folder, in use."""
    folder = session_dir / "cache"
    monkeypatch.setenv("TESTGEN_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the test's own, in use."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("TESTGEN_CACHE_DIR", str(folder))
    return folder
