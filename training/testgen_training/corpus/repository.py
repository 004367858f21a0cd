"""Where the corpus comes from: repositories, each at one commit, with the files that are read from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as bytes: whether it is text is found out later, and told."""

    path: str
    """Inside the repository, with `/`."""
    data: bytes


class Repository(Protocol):
    """A tree of files at one commit or release."""

    @property
    def name(self) -> str:
        """`owner/name`, or a package's name with its version."""
        ...

    @property
    def origin(self) -> str:
        """`git`, `folder`, `hex` or `github`."""
        ...

    def commit(self) -> str:
        """The commit, or the checksum of the archive."""
        ...

    def touched(self) -> str:
        """Date of the last change, `YYYY-MM-DD`; empty where it is not known."""
        ...

    def paths(self) -> list[str]:
        """All paths, sorted."""
        ...

    def read(self, paths: list[str]) -> Iterator[SourceFile]:
        """The files asked for, in their order. Raises SourceUnusable where one cannot be read."""
        ...
