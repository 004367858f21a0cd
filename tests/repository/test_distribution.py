"""What is built from this repository is small, complete, and runs where it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MIB = 1 << 20


def ran(*argv: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in argv], capture_output=True, text=True, check=False, cwd=cwd, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    ran(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    return folder


def unignored(under: str) -> set[str]:
    listed = ran(
        "git", "ls-files", "--cached", "--others", "--exclude-standard", under, cwd=ROOT
    ).splitlines()
    return {name for name in listed if (ROOT / name).exists()}


def test_the_wheel_holds_every_file_of_the_package_and_only_those(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    packages = ("core/testgen", "server/testgen_server", "lsp/testgen_lsp", "training/testgen_training")
    wanted = {name.partition("/")[2] for package in packages for name in unignored(package)}
    wanted = {name for name in wanted if not name.startswith("testgen/elixir/test/")}
    assert held == wanted


def test_the_source_distribution_holds_what_the_tests_need(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    for part in ("scripts/test", "tests/repository/test_distribution.py", "tests/projects/cart/mix.exs"):
        assert part in held
    assert "core/testgen/elixir/mix.exs" in held
    assert "training/testgen_training/ontology/elixir-core.ttl" in held


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A fresh environment with nothing but the wheel and what it asks for."""

    folder: Path
    downloaded_bytes: int

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def testgen(self) -> Path:
        return self.folder / "bin" / "testgen"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def skip_without_an_index(python: Path) -> None:
    asked = subprocess.run(
        [python, "-m", "pip", "--retries", "1", "index", "versions", "click"],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        pytest.skip(f"pip reaches no package index here: {asked.stderr.strip().splitlines()[-1]}")


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / ".venv", with_pip=True)
    python, downloaded = folder / ".venv/bin/python", folder / "downloaded"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    skip_without_an_index(python)
    ran(*pip, "download", "-q", "-d", downloaded, next(built.glob("*.whl")))
    ran(*pip, "install", "-q", "--find-links", downloaded, next(built.glob("*.whl")))
    return Installed(folder=folder / ".venv", downloaded_bytes=size(downloaded))


@pytest.mark.index
def test_a_base_install_downloads_at_most_150_mb(installed: Installed) -> None:
    assert installed.downloaded_bytes <= 150 * MIB


@pytest.mark.index
def test_a_base_install_takes_at_most_350_mb(installed: Installed) -> None:
    assert size(installed.folder) <= 350 * MIB


@pytest.mark.index
def test_a_base_install_brings_no_learning_library(installed: Installed) -> None:
    listed = ran(installed.python, "-m", "pip", "list", "--format=freeze").lower()
    assert not {"torch", "transformers", "numpy"} & {line.partition("==")[0] for line in listed.split()}


@pytest.mark.index
def test_the_installed_command_scores_a_project_with_the_agent_it_brought(
    installed: Installed, tmp_path: Path
) -> None:
    project = tmp_path / "cart"
    ran("cp", "-R", ROOT / "tests/projects/cart", project)
    env = {**os.environ, "TESTGEN_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ""}
    report = ran(installed.testgen, "score", "lib/shop/cart.ex", "--sample", "20", cwd=project, env=env)
    assert "killed" in report


@pytest.mark.index
def test_the_installed_command_runs_from_any_folder(installed: Installed, tmp_path: Path) -> None:
    assert "generate" in ran(installed.testgen, "--help", cwd=tmp_path)
