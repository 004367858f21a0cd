"""What a client may have read and run: files of a folder that its user trusts, symbolic links followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from testgen.errors import PathUnusable, TestgenError
from testgen.exit_code import ExitCode
from testgen.project import Project, ProjectKind
from testgen.wire import CompleteRequest, GenerateRequest, JobRequest, ScoreRequest, Workspace


class Untrusted(TestgenError):  # noqa: N818 - named for what happened
    """The client's user does not let code of this folder run."""

    default_exit_code = ExitCode.USAGE


class OutsideWorkspace(TestgenError):  # noqa: N818 - named for what happened
    """A path leads out of the client's folder."""

    default_exit_code = ExitCode.USAGE


def project_of(request: JobRequest) -> Project:
    """The project that a request is about.

    Raises Untrusted, OutsideWorkspace, and PathUnusable for what is no readable Elixir source file.
    """
    workspace = request.workspace
    if not workspace.trusted:
        raise Untrusted(
            f"{workspace.root} is not trusted, and tests cannot be made without running its code.",
            "Trust the folder in the editor first",
        )
    root = _root(workspace)
    for path in _paths(request):
        _require_inside(path, root)
    project = Project.find(request.path)
    if project.kind is ProjectKind.MIX and not project.top.is_relative_to(root):
        raise OutsideWorkspace(
            f"{project.source} belongs to the Mix project {project.top}, which is not inside {root}.",
            f"Open {project.top} in the editor",
        )
    return project


def _root(workspace: Workspace) -> Path:
    root = Path(workspace.root)
    try:
        if root.is_absolute() and root.is_dir():
            return root.resolve()
    except (OSError, ValueError) as error:
        raise PathUnusable(f"The workspace {root} cannot be used: {error}") from error
    raise PathUnusable(f"The workspace {root} is no folder.", "Name the folder that is open in the editor")


def _paths(request: JobRequest) -> Iterator[Path]:
    yield Path(request.path)
    if isinstance(request, GenerateRequest) and request.output is not None:
        yield Path(request.output)
    if isinstance(request, ScoreRequest):
        yield from map(Path, request.tests)
    assert isinstance(request, (GenerateRequest, ScoreRequest, CompleteRequest))


def _require_inside(path: Path, root: Path) -> None:
    try:
        real = Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise PathUnusable(f"{str(path)!r} cannot be used: {error}") from error
    if not path.is_absolute() or not real.is_relative_to(root):
        raise OutsideWorkspace(
            f"{path} is not inside the workspace {root}{f' (it leads to {real})' if real != path else ''}.",
            "Open the project's own folder in the editor",
        )
