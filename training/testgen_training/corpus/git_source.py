"""A git repository read straight from its objects: bare, shallow or with a work tree, nothing checked out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testgen_training.corpus.repository import SourceFile
from testgen_training.errors import SourceUnusable


@dataclass(frozen=True, slots=True, kw_only=True)
class GitRepository:
    """One commit of a git repository on this machine."""

    name: str
    folder: Path
    """The work tree or the git directory."""
    revision: str = "HEAD"
    origin: str = "git"

    def commit(self) -> str:
        """The full hash of the commit. Raises SourceUnusable where there is none."""
        return self._git("rev-parse", "--verify", f"{self.revision}^{{commit}}").decode().strip()

    def touched(self) -> str:
        """Date of the commit."""
        return self._git("log", "-1", "--format=%cs", self.revision).decode().strip()

    def paths(self) -> list[str]:
        """All regular files of the commit; links and submodules are none."""
        listed = self._git("ls-tree", "-r", "-z", self.revision).decode("utf-8", "surrogateescape")
        entries = (entry.partition("\t") for entry in listed.split("\0") if entry)
        return sorted(path for about, _, path in entries if about.startswith("100"))

    def read(self, paths: list[str]) -> Iterator[SourceFile]:
        """The files, through one `git cat-file`. A file whose object is missing is passed over."""
        asked = "".join(f"{self.revision}:{path}\n" for path in paths if "\n" not in path)
        answer = self._git("cat-file", "--batch", given=asked.encode("utf-8", "surrogateescape"))
        at = 0
        for path in paths:
            header, _, _ = answer[at : at + 300].partition(b"\n")
            at += len(header) + 1
            if header.endswith(b"missing"):
                continue
            size = int(header.rsplit(b" ", 1)[1])
            yield SourceFile(path=path, data=answer[at : at + size])
            at += size + 1

    def _git(self, *arguments: str, given: bytes | None = None) -> bytes:
        command = ["git", "-C", str(self.folder), "-c", "safe.directory=*", *arguments]
        try:
            done = subprocess.run(command, input=given, capture_output=True, check=False)
        except OSError as error:
            raise SourceUnusable(
                f"git cannot be run: {error.strerror}.", "Install git (apt-get install git)."
            ) from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = said[-1] if said else "no message"
            raise SourceUnusable(
                f"{self.name}: git {arguments[0]} failed in {self.folder}: {reason}.",
                f"See what `git -C {self.folder} log -1 {self.revision}` says, or take it off the list.",
            )
        return done.stdout
