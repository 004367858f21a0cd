"""What Muzak needs to know of a project: where it is, that it has Muzak, and what `.muzak.exs` asks for."""

from __future__ import annotations

import re
from pathlib import Path

from testgen.errors import PathUnusable, ProjectInvalid
from testgen.project import Project, ProjectKind
from testgen.scoring.mix_task import MixTasks

_READ_S = 60.0
_READ_PROFILE = """
{profiles, _} = Code.eval_file(".muzak.exs")
case Map.get(profiles, String.to_atom(hd(System.argv()))) do
  nil -> IO.puts("testgen-profile: missing")
  options -> IO.puts("testgen-profile: #{options[:min_coverage]}")
end
"""


def find_target(path: Path) -> tuple[Project, str | None]:
    """The project of `path`, and what Muzak's `--only` must name: nothing for a folder."""
    if path.is_dir():
        folder = path.resolve()
        root = next((one for one in (folder, *folder.parents) if (one / "mix.exs").is_file()), None)
        if root is None:
            raise PathUnusable(f"{path} is not in a Mix project.", "Name a folder or file of a Mix project.")
        return Project.find(root / "mix.exs"), None
    with_line = re.fullmatch(r"(.+):(\d+)", str(path))
    if with_line and not path.exists():
        project = Project.find(Path(with_line[1]))
        return project, f"{project.source_relative}:{with_line[2]}"
    project = Project.find(path)
    return project, str(project.source_relative)


def require_muzak(project: Project) -> None:
    """Raises ProjectInvalid where `mix.exs` does not name Muzak."""
    mix = project.root / "mix.exs"
    if project.kind is ProjectKind.MIX and ":muzak" in mix.read_text(encoding="utf-8", errors="replace"):
        return
    raise ProjectInvalid(
        f"The project at {project.root} does not have Muzak among its dependencies.",
        'Add {:muzak, "~> 1.1", only: :test} to its deps and fetch it, or run without --engine muzak.',
    )


def min_coverage(project: Project, profile: str | None, tasks: MixTasks) -> float | None:
    """The `min_coverage` that the profile sets; None where it sets none, or there is no `.muzak.exs`.

    Raises ProjectInvalid for a profile that is not there, and for a file that Elixir cannot read.
    """
    file = project.root / ".muzak.exs"
    if not file.is_file():
        if profile is not None:
            raise ProjectInvalid(f"There is no {file}, so no profile {profile!r}.", "Run without --profile.")
        return None
    told = tasks.run(("elixir", "-e", _READ_PROFILE, profile or "default"), wall_clock_s=_READ_S)
    found = re.search(r"^testgen-profile: (.*)$", told.output, re.MULTILINE)
    if found is None:
        raise ProjectInvalid(f"{file} cannot be read:\n{told.tail}", f"Mend {file}.")
    if found[1] == "missing":
        if profile is None:
            return None
        raise ProjectInvalid(f"{file} has no profile {profile!r}.", f"Name one that {file} has.")
    return float(found[1]) if found[1] else None
