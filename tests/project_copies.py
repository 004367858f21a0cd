"""Copies of the fixture projects for tests to work on, compiled once per test session."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from testgen.file_lock import FileLock
from tests.command_line import run_process

PROJECTS = Path(__file__).parent / "projects"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectCopies:
    """Hands out copies of `tests/projects/NAME`, compiled or not."""

    templates: Path
    """Where the compiled templates are kept, shared by the workers of a session."""
    target: Path
    """Where the copies go."""

    def fresh(self, name: str, to: str | None = None) -> Path:
        """A copy without any build, as after a clone."""
        return _copy(PROJECTS / name, self.target / (to or name))

    def built(self, name: str, to: str | None = None, mix_root: str = ".") -> Path:
        """A copy that was compiled for tests; `mix_root` is where its `mix.exs` is."""
        return _copy(self._template(name, mix_root), self.target / (to or name))

    def _template(self, name: str, mix_root: str) -> Path:
        template = self.templates / name
        self.templates.mkdir(parents=True, exist_ok=True)
        with FileLock(self.templates / f"{name}.lock").held(wait_s=300):
            if not template.exists():
                half = self.templates / f"{name}.half"
                shutil.rmtree(half, ignore_errors=True)
                _copy(PROJECTS / name, half)
                compiled = run_process(
                    ["mix", "compile"], cwd=half / mix_root, env={**os.environ, "MIX_ENV": "test"}
                )
                assert compiled.exit_code == 0, compiled.output
                half.rename(template)
        return template


def _copy(source: Path, target: Path) -> Path:
    """Copies with modification times, which Mix compares."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("_build.lock"))
    return target


def snapshot(root: Path, *, without: tuple[str, ...] = ()) -> dict[str, tuple[str, int, int]]:
    """For every file and folder under `root`: a digest of its content, its mode and its modification time.

    `without` names paths relative to `root` that are left out; folders above them lose only their time.
    """
    seen: dict[str, tuple[str, int, int]] = {}
    parents = {str(parent) for path in without for parent in Path(path).parents}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder, name)
            relative = str(path.relative_to(root))
            if relative in without:
                continue
            info = path.lstat()
            touched = 0 if relative in parents else info.st_mtime_ns
            seen[relative] = (_digest(path, info), stat.S_IMODE(info.st_mode), touched)
    return seen


def _digest(path: Path, info: os.stat_result) -> str:
    if stat.S_ISLNK(info.st_mode):
        return str(path.readlink())
    return hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(info.st_mode) else "folder"
