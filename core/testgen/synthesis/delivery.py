"""Puts the finished text where the user asked: a file, atomically, or nowhere. All writing to the user's
disk is here.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from testgen.atomic_write import write_text
from testgen.errors import Busy, WriteFailed
from testgen.project import Project, ProjectKind


def read_existing(path: Path) -> str | None:
    """The text of a test file that exists, line endings as they are; None where there is none.

    Raises WriteFailed where it cannot be read as UTF-8: additions could not be made without harm.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise WriteFailed(
            f"{path} is not UTF-8 (byte {error.start}), so nothing was added to it.",
            "Convert it, or name another file with `--output FILE`.",
        ) from error
    except OSError as error:
        raise WriteFailed(
            f"{path} cannot be read: {error.strerror}.", "Name another file with `--output FILE`."
        ) from error


def check_writable(path: Path) -> None:
    """Says early, before minutes of work, that nothing could be written. Raises WriteFailed."""
    folder = _existing_folder(path)
    if not os.access(folder, os.W_OK):
        raise _failed(path, OSError(errno.EACCES, os.strerror(errno.EACCES), str(folder)))
    if path.is_dir():
        raise WriteFailed(f"{path} is a directory.", "Name a file with `--output FILE`.")


def check_unchanged(path: Path, before: str | None) -> None:
    """Keeps what an editor or another run wrote while tests were searched for. Raises Busy."""
    if read_existing(path) != before:
        raise Busy(
            f"{path} changed while tests were searched for, so nothing was written to it.",
            "Run the command again: it adds to what is there now.",
        )


def _existing_folder(path: Path) -> Path:
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def write(path: Path, text: str) -> None:
    """Writes the whole file or nothing, making its folder where there is none.

    Raises WriteFailed; the file is then as it was before.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _failed(path, error) from error
    write_text(path, text)


def write_helper(project: Project, target: Path) -> None:
    """The `test/test_helper.exs` that `mix test` insists on, where a project has none. Raises WriteFailed."""
    tests = project.root / "test"
    helper = tests / "test_helper.exs"
    if project.kind is ProjectKind.MIX and target.is_relative_to(tests) and not helper.exists():
        write_text(helper, "ExUnit.start()\n")


_REASONS = {
    errno.EACCES: "no permission to write there",
    errno.EPERM: "no permission to write there",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.ENOTDIR: "a part of the path is a file",
    errno.EEXIST: "a part of the path is a file",
}


def _failed(path: Path, error: OSError) -> WriteFailed:
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    return WriteFailed(
        f"{path} could not be written: {reason}. Nothing was changed.",
        "Change the permissions, see the tests with `--stdout`, or name another file with `--output FILE`.",
    )
