"""A private test build per project: seeded from the user's own, locked for one run, kept warm for the next.

The user's `_build` is never written and never linked hard: a compile in a hard-linked copy would change the
user's manifest. Dependencies that the user has compiled are symbolic links into the user's build, which the
sandbox shows read-only; the project's own applications are copied, sharing blocks where the file system can.
What has to be compiled anew is compiled from a private copy of its sources, since leex, yecc and makefiles
write beside them.

Layout, under the user's cache folder:

    builds/<project and toolchain>/<slot>/lock         held while a run uses the slot; the kernel frees it
                                          seed.json    what it was seeded from; written last, so that a run
                                                       killed while seeding leaves a slot that is seeded again
                                          build/       MIX_BUILD_PATH
                                          deps/        MIX_DEPS_PATH
                                          src/         copies of `src` folders with grammars, shown in
                                                       their place: leex and yecc write beside them

Two runs at once on one project take two slots. Does not compile anything: the agent does, through Mix.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from testgen.errors import Busy, WriteFailed
from testgen.file_lock import FileLock
from testgen.project import Project, ProjectKind
from testgen.toolchain import Toolchain, cache_root
from testgen.tree_copy import copy_tree

MAX_SLOTS = 8
_STALE_S = 14 * 24 * 3600
_SEED_FORMAT = 1


class PrivateBuild:
    """A slot, held. Leave it as a context manager, or `close` it, to give it back."""

    def __init__(self, project: Project, toolchain: Toolchain, folder: Path, lock: FileLock) -> None:
        self._project = project
        self._toolchain = toolchain
        self._folder = folder
        self._lock = lock
        self._distrusted = False

    @classmethod
    def open(cls, project: Project, toolchain: Toolchain) -> PrivateBuild:
        """Takes a free slot of the project and seeds it. Raises `Busy` and `WriteFailed`."""
        home = cache_root() / "builds" / _project_key(project, toolchain)
        try:
            _remove_stale(home.parent)
            build = cls._take_slot(project, toolchain, home)
        except OSError as error:
            raise _write_failed(home, error) from error
        try:
            build._seed()
        except OSError as error:
            build.close()
            raise _write_failed(home, error) from error
        except BaseException:
            build.close()
            raise
        return build

    @classmethod
    def _take_slot(cls, project: Project, toolchain: Toolchain, home: Path) -> PrivateBuild:
        for number in range(MAX_SLOTS):
            folder = home / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            if lock.try_acquire():
                return cls(project, toolchain, folder, lock)
        raise Busy(
            f"{MAX_SLOTS} testgen runs already work on {project.top}.",
            "Wait for one of them to end, then run again",
        )

    @property
    def path(self) -> Path:
        """The build path to give to Mix; writable in the sandbox."""
        return self._folder / "build"

    @property
    def deps_path(self) -> Path | None:
        """The folder of dependencies to give to Mix, `None` to leave it to Mix."""
        return self._folder / "deps" if (self._folder / "deps").is_dir() else None

    @property
    def writable(self) -> tuple[Path, ...]:
        """Folders that the sandbox lets the agent change."""
        return (self.path, self.deps_path) if self.deps_path else (self.path,)

    @property
    def overlaid(self) -> dict[Path, Path]:
        """Folders of the project that the agent sees a copy of, which it may change -> the copies."""
        return {folder: self._folder / "src" / folder.parent.name for folder in self._grammar_folders()}

    def close(self) -> None:
        """Gives the slot back; its content stays for the next run, unless distrusted. May be called twice."""
        if self._distrusted and self._lock.is_held:
            self.discard()
        self._lock.release()

    def distrust(self) -> None:
        """Has the slot emptied when it is closed: something filled it or tampered with the run."""
        self._distrusted = True

    def discard(self) -> None:
        """Empties the slot, so that the next run seeds it afresh: for a build that no longer can be
        trusted.
        """
        (self._folder / "seed.json").unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.rmtree(self._folder / "deps", ignore_errors=True)
        shutil.rmtree(self._folder / "src", ignore_errors=True)

    def __enter__(self) -> PrivateBuild:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _seed(self) -> None:
        """Brings the slot in line with the user's build, doing as little as that needs."""
        wanted = self._fingerprint()
        seed = self._folder / "seed.json"
        known = _read_json(seed)
        if known.get("format") != _SEED_FORMAT:
            self.discard()
        seed.unlink(missing_ok=True)
        self.path.joinpath("lib").mkdir(parents=True, exist_ok=True)
        linked = self._link_dependencies()
        if known.get("own") != wanted["own"]:
            self._copy_own(linked)
        self._place_sources(linked)
        for folder, copy in self.overlaid.items():
            copy.parent.mkdir(exist_ok=True)
            _place(folder, copy, link=False)
        _write_json(seed, wanted)

    def _fingerprint(self) -> dict[str, object]:
        own = {}
        for folder in self._own_applications():
            manifest = _stat(folder / ".mix" / "compile.elixir")
            own[folder.name] = [manifest.st_mtime_ns, manifest.st_size] if manifest else None
        return {"format": _SEED_FORMAT, "own": own}

    def _user_lib(self) -> Path | None:
        """`lib` of the user's test build, unless there is none or another Elixir made it."""
        user = self._project.build_path
        return user / "lib" if user is not None and (user / "lib").is_dir() else None

    def _user_applications(self) -> Iterator[Path]:
        lib = self._user_lib()
        if lib is not None:
            yield from sorted(folder for folder in lib.iterdir() if folder.is_dir())

    def _is_dependency(self, name: str) -> bool:
        deps = self._project.deps_path
        return deps is not None and (deps / name).is_dir()

    def _own_applications(self) -> list[Path]:
        return [
            folder
            for folder in self._user_applications()
            if not self._is_dependency(folder.name) and self._same_toolchain(folder)
        ]

    def _same_toolchain(self, folder: Path) -> bool:
        """Whether this Elixir and OTP compiled `folder`; Mix writes both into a manifest beside the beams."""
        try:
            written = (folder / ".mix" / "compile.elixir_scm").read_bytes()
        except OSError:
            return True  # not Elixir: Erlang's beams of the same OTP or an older one load
        return self._toolchain.elixir_version.encode() in written and self._toolchain.otp.encode() in written

    def _link_dependencies(self) -> set[str]:
        """Links what the user has compiled; removes links to what is no longer there or outdated."""
        usable = {folder.name: folder for folder in self._user_applications() if self._usable(folder)}
        lib = self.path / "lib"
        for entry in lib.iterdir():
            if entry.is_symlink() and usable.get(entry.name) != entry.readlink():
                entry.unlink()
        for name, folder in usable.items():
            if not (lib / name).is_symlink():
                if (lib / name).exists():
                    shutil.rmtree(lib / name)
                (lib / name).symlink_to(folder)
        return set(usable)

    def _usable(self, folder: Path) -> bool:
        """A compiled dependency that Mix will not want to compile again."""
        if not self._is_dependency(folder.name) or not (folder / "ebin" / f"{folder.name}.app").is_file():
            return False
        assert self._project.deps_path is not None
        fetched = _stat(self._project.deps_path / folder.name / ".fetch")
        compiled = _stat(folder / ".mix" / "compile.fetch")
        outdated = fetched is not None and (compiled is None or fetched.st_mtime > compiled.st_mtime)
        return not outdated and self._same_toolchain(folder)

    def _copy_own(self, linked: set[str]) -> None:
        lib = self.path / "lib"
        for entry in lib.iterdir():
            if entry.name not in linked and not self._is_dependency(entry.name):
                shutil.rmtree(entry, ignore_errors=True)
        for folder in self._own_applications():
            copy_tree(folder, lib / folder.name)

    def _grammar_folders(self) -> list[Path]:
        """`src` folders of the project, or of the umbrella's applications, that hold grammars."""
        project = self._project
        if project.kind is ProjectKind.FILE:
            return []
        roots = (
            [mix.parent for mix in project.root.parent.glob("*/mix.exs")]
            if project.umbrella_root
            else [project.root]
        )
        folders = [root / "src" for root in roots]
        return [folder for folder in folders if any((*folder.glob("*.xrl"), *folder.glob("*.yrl")))]

    def _place_sources(self, linked: set[str]) -> None:
        """A folder of dependencies of our own, where some have to be compiled: links, and copies of those."""
        user, own = self._project.deps_path, self._folder / "deps"
        if user is None or not user.is_dir():
            shutil.rmtree(own, ignore_errors=True)
            return
        sources = {folder.name: folder for folder in user.iterdir() if folder.is_dir()}
        if all(name in linked for name in sources):
            shutil.rmtree(own, ignore_errors=True)
            return
        own.mkdir(exist_ok=True)
        for name in {entry.name for entry in own.iterdir()} - set(sources):
            _remove(own / name)
        for name, folder in sources.items():
            _place(folder, own / name, link=name in linked)


