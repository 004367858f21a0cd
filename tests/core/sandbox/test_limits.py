"""Limits, the reduced environment, and the counting behind them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from testgen.sandbox import Limits
from testgen.sandbox.environment import reduced
from testgen.sandbox.usage import descendants, folder_use, free_bytes, resident_bytes


@pytest.mark.parametrize(
    "name", ["memory_bytes", "processes", "file_bytes", "disk_bytes", "tmp_bytes", "open_files"]
)
def test_a_limit_is_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


def test_a_time_limit_is_positive_or_absent() -> None:
    assert Limits().wall_clock_s is None
    with pytest.raises(ValueError, match="wall_clock_s"):
        Limits(wall_clock_s=0)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "HEX_API_KEY",
        "SSH_AUTH_SOCK",
        "LD_PRELOAD",
        "ERL_FLAGS",
        "PYTHONPATH",
    ],
)
def test_a_variable_that_nobody_named_is_gone(name: str) -> None:
    assert name not in reduced({name: "x", "HOME": "/nowhere"})


def test_a_variable_that_the_project_names_is_kept() -> None:
    assert reduced({"DATABASE_URL": "ecto://"}, also=["DATABASE_URL"])["DATABASE_URL"] == "ecto://"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, "C.UTF-8"),
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, "C.UTF-8"),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LC_CTYPE": "en_US.utf8"}, None),
    ],
)
def test_the_locale_is_one_in_which_elixir_does_not_warn(given: dict[str, str], kept: str | None) -> None:
    assert reduced(given).get("LC_ALL") == kept


def test_children_and_their_children_are_counted_with_their_memory() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 287.5 & sleep 287.5 & wait"]) as shell:
        while len(descendants(shell.pid)) < 3:
            pass
        assert len(descendants(shell.pid)) == 3
        assert resident_bytes(descendants(shell.pid)) > 3 * 4096
        for pid in descendants(shell.pid)[1:]:
            os.kill(pid, 9)
    assert resident_bytes([shell.pid]) == 0


def test_files_are_counted_once_and_links_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/file").write_bytes(b"x" * 10_000)
    (tmp_path / "link").symlink_to("/usr")
    use = folder_use([tmp_path, tmp_path / "missing"])
    assert use.num_files == 3
    assert 10_000 <= use.num_bytes < 100_000
    assert free_bytes(tmp_path) > 0
    assert free_bytes(tmp_path / "missing") == 0
