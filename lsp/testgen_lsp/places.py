"""From a module to its tests and back, within a project or an application of an umbrella."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from testgen.errors import PathUnusable
from testgen.project import Project, ProjectKind

TEST_SUFFIX = "_test.exs"


def path_of(uri: str) -> Path | None:
    """The path of a `file:` URI; None for a document that is on no disk."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return Path(path) if path else None


def uri_of(path: Path | str) -> str:
    """The URI of a path."""
    uri: str | None = from_fs_path(str(path))
    assert uri is not None
    return uri


def is_test(uri: str) -> bool:
    """Whether a document is a test file."""
    return uri.endswith(TEST_SUFFIX)


def is_source(uri: str) -> bool:
    """Whether a document is Elixir code that tests can be written for."""
    return (
        uri.startswith("file:")
        and uri.endswith((".ex", ".exs"))
        and not is_test(uri)
        and not _is_support(uri)
    )


def _is_support(uri: str) -> bool:
    return (
        uri.endswith(("/mix.exs", "/test_helper.exs", ".formatter.exs", "/.credo.exs")) or "/config/" in uri
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A source file and where its tests are or belong."""

    source: Path
    test: Path


def pair_of_source(source: Path) -> Pair | None:
    """The pair of a source file; None where it is no source file that exists."""
    try:
        project = Project.find(source)
    except PathUnusable:
        return None
    return Pair(source=project.source, test=project.test_path)


def pair_of_test(test: Path) -> Pair | None:
    """The pair of a test file: the source whose tests belong there."""
    root = next((folder for folder in test.parents if (folder / "mix.exs").is_file()), None)
    name = f"{test.name.removesuffix(TEST_SUFFIX)}.ex"
    if root is None or not test.is_relative_to(root / "test"):
        beside = [test.with_name(name), test.with_name(f"{name}s")]
        found = [path for path in beside if path.is_file()]
        return Pair(source=found[0], test=test) if found else None
    inner = test.relative_to(root / "test").parent
    for candidate in (root / "lib" / inner / name, root / inner / name):
        if candidate.is_file():
            return Pair(source=candidate, test=test)
    return None


def workspace_root(source: Path, folders: list[Path]) -> Path | None:
    """The workspace folder that holds a file and its project; the project itself where the editor named no
    folder.
    """
    real = source.resolve()
    holding = [folder for folder in folders if real.is_relative_to(folder.resolve())]
    if holding:
        return max(holding, key=lambda folder: len(folder.parts))
    if folders:
        return None
    try:
        project = Project.find(source)
    except PathUnusable:
        return None
    return project.top if project.kind is ProjectKind.MIX else project.root
