"""The plugin in real Neovim, headless: the system's (0.7 or newer) and a current one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process
from tests.project_copies import ProjectCopies

pytestmark = [pytest.mark.editors, pytest.mark.longest]
HERE = Path(__file__).parent
PLUGIN = Path(__file__).parents[2] / "lsp/editors/neovim"
SERVER = Path(sys.executable).with_name("testgen-lsp")
TOOLS = Path(os.environ.get("TESTGEN_EDITORS_DIR") or Path.home() / ".cache/testgen-editors")
CART = "lib/shop/cart.ex"
TEST = "test/shop/cart_test.exs"


def neovim(which: str) -> Path:
    """The Neovim, or a skip with the reason."""
    found = shutil.which("nvim") if which == "system" else str(TOOLS / "nvim/bin/nvim")
    if found is None or not Path(found).exists():
        pytest.skip(f"there is no {which} Neovim here: scripts/editors brings it")
    return Path(found)


@pytest.fixture(scope="module")
def daemon(testgen: CommandLine) -> Iterator[DaemonProcess]:
    with daemon_process(testgen) as running:
        yield running


@pytest.fixture
def cart(projects: ProjectCopies) -> Path:
    project = projects.built("cart")
    (project / TEST).unlink()
    return project


def driven(
    which: str, what: str, project: Path, daemon: DaemonProcess, testgen: CommandLine
) -> dict[str, Any]:
    """What happened in Neovim."""
    outcome = project.parent / f"{what}.json"
    drive = "|".join(map(str, (PLUGIN, SERVER, project / CART, outcome, what)))
    variables = {"TESTGEN_DRIVE": drive, "XDG_CONFIG_HOME": "/none"}
    script = f"luafile {HERE / 'drive.lua'}"
    done = subprocess.run(
        [neovim(which), "--headless", "-n", "-u", "NONE", "-c", "filetype on", "-c", script],
        cwd=project,
        env={**testgen.environment(daemon.environment), **variables},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert outcome.exists(), done.stdout + done.stderr
    result: dict[str, Any] = json.loads(outcome.read_text())
    assert result["attached"] is True, result
    assert not result.get("error"), result
    assert result["done"] is True, result
    return result


both = pytest.mark.parametrize("which", ["system", "current"])


@both
@pytest.mark.parametrize("what", ["module", "func"])
def test_generated_tests_are_written_and_green(
    which: str, what: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    driven(which, what, cart, daemon, testgen)
    text = (cart / TEST).read_text()
    assert "subtotal/1" in text
    assert ("remove/2" in text) is (what == "module")
    done = subprocess.run(["mix", "test"], cwd=cart, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@both
def test_an_unsaved_buffer_keeps_its_lines(
    which: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    lines = driven(which, "dirty", cart, daemon, testgen)["lines"]
    rest = iter(lines)
    assert all(
        line in rest for line in ("defmodule Shop.CartTest do", "  use ExUnit.Case", "  # unsaved 🛒", "end")
    )
    assert any("describe" in line for line in lines)


@both
def test_a_cancelled_generation_says_so(
    which: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    driven(which, "cancel", cart, daemon, testgen)
    assert not (cart / TEST).exists()


@both
def test_status_models_and_health_are_told(
    which: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    result = driven(which, "status", cart, daemon, testgen)
    assert result["models"] is True
    assert "testgen-lsp" in result["health"]


@both
def test_nothing_runs_where_the_user_did_not_trust(
    which: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    driven(which, "untrusted", cart, daemon, testgen)
    assert not (cart / TEST).exists()


@both
def test_survivors_are_hints_that_an_edit_clears(
    which: str, projects: ProjectCopies, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    project = projects.built("cart")
    (project / TEST).write_text(
        'defmodule Shop.CartTest do\n  use ExUnit.Case\n  test "a" do\n'
        "    assert Shop.Cart.count(Shop.Cart.new()) == 0\n  end\nend\n"
    )
    result = driven(which, "survivors", project, daemon, testgen)
    assert result["hints"] > 5
    assert result["cleared"] is True


@pytest.mark.parametrize("which", ["current"])  # in 0.7 a stopped client is not let go of in time
def test_a_server_that_ends_is_started_again(
    which: str, cart: Path, daemon: DaemonProcess, testgen: CommandLine
) -> None:
    driven(which, "killed", cart, daemon, testgen)
