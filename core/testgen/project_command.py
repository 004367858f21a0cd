"""What a command of a project may see and use: the agent's VM, and `mix` itself where another tool needs it.

The environment is the reduced one with Mix's variables for the private build; shown are the project, its
dependencies, the toolchain, Mix's archives, and what `.testgen.toml` opens.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from testgen.build import PrivateBuild
from testgen.project import Project
from testgen.sandbox import Command, Limits
from testgen.sandbox.environment import reduced
from testgen.sandbox.limits import MIB
from testgen.settings import Settings
from testgen.toolchain import Toolchain


def project_command(
    project: Project,
    toolchain: Toolchain,
    build: PrivateBuild,
    settings: Settings,
    argv: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    readable: Sequence[Path] = (),
) -> Command:
    """A command of the project's in its test environment, with what it may see: for the agent's VM and for
    `mix`.

    `environment` is added to the reduced one, `readable` to the places of project and toolchain.
    """
    variables = reduced(os.environ, settings.sandbox.environment)
    variables |= {
        "PATH": toolchain.search_path,
        "MIX_ENV": "test",
        "MIX_BUILD_PATH": str(build.path),
        "HEX_OFFLINE": "1",
        "ERL_CRASH_DUMP_SECONDS": "0",
        **(environment or {}),
    }
    if build.deps_path is not None:
        variables["MIX_DEPS_PATH"] = str(build.deps_path)
    return Command(
        argv=tuple(argv),
        cwd=project.root,
        environment=variables,
        readable=tuple(_readable(project, toolchain, settings, readable)),
        writable=build.writable,
        overlaid=build.overlaid,
        sockets=settings.sandbox.socket_paths,
        ports=settings.sandbox.ports,
    )


def limits_of(settings: Settings) -> Limits:
    """The limits of a session: the defaults, with what the project set."""
    limits = Limits()
    if settings.sandbox.memory_mb is not None:
        limits = replace(limits, memory_bytes=settings.sandbox.memory_mb * MIB)
    if settings.sandbox.processes is not None:
        limits = replace(limits, processes=settings.sandbox.processes)
    return limits


def _readable(
    project: Project, toolchain: Toolchain, settings: Settings, more: Sequence[Path]
) -> Iterator[Path]:
    """What lies in places that the sandbox empties and is needed all the same; what is missing is left
    out.
    """
    named = [
        toolchain.elixir_root,
        toolchain.erlang_root,
        *_mix_homes(),
        *project.path_dependencies,
        *more,
    ]
    named += [path for path in (project.deps_path, project.build_path) if path is not None]
    named += [project.top / folder for folder in settings.sandbox.readable]
    hex_folder = os.environ.get("TESTGEN_HEX_DIR")
    if hex_folder:
        named.append(Path(hex_folder))
    home = Path.home().resolve()
    named.append(project.source if home.is_relative_to(project.top.resolve()) else project.top)
    yield from (path for path in named if path.exists())


def _mix_homes() -> list[Path]:
    """Where Mix keeps its archives: Hex, rebar."""
    named = [os.environ[name] for name in ("MIX_HOME", "MIX_ARCHIVES") if os.environ.get(name)]
    return [Path(name).resolve() for name in named] or [Path.home() / ".mix"]
