from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from testgen.errors import GitUnusable
from testgen.mutation import Position
from testgen.scoring.changed_lines import ChangedLines, changed_since, parse_hunks
from tests.core.scoring.reports import mutant


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A file of nine numbered lines, committed."""
    path = tmp_path / "lib" / "shop.ex"
    path.parent.mkdir()
    path.write_text("".join(f"line {number}\n" for number in range(1, 10)))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return path


def test_nothing_changed_gives_no_lines(shop: Path) -> None:
    assert changed_since(shop, "HEAD") == ChangedLines()


def test_changed_and_added_lines_are_found_in_the_working_tree(shop: Path) -> None:
    text = shop.read_text().replace("line 2\n", "LINE 2\n").replace("line 7\n", "line 7\nnew\nnewer\n")
    shop.write_text(text)
    assert changed_since(shop, "HEAD").ranges == ((2, 2), (8, 9))


def test_the_lines_around_a_removal_count_as_changed(shop: Path) -> None:
    shop.write_text(shop.read_text().replace("line 4\nline 5\n", ""))
    assert changed_since(shop, "HEAD").ranges == ((3, 4),)


def test_removing_the_first_line_touches_the_new_first_line() -> None:
    assert parse_hunks("@@ -1,2 +0,0 @@\n-a\n-b\n").ranges == ((1, 1),)


def test_lines_of_the_file_that_look_like_hunks_are_not_read_as_such() -> None:
    assert parse_hunks("@@ -1 +1 @@\n-@@ -5 +5 @@\n+@@ -9,9 +9,9 @@\n").ranges == ((1, 1),)


def test_an_untracked_file_is_changed_throughout(shop: Path) -> None:
    fresh = shop.with_name("fresh.ex")
    fresh.write_text("x\n")
    assert changed_since(fresh, "HEAD").everything


def test_a_file_added_since_the_ref_is_changed_throughout(shop: Path) -> None:
    fresh = shop.with_name("fresh.ex")
    fresh.write_text("x\ny\n")
    git(shop.parent, "add", ".")
    git(shop.parent, "commit", "-qm", "second")
    assert changed_since(fresh, "HEAD~1").ranges == ((1, 2),)


def test_a_ref_that_names_no_commit_is_told(shop: Path) -> None:
    with pytest.raises(GitUnusable, match="no-such-branch"):
        changed_since(shop, "no-such-branch")


def test_a_ref_that_looks_like_an_option_is_no_option(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(GitUnusable):
        changed_since(shop, f"--output={tmp_path / 'written'}")
    assert not (tmp_path / "written").exists()


def test_a_file_outside_a_repository_is_told(tmp_path: Path) -> None:
    path = tmp_path / "alone.ex"
    path.write_text("x\n")
    with pytest.raises(GitUnusable, match="not in a git repository"):
        changed_since(path, "HEAD")


def test_a_mutant_over_a_changed_line_is_selected() -> None:
    mutants = [mutant(1), mutant(2, start=Position(4, 3), end=Position(6, 6))]
    assert ChangedLines(((5, 5),)).select(mutants) == [mutants[1]]
    assert ChangedLines(everything=True).select(mutants) == mutants
