"""A Mix project of one module and its suite, for tests that need a particular one."""

from __future__ import annotations

from pathlib import Path

_MIX = """defmodule Shop.MixProject do
  use Mix.Project
  def project, do: [app: :shop, version: "0.1.0", deps: [{deps}]]
  def application, do: [extra_applications: [:logger]]
end
"""


def write_project(root: Path, module: str, suite: str, *, deps: str = "") -> Path:
    """Writes the project `:shop` into `root`: `lib/shop.ex`, `test/shop_test.exs`."""
    files = {
        "mix.exs": _MIX.replace("{deps}", deps),
        "lib/shop.ex": module.lstrip("\n"),
        "test/shop_test.exs": suite.lstrip("\n"),
        "test/test_helper.exs": "ExUnit.start()\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
