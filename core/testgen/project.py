"""Finds the Mix project that a source file belongs to, by reading files only: nothing of the project is run.

Covers a plain project, an application of an umbrella, and a single file outside any project. What only Mix
can know (an application name or a dependency that `mix.exs` computes) is the agent's to say after
`open_project`; comments in `mix.exs` are left out of account, strings and code are not told apart further.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path

from testgen.errors import PathUnusable

_SOURCE_SUFFIXES = (".ex", ".exs")
_APP = re.compile(r"\bapp:\s*:([a-z_][A-Za-z0-9_@]*)")
_APPS_PATH = re.compile(r'\bapps_path:\s*"([^"]+)"')
_DEPS_PATH = re.compile(r'\bdeps_path:\s*"([^"]+)"')
_BUILD_PATH = re.compile(r'\bbuild_path:\s*"([^"]+)"')
_PATH_DEPENDENCY = re.compile(r'\bpath:\s*"([^"]+)"')
_COMMENT = re.compile(r"(?m)(?<![\w\"'{}\\])#(?!\{).*$")


class ProjectKind(str, Enum):
    """How the agent opens it: through Mix, or by compiling the one file alone."""

    MIX = "mix"
    FILE = "file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """Where a source file lives and where its tests, dependencies and build go. All paths are absolute."""

    kind: ProjectKind
    source: Path
    """The file to work on."""
    root: Path
    """Folder of the `mix.exs` that the agent opens: within an umbrella the application's own. For a file
    outside a project, the file's folder."""
    app: str | None = None
    """Name of the application as `mix.exs` writes it, `None` where it computes the name."""
    umbrella_root: Path | None = None
    """Folder of the umbrella's `mix.exs`, `None` outside an umbrella."""
    deps_path: Path | None = None
    """Where fetched dependencies are, whether or not the folder exists; `None` outside a project."""
    build_path: Path | None = None
    """The user's own test build, `_build/test`, whether or not it exists. Never written."""
    path_dependencies: tuple[Path, ...] = ()
    """Folders of path dependencies that lie outside `top`, of path dependencies too."""

    @classmethod
    def find(cls, path: Path | str) -> Project:
        """The project of one Elixir source file.

        Raises `PathUnusable` for a path that is missing, a directory, unreadable, or no Elixir source.
        """
        source = _source_file(Path(path))
        root = next((folder for folder in source.parents if (folder / "mix.exs").is_file()), None)
        if root is None:
            return cls(kind=ProjectKind.FILE, source=source, root=source.parent)
        return cls._of_mix(source, root)

    @classmethod
    def _of_mix(cls, source: Path, root: Path) -> Project:
        mix = _mix_text(root)
        umbrella = _umbrella_of(root)
        top = umbrella or root
        deps = _named_folder(mix, _DEPS_PATH, root) or top / "deps"
        build = _named_folder(mix, _BUILD_PATH, root) or top / "_build"
        app = _APP.search(mix)
        return cls(
            kind=ProjectKind.MIX,
            source=source,
            root=root,
            app=app[1] if app else None,
            umbrella_root=umbrella,
            deps_path=_from_environment("MIX_DEPS_PATH", root) or deps,
            build_path=_from_environment("MIX_BUILD_PATH", root) or build / "test",
            path_dependencies=tuple(_path_dependencies(root, top)),
        )

    @property
    def top(self) -> Path:
        """The outermost folder of the project: the umbrella's where there is one."""
        return self.umbrella_root or self.root

    @property
    def source_relative(self) -> Path:
        """The source file's path relative to `root`, as Elixir's compiler and reports write it."""
        return self.source.relative_to(self.root)

    @property
    def test_path(self) -> Path:
        """Where the source's test file belongs, whether or not it exists."""
        return self.test_path_for(self.source)

    def test_path_for(self, source: Path) -> Path:
        """Where the tests of `source` belong.

        `lib/my_app/cart.ex` -> `test/my_app/cart_test.exs`; a file that is not under `lib` keeps its path
        under `test` (`web/page.ex` -> `test/web/page_test.exs`); outside a project the test lies beside the
        file.
        """
        name = f"{source.stem}_test.exs"
        if self.kind is ProjectKind.FILE or not source.is_relative_to(self.root):
            return source.with_name(name)
        inner = source.relative_to(self.root).parent
        below_lib = inner.parts[1:] if inner.parts[:1] == ("lib",) else inner.parts
        return self.root.joinpath("test", *below_lib, name)

    @property
    def test_helper(self) -> Path:
        """`test/test_helper.exs`, whether or not it exists."""
        return self.root / "test" / "test_helper.exs"


