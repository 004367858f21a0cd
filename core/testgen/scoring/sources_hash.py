"""A hash of everything on disk that the verdict on a mutant can depend on.

All files of the project that its build or its tests may read, by content; path dependencies outside it
too, and fetched dependencies through the lock file. What is left out: files above 1 MB, which count by
size and time, and anything outside the project that code reads while it runs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from testgen.project import Project, ProjectKind

_SKIPPED_FOLDERS = {"_build", "deps", "node_modules", "cover", "doc", ".git", ".elixir_ls", ".lexical"}
_WHOLE_BYTES = 1_000_000


def hash_project(project: Project) -> str:
    """A hex digest that changes when a file of the project changes, appears or goes away.

    For a file outside a project, the digest of that file alone.
    """
    digest = hashlib.sha256()
    if project.kind is ProjectKind.FILE:
        _add(digest, project.source.name, project.source)
        return digest.hexdigest()
    for root in (project.top, *project.path_dependencies):
        for path in _files(root):
            _add(digest, str(path.relative_to(root)), path)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
        yield from (Path(parent, name) for name in sorted(files))


def _add(digest: hashlib._Hash, name: str, path: Path) -> None:
    try:
        stat = path.stat()
        small = stat.st_size <= _WHOLE_BYTES and path.is_file()
        content = path.read_bytes() if small else f"{stat.st_size} {stat.st_mtime_ns}".encode()
    except OSError as error:  # gone meanwhile, or not readable: that is part of the state too
        content = type(error).__name__.encode()
    for part in (name.encode(errors="surrogateescape"), content):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
