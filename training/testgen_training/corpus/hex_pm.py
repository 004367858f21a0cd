"""Packages from Hex.pm: its list page by page, and release archives whose checksums are verified twice.

An archive is a tar of `VERSION`, `CHECKSUM`, `metadata.config` and `contents.tar.gz`
(https://github.com/hexpm/specifications/blob/main/package_tarball.md); the service's own checksum is that of
the whole, the inner one of its three parts. Most packages carry no tests: a corpus of pairs needs
repositories besides.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from testgen_training.corpus.repository import SourceFile
from testgen_training.corpus.web import Manners, Web
from testgen_training.errors import SourceUnusable

_PARTS = ("VERSION", "metadata.config", "contents.tar.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class HexSelection:
    """Which packages are taken."""

    api: str = "https://hex.pm/api"
    archives: str = "https://repo.hex.pm/tarballs"
    sort: str = "recent_downloads"
    """Order of the list: `recent_downloads`, `total_downloads`, `updated_at`, `inserted_at` or `name`."""
    max_packages: int = 200
    versions: Mapping[str, str] = field(default_factory=dict)
    """Versions of named packages, taken in place of the newest stable one; packages not on the list are
    added.
    """
    manners: Manners = field(default_factory=Manners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version of a package, as Hex lists it."""

    package: str
    version: str
    checksum: str
    """SHA-256 of the archive, in hexadecimal."""
    released: str
    """`YYYY-MM-DD`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HexRepository:
    """A downloaded release as a repository."""

    release: Release
    archive: Path
    origin: str = "hex"

    @property
    def name(self) -> str:
        """`package-version`."""
        return f"{self.release.package}-{self.release.version}"

    def commit(self) -> str:
        """`sha256:` and the checksum of the archive."""
        return f"sha256:{self.release.checksum}"

    def touched(self) -> str:
        """Day of the release."""
        return self.release.released

    def paths(self) -> list[str]:
        """All regular files of the package. Raises SourceUnusable where the archive is damaged."""
        return sorted(contents(self.archive.read_bytes(), str(self.archive)))

    def read(self, paths: list[str]) -> Iterator[SourceFile]:
        """The files asked for."""
        files = contents(self.archive.read_bytes(), str(self.archive))
        yield from (SourceFile(path=path, data=files[path]) for path in paths)


def download(selection: HexSelection, folder: Path) -> tuple[list[HexRepository], dict[str, str]]:
    """Downloads the selected releases into a folder; also the reasons for those that could not be had.

    An archive that is there and whole is not asked for again. Raises ServiceDown where the list itself stays
    away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    web = Web(
        manners=selection.manners, headers={"accept": "application/json", "user-agent": "testgen-train"}
    )
    found: list[HexRepository] = []
    unusable: dict[str, str] = {}
    for package, version in chosen(selection, web):
        try:
            found.append(_downloaded(selection, web, package, version, folder))
        except SourceUnusable as error:
            unusable[f"{package}-{version}"] = error.message
    return found, unusable


def chosen(selection: HexSelection, web: Web) -> Iterator[tuple[str, str]]:
    """Packages and versions, in the order of the list, named ones that are not on it first."""
    yield from selection.versions.items()
    num_left = selection.max_packages - len(selection.versions)
    page = 1
    while num_left > 0:
        listed = web.json(f"{selection.api}/packages?sort={selection.sort}&page={page}")
        if not listed:
            return
        for package in listed:
            version = newest_stable(package)
            if package["name"] not in selection.versions and version and num_left > 0:
                num_left -= 1
                yield package["name"], version
        page += 1


def newest_stable(package: Mapping[str, Any]) -> str | None:
    """Hex says which version is the newest stable one; else the first listed that is no prerelease."""
    stated = package.get("latest_stable_version")
    versions = (str(each["version"]) for each in package.get("releases", ()))
    return str(stated) if stated else next((each for each in versions if "-" not in each), None)


def _downloaded(selection: HexSelection, web: Web, package: str, version: str, folder: Path) -> HexRepository:
    about = web.json(f"{selection.api}/packages/{package}/releases/{version}")
    release = Release(
        package=package,
        version=version,
        checksum=str(about["checksum"]).lower(),
        released=str(about["inserted_at"])[:10],
    )
    archive = folder / f"{package}-{version}.tar"
    if not archive.exists() or hashlib.sha256(archive.read_bytes()).hexdigest() != release.checksum:
        data = web.get(f"{selection.archives}/{package}-{version}.tar").content
        verify(data, release)
        partial = archive.with_suffix(".partial")
        partial.write_bytes(data)
        partial.replace(archive)
    return HexRepository(release=release, archive=archive)


def verify(data: bytes, release: Release) -> None:
    """Raises SourceUnusable where an archive is not the one that Hex lists, or is damaged inside."""
    found = hashlib.sha256(data).hexdigest()
    if found != release.checksum:
        raise SourceUnusable(
            f"{release.package}-{release.version}: the archive has the checksum {found[:12]}..., "
            f"Hex lists {release.checksum[:12]}....",
            "Run the command again; a proxy in between may have changed it.",
        )
    contents(data, f"{release.package}-{release.version}")


@lru_cache(maxsize=4)
def contents(data: bytes, name: str) -> dict[str, bytes]:
    """The package's files by path. Raises SourceUnusable where archive or inner checksum are wrong."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as outer:
            parts = {each.name: _read(outer, each) for each in outer.getmembers()}
        inner = hashlib.sha256(b"".join(parts[part] for part in _PARTS)).hexdigest()
        if inner != parts["CHECKSUM"].decode().strip().lower():
            raise SourceUnusable(f"{name}: the inner checksum is wrong.", "Take the package off the list.")
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(parts["contents.tar.gz"]))) as files:
            return {each.name: _read(files, each) for each in files.getmembers() if each.isfile()}
    except (tarfile.TarError, EOFError, OSError, KeyError, UnicodeDecodeError) as error:
        raise SourceUnusable(
            f"{name}: the archive is cut off or damaged ({type(error).__name__}: {error}).",
            "Remove the file and run the command again.",
        ) from error


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file is not None else b""
