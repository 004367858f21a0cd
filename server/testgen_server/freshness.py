"""Whether what a VM has loaded is still what is on disk.

A digest over names, sizes and times of every file that a project's build or its tests read, test files
themselves left out: those are loaded anew for each job. `testgen.scoring.sources_hash` reads the contents
instead, which takes longer; here a job waits for the answer.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from testgen.project import Project, ProjectKind

SKIPPED_FOLDERS = {
    "_build",
    "deps",
    "node_modules",
    "cover",
    "doc",
    ".git",
    ".elixir_ls",
    ".lexical",
    ".expert",
}


def digest(project: Project) -> str:
    """Changes when a file of the project is written, appears or goes away."""
    hashed = hashlib.sha256()
    for root in _roots(project):
        for path, status in _files(root):
            hashed.update(
                f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ino}\n".encode(errors="replace")
            )
    return hashed.hexdigest()


def _roots(project: Project) -> tuple[Path, ...]:
    if project.kind is ProjectKind.FILE:
        return (project.source,)
    return (project.top, *project.path_dependencies)


def _files(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    if root.is_file():
        yield str(root), root.stat()
        return
    pending = [str(root)]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:  # gone meanwhile: that changes the digest too
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS:
                    pending.append(entry.path)
            elif not entry.name.endswith("_test.exs"):
                try:
                    yield entry.path, entry.stat()
                except OSError:
                    continue
