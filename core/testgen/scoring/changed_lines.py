"""Which lines of a file changed since a git ref.

Only what git itself says about the working tree; a file that git does not track counts as changed throughout,
and so does a renamed one.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import GitUnusable
from testgen.mutation import Mutant

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """Ranges of changed lines, 1-based with both ends included; `everything` for an untracked file."""

    ranges: tuple[tuple[int, int], ...] = ()
    everything: bool = False

    def touch(self, mutant: Mutant) -> bool:
        return self.everything or any(mutant.touches(first, last) for first, last in self.ranges)

    def select(self, mutants: Iterable[Mutant]) -> list[Mutant]:
        return [mutant for mutant in mutants if self.touch(mutant)]


def changed_since(path: Path, ref: str) -> ChangedLines:
    """The lines of `path` that differ from `ref`, uncommitted changes included.

    Raises GitUnusable outside a work tree, and for a ref that names no commit.
    """
    folder = path.parent
    commit = _commit(folder, ref)
    if _git(folder, "ls-files", "--error-unmatch", "--", path.name).returncode != 0:
        return ChangedLines(everything=True)
    options = ["-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"]
    return parse_hunks(_git(folder, "diff", *options, commit, "--", path.name).stdout)


def parse_hunks(diff: str) -> ChangedLines:
    """The ranges on the new side of a diff without context.

    A hunk `@@ -4,2 +3,0 @@` only removed lines: the lines on both sides of the gap, 3 and 4, count as
    changed, since an expression that spans them is not what it was.
    """
    ranges = []
    for line in diff.splitlines():
        if hunk := _HUNK.match(line):
            first, length = int(hunk[1]), int(hunk[2] or 1)
            ranges.append((first, first + length - 1) if length else (max(first, 1), first + 1))
    return ChangedLines(tuple(ranges))


def _commit(folder: Path, ref: str) -> str:
    """The hash of the commit that `ref` names; asked for in a way that takes no ref for an option."""
    if _git(folder, "rev-parse", "--is-inside-work-tree").returncode != 0:
        raise GitUnusable(
            f"{folder} is not in a git repository, so there are no changed lines to know.",
            "Run without --changed, or commit the project to git first.",
        )
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}")
    if found.returncode != 0:
        raise GitUnusable(
            f"git knows no commit named {ref!r}.",
            "Give --changed a branch, tag or commit, such as HEAD or origin/main; see `git branch -a`.",
        )
    return found.stdout.strip()


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitUnusable("git was not found.", "Install git, or run without --changed.") from error