def _source_file(path: Path) -> Path:
    try:
        exists, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError) as error:
        raise PathUnusable(
            f"{path} cannot be used: {error}", "Give the path of an Elixir source file"
        ) from error
    if not exists:
        raise PathUnusable(f"{path} does not exist.", _missing_step(path))
    if is_folder:
        raise PathUnusable(f"{path} is a directory.", _folder_step(path))
    if path.suffix not in _SOURCE_SUFFIXES:
        raise PathUnusable(
            f"{path} is not an Elixir source file (.ex or .exs).", "Give the path of an Elixir source file"
        )
    if not path.is_file() or not os.access(path, os.R_OK):
        raise PathUnusable(f"{path} cannot be read.", f"ls -l {path}")
    return Path(os.path.abspath(path)).parent.resolve() / path.name  # noqa: PTH100 - keeps a linked file's name


def _missing_step(path: Path) -> str:
    """The nearest name that is there, when the file was only misspelt."""
    folder = path.parent
    names = [entry.name for entry in folder.iterdir() if entry.suffix == ".ex"] if folder.is_dir() else []
    close = get_close_matches(path.name, names, n=1)
    return f"Did you mean {folder / close[0]}?" if close else "Give the path of an Elixir source file"


def _folder_step(folder: Path) -> str:
    """One file to try, looked for where source files are, not in all that the folder holds."""
    near = sorted(folder.glob("*.ex")) or sorted(folder.glob("*/*.ex"))
    files = near or sorted((folder / "lib").rglob("*.ex"))
    return f"Give one file, for example {files[0]}" if files else "Give the path of an Elixir source file"


def _mix_text(folder: Path) -> str:
    """`mix.exs` without its comments, empty where it cannot be read."""
    try:
        return _COMMENT.sub("", (folder / "mix.exs").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""


def _umbrella_of(root: Path) -> Path | None:
    """The folder above whose `mix.exs` names the folder that `root` lies in as its `apps_path`."""
    for folder in root.parents:
        apps = _named_folder(_mix_text(folder), _APPS_PATH, folder)
        if apps is not None and root.parent == apps:
            return folder
    return None


def _named_folder(mix: str, pattern: re.Pattern[str], root: Path) -> Path | None:
    found = pattern.search(mix)
    return Path(os.path.normpath(root / found[1])) if found else None


def _from_environment(name: str, root: Path) -> Path | None:
    value = os.environ.get(name)
    return Path(os.path.normpath(root / value)) if value else None


def _path_dependencies(root: Path, top: Path) -> Iterator[Path]:
    """Folders outside `top` that `path:` options lead to, each once; read transitively."""
    seen: set[Path] = set()
    pending = [root, top, *_applications(top)]
    while pending:
        folder = pending.pop()
        for written in _PATH_DEPENDENCY.findall(_mix_text(folder)):
            target = Path(os.path.normpath(folder / Path(written).expanduser()))
            if target in seen or not (target / "mix.exs").is_file():
                continue
            seen.add(target)
            pending.append(target)
            if not target.is_relative_to(top):
                yield target


def _applications(top: Path) -> list[Path]:
    apps = _named_folder(_mix_text(top), _APPS_PATH, top)
    return sorted(mix.parent for mix in apps.glob("*/mix.exs")) if apps else []
