"""A folder on this machine as a repository: its files as they are, its commit the hash of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen_training.corpus.repository import SourceFile
from testgen_training.errors import SourceUnusable

_LEFT_OUT = frozenset({".git", "_build", "deps", "node_modules", ".elixir_ls", "cover"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRepository:
    """A folder that need not be under version control."""

    name: str
    folder: Path
    origin: str = "folder"

    def commit(self) -> str:
        """`sha256:` and the hash of all Elixir files' paths and contents."""
        total = hashlib.sha256()
        for file in self.read([path for path in self.paths() if path.endswith((".ex", ".exs"))]):
            total.update(file.path.encode("utf-8", "surrogateescape") + b"\0")
            total.update(hashlib.sha256(file.data).digest())
        return f"sha256:{total.hexdigest()}"

    def touched(self) -> str:
        """Not known: times of files say when they were copied."""
        return ""

    def paths(self) -> list[str]:
        """All regular files, what tools build left out. Raises SourceUnusable where there is no folder."""
        if not self.folder.is_dir():
            raise SourceUnusable(f"{self.folder} is no folder.", "Name a folder with Elixir sources.")
        files = (
            path.relative_to(self.folder)
            for path in self.folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        )
        return sorted(path.as_posix() for path in files if not _LEFT_OUT.intersection(path.parts))

    def read(self, paths: list[str]) -> Iterator[SourceFile]:
        """The files asked for. Raises SourceUnusable where one has gone or may not be read."""
        for path in paths:
            try:
                data = (self.folder / path).read_bytes()
            except OSError as error:
                raise SourceUnusable(
                    f"{self.folder / path} cannot be read: {error.strerror}.", "Mend its permissions."
                ) from error
            yield SourceFile(path=path, data=data)
