"""What a corpus is made from, and by which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from testgen_training.corpus.github import GitHubSelection
from testgen_training.corpus.hex_pm import HexSelection
from testgen_training.corpus.quality import Quality
from testgen_training.errors import ConfigInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The corpus stage."""

    output: Path
    """Folder of the corpus."""
    git: tuple[str, ...] = ()
    """Git repositories on this machine: `owner/name=FOLDER` or `owner/name=FOLDER@REVISION`."""
    folders: tuple[str, ...] = ()
    """Folders: `name=FOLDER`."""
    hex: HexSelection | None = None
    """Packages from Hex.pm."""
    github: GitHubSelection | None = None
    """Repositories from GitHub."""
    quality: Quality = field(default_factory=Quality)
    held_out: tuple[str, ...] = ()
    """Repositories of the split `test`, by name. They pass no quality filter: the list is fixed."""
    validation_share: float = 0.04
    """Share of the other repositories that become the split `validation`, by the hash of their names."""
    jaccard: float = 0.85
    """Similarity from which two files, or two tests, count as copies."""
    max_file_share: float = 0.1
    """Share of 13-grams shared with held-out repositories from which a file is dropped."""
    min_widespread: int = 5
    """Repositories that must have a 13-gram for it to say nothing."""
    max_file_bytes: int = 1_000_000
    workers: int = 2
    """Processes that read repositories."""

    def __post_init__(self) -> None:
        for name, value in (("validation_share", self.validation_share), ("jaccard", self.jaccard)):
            if not 0 < value < 1:
                raise ConfigInvalid(f"{name} is {value}; it must lie between 0 and 1.")
        if self.workers < 1:
            raise ConfigInvalid(f"workers is {self.workers}; it must be at least 1.")
        for entry in (*self.git, *self.folders):
            if "=" not in entry:
                raise ConfigInvalid(f"{entry!r} names no repository.", "Write it as owner/name=FOLDER.")
