"""Copies of checked-out repositories, side by side, that compile without a package registry.

Every copy's `mix.exs` is replaced by `offline.mix.exs`, which takes each dependency from the sibling folder
of that name and leaves out those that have none. The checkouts themselves are only read. Erlang packages
built by rebar get a small `mix.exs` of their own. Umbrella projects are not covered.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_OFFLINE = Path(__file__).with_name("offline.mix.exs")
_ERLANG = """\
[{{:application, app, spec}}] = elem(:file.consult("src/{name}.app.src"), 1)

defmodule OfflineErlang.{module} do
  use Mix.Project
  def project, do: [app: unquote(app), version: "0.0.0", language: :erlang, deps: []]
  def application, do: unquote(Macro.escape(Keyword.take(spec, [:mod, :env, :registered])))
end
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout:
    """A checked-out repository: its folder, the name of its application, and where it came from."""

    path: Path
    app: str
    repository: str
    commit: str

    @classmethod
    def read(cls, path: Path) -> Checkout:
        """Reads name and commit; the folder's name counts as `owner+name` where it has a `+`."""
        return cls(
            path=path,
            app=path.name.split("+")[-1],
            repository=path.name.replace("+", "/"),
            commit=_git(path, "rev-parse", "HEAD"),
        )


def _git(path: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", str(path), *args], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def lay_out(folder: Path, checkouts: list[Checkout]) -> None:
    """Copies the checkouts into `folder`, each under its application's name, ready to compile offline."""
    for checkout in checkouts:
        target = folder / checkout.app
        if target.exists():
            continue
        shutil.copytree(
            checkout.path, target, symlinks=True, ignore=shutil.ignore_patterns("_build", "deps", ".git")
        )
        _take_offline(target, checkout.app)


def _take_offline(target: Path, app: str) -> None:
    mix = target / "mix.exs"
    if mix.exists():
        mix.rename(target / "mix.original.exs")
        shutil.copyfile(_OFFLINE, mix)
    elif (target / "src" / f"{app}.app.src").exists():
        mix.write_text(_ERLANG.format(name=app, module=app.title().replace("_", "")), encoding="utf-8")
    (target / "mix.lock").unlink(missing_ok=True)
