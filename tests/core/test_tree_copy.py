"""Copies of build folders: nothing shared that a compile could write through."""

from __future__ import annotations

import os
from pathlib import Path

from testgen.tree_copy import copy_tree


def test_a_copy_has_the_same_content_and_times_and_shares_no_inode(tmp_path: Path) -> None:
    source = tmp_path / "app"
    (source / "ebin").mkdir(parents=True)
    (source / "ebin/a.beam").write_bytes(b"FOR1" * 1000)
    os.utime(source / "ebin/a.beam", ns=(1, 1_600_000_000_123_456_789))
    copy_tree(source, tmp_path / "copy")
    copied = tmp_path / "copy/ebin/a.beam"
    assert copied.read_bytes() == b"FOR1" * 1000
    assert copied.stat().st_mtime_ns == 1_600_000_000_123_456_789
    assert copied.stat().st_ino != (source / "ebin/a.beam").stat().st_ino
    copied.write_bytes(b"changed")
    assert (source / "ebin/a.beam").read_bytes() == b"FOR1" * 1000


def test_a_link_that_leads_out_still_leads_there_and_an_inner_one_stays_inside(tmp_path: Path) -> None:
    (tmp_path / "project/priv").mkdir(parents=True)
    source = tmp_path / "project/_build/app"
    source.mkdir(parents=True)
    (source / "file").write_text("x")
    (source / "priv").symlink_to("../../priv")
    (source / "inner").symlink_to("file")
    copy_tree(source, tmp_path / "deep")
    assert (tmp_path / "deep/priv").resolve() == tmp_path / "project/priv"
    assert (tmp_path / "deep/inner").readlink() == Path("file")


def test_a_copy_of_read_only_files_can_be_written(tmp_path: Path) -> None:
    source = tmp_path / "store"
    source.mkdir()
    (source / "a.beam").write_text("x")
    (source / "a.beam").chmod(0o444)
    source.chmod(0o555)
    copy_tree(source, tmp_path / "copy")
    source.chmod(0o755)
    assert (tmp_path / "copy").stat().st_mode & 0o700 == 0o700
    assert (tmp_path / "copy/a.beam").stat().st_mode & 0o600 == 0o600
