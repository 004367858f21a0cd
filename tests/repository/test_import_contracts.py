"""The import contracts of pyproject.toml hold, and would notice a breach."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("core", "server", "lsp", "training")
LINT = ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    path = ":".join(str(folder / part) for part in PARTS)
    return subprocess.run(
        [sys.executable, *LINT],
        cwd=folder,
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    ignore = shutil.ignore_patterns("_build", "__pycache__")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_a_module_that_imports_torch_breaks_a_contract(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "core/testgen/settings.py").write_text("import torch\n", encoding="utf-8")
    assert lint(folder).returncode == 1


def test_a_second_module_of_the_training_that_asks_the_network_breaks_a_contract(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "training/testgen_training/stage.py").write_text("import httpx\n", encoding="utf-8")
    assert lint(folder).returncode == 1


def test_a_second_module_that_speaks_to_the_agent_breaks_a_contract(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "core/testgen/settings.py").write_text("import erlang\n", encoding="utf-8")
    assert lint(folder).returncode == 1


def test_a_language_server_that_imports_the_daemon_breaks_a_contract(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "lsp/testgen_lsp/__init__.py").write_text("import testgen_server.job\n", encoding="utf-8")
    assert lint(folder).returncode == 1


def test_a_language_server_that_imports_synthesis_breaks_a_contract(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    (folder / "lsp/testgen_lsp/__init__.py").write_text("import testgen.synthesis\n", encoding="utf-8")
    assert lint(folder).returncode == 1