def _place(source: Path, target: Path, *, link: bool) -> None:
    if link:
        if not (target.is_symlink() and target.readlink() == source):
            _remove(target)
            target.symlink_to(source)
        return
    if target.is_dir() and not target.is_symlink() and _copied_from(target) == _identity(source):
        return
    _remove(target)
    copy_tree(source.resolve(), target)
    (target / ".testgen_copy").write_text(_identity(source), encoding="utf-8")


def _identity(source: Path) -> str:
    """Changes when a dependency is fetched anew, or a file of a folder without that mark changes."""
    fetched = _stat(source / ".fetch") or _stat(source / ".hex")
    changes = [fetched] if fetched else [_stat(path) for path in sorted(source.rglob("*"))]
    return f"{source.resolve()} {[change.st_mtime_ns for change in changes if change]}"


def _copied_from(target: Path) -> str | None:
    try:
        return (target / ".testgen_copy").read_text(encoding="utf-8")
    except OSError:
        return None


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _project_key(project: Project, toolchain: Toolchain) -> str:
    place = project.top if project.kind is ProjectKind.MIX else project.source
    digest = hashlib.sha256(f"{place}\0{toolchain.identity}".encode()).hexdigest()[:16]
    return f"{place.name}-{digest}"


def _remove_stale(builds: Path) -> None:
    """Empties slots that nobody used for two weeks. Lock files stay: removing one could part two runs."""
    if not builds.is_dir():
        return
    for seed in builds.glob("*/*/seed.json"):
        status = _stat(seed)
        if status is None or time.time() - status.st_mtime < _STALE_S:
            continue
        lock = FileLock(seed.parent / "lock")
        with contextlib.suppress(OSError):
            if lock.try_acquire():
                seed.unlink(missing_ok=True)
                shutil.rmtree(seed.parent / "build", ignore_errors=True)
                shutil.rmtree(seed.parent / "deps", ignore_errors=True)
                lock.release()


def _write_failed(home: Path, error: OSError) -> WriteFailed:
    step = f"Free some space or make {home} writable, or set TESTGEN_CACHE_DIR to another folder"
    return WriteFailed(f"The private build under {home} cannot be written: {error}", step)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _read_json(path: Path) -> dict[str, object]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _write_json(path: Path, value: object) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(value), encoding="utf-8")
    scratch.replace(path)
