"""Where modules are measured: compiled copies of their repositories, and a fresh copy for each module.

A folder outside the repository, kept between runs:

    base/APP      every checkout, side by side, with `_build` as its user would have it
    agent/        the compiled agent, made once per installation and so in no figure
    copies/       one project at a time and worker, its neighbours linked beside it; removed afterwards

It has to lie where the sandbox shows the disk: not below /tmp.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generation import modules
from benchmarks.generation.modules import Module
from benchmarks.stopwatch import Bench, checked
from benchmarks.stopwatch import testgen as testgen_command
from benchmarks.switching import workspace

_WITHOUT_PLUGINS = """
{options, _} = Code.eval_file(".formatter.exs")
options |> Keyword.delete(:plugins) |> inspect(limit: :infinity) |> IO.write()
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A fresh copy of a module's project, in which its test files are put and taken away."""

    module: Module
    bench: Bench
    own: str
    """Text of the repository's own suite for the module."""

    def arrange(self, tests: Mapping[str, str]) -> None:
        """Leaves no test of the module but these: path below the project to text."""
        for path in (self.module.suite, self.generated_path()):
            (self.bench.project / path).unlink(missing_ok=True)
        for path, text in tests.items():
            target = self.bench.project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")

    def formatter_options(self) -> list[str]:
        """The project's own options of the formatter, without plugins, which only its tools bring along."""
        if not (self.bench.project / ".formatter.exs").exists():
            return []
        options = self.bench.cache / "formatter.exs"
        said = checked(self.bench.run(["elixir", "-e", _WITHOUT_PLUGINS]))
        options.write_text(said.stdout, encoding="utf-8")
        return ["--dot-formatter", str(options)]

    def generated_path(self) -> str:
        """Where `testgen generate` writes."""
        below = Path(self.module.source).relative_to("lib")
        return str(Path("test") / below.with_name(f"{below.stem}_test.exs"))


class Workspace:
    """The folder with everything in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._base = self.folder / "base"
        self._compiled: set[str] = set()
        self._lock = threading.Lock()

    def prepare(self, listed: Sequence[Module], repositories: Path | None = None) -> None:
        """Lays out the checkouts and compiles the agent. Raises SystemExit where a commit is another."""
        own, packages = modules.checkouts(repositories)
        found = {checkout.repository: checkout.commit for checkout in own}
        for module in listed:
            if found.get(module.repository) != module.commit:
                raise SystemExit(
                    f"{module.repository} is at {found.get(module.repository, 'no commit')}, "
                    f"the list wants {module.commit}"
                )
        self._base.mkdir(parents=True, exist_ok=True)
        workspace.lay_out(self._base, own + packages)
        cache = self.folder / "agent"
        cache.mkdir(exist_ok=True)
        checked(Bench(project=self.folder, cache=cache).run([testgen_command(), "doctor"]))

    def compiled(self, module: Module) -> Path:
        """The project's copy in `base`, compiled for tests. Raises RuntimeError where that fails."""
        project = self._base / module.app
        with self._lock:
            if module.app not in self._compiled:
                env = {**os.environ, "MIX_ENV": "test"}
                done = subprocess.run(
                    ["mix", "compile"], cwd=project, env=env, capture_output=True, check=False
                )
                if done.returncode != 0:
                    raise RuntimeError(f"{module.app} does not compile: {done.stderr[-2000:]!r}")
                self._compiled.add(module.app)
        return project

    @contextmanager
    def copy(self, module: Module) -> Iterator[Place]:
        """A fresh copy of the module's project and an empty cache; the module's own suite is not in it."""
        source = self.compiled(module)
        copies = self.folder / "copies"
        copies.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f"{module.slug}-", dir=copies, ignore_cleanup_errors=True
        ) as name:
            folder = Path(name)
            shutil.copytree(source, folder / "projects" / module.app, symlinks=True)
            for other in self._base.iterdir():
                if other.name != module.app:
                    (folder / "projects" / other.name).symlink_to(other)
            shutil.copytree(self.folder / "agent", folder / "cache", symlinks=True)
            bench = Bench(project=folder / "projects" / module.app, cache=folder / "cache")
            own = (bench.project / module.suite).read_text(encoding="utf-8")
            place = Place(module=module, bench=bench, own=own)
            place.arrange({})
            yield place
