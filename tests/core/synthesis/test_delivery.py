"""Delivery writes the whole file or nothing, and says early that it could not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from testgen.errors import Busy, WriteFailed
from testgen.exit_code import ExitCode
from testgen.synthesis import delivery


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    target = tmp_path / "test/deep/a_test.exs"
    delivery.write(target, "text\r\n")
    assert target.read_bytes() == b"text\r\n"


def test_nothing_is_left_behind_beside_the_file(tmp_path: Path) -> None:
    target = tmp_path / "a_test.exs"
    target.write_text("old")
    delivery.write(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a_test.exs"]


def test_a_file_where_a_folder_should_be_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "test").write_text("a file")
    with pytest.raises(WriteFailed) as caught:
        delivery.write(tmp_path / "test/a_test.exs", "text")
    assert caught.value.exit_code is ExitCode.IO
    assert "a part of the path is a file" in caught.value.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_read_only_folder_is_told_before_the_work_begins(tmp_path: Path) -> None:
    folder = tmp_path / "test"
    folder.mkdir(mode=0o500)
    with pytest.raises(WriteFailed):
        delivery.check_writable(folder / "a_test.exs")


def test_a_test_file_that_is_not_utf8_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "a_test.exs"
    target.write_bytes(b"# \xe9")
    with pytest.raises(WriteFailed, match="not UTF-8"):
        delivery.read_existing(target)
    assert delivery.read_existing(tmp_path / "missing.exs") is None


@pytest.mark.parametrize("before", [None, "as it was read"])
def test_what_was_written_meanwhile_is_not_overwritten(tmp_path: Path, before: str | None) -> None:
    target = tmp_path / "a_test.exs"
    target.write_text("what an editor saved meanwhile")
    with pytest.raises(Busy, match="changed while tests were searched for") as caught:
        delivery.check_unchanged(target, before)
    assert caught.value.next_step
    delivery.check_unchanged(target, "what an editor saved meanwhile")
