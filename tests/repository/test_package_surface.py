"""What every source file of the package has in common."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("core/testgen", "server/testgen_server", "lsp/testgen_lsp", "training/testgen_training")
NEEDS_EXTRAS = {"testgen_training": "torch", "testgen/reading": "tree_sitter"}
"""Packages that import what the base install has not, each with a library that shows whether it is there."""
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "/elixir/" not in str(path)
)
ELIXIR = sorted((ROOT / "core/testgen/elixir/lib").rglob("*.ex"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_name_that_a_module_exports_exists(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    exported = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and "__all__" in map(ast.unparse, node.targets)
    ]
    if not exported:
        return
    for package, library in NEEDS_EXTRAS.items():
        if package in str(path):
            pytest.importorskip(library, reason="the training extras are not installed")
    module = name(path).partition("/")[2].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    code = f"import {module} as m; assert all(hasattr(m, name) for name in m.__all__), m.__all__"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("path", ELIXIR, ids=name)
def test_an_elixir_module_has_a_moduledoc(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r"^\s*@moduledoc\b", text, re.MULTILINE)) >= len(
        re.findall(r"^defmodule ", text, re.MULTILINE)
    )


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [name(path) for path in [*MODULES, *ELIXIR] if path.stem in VAGUE] == []


def test_importing_the_command_line_does_no_work() -> None:
    """No project read, no VM started, no slow library: under half a second of CPU time."""
    code = "import time; t = time.process_time(); import testgen.cli; print(time.process_time() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.5
