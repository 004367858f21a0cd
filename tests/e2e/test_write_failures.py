"""Folders that cannot be written and disks that are full, made real by bubblewrap's mounts.

Root may write anywhere, so that permissions alone would prove nothing here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from testgen.errors import SandboxUnavailable
from testgen.exit_code import ExitCode
from testgen.sandbox import Bubblewrap
from tests.command_line import TESTGEN, CommandLine, Finished, run_process
from tests.e2e.refusals import assert_refused, untouched
from tests.project_copies import ProjectCopies

pytestmark = pytest.mark.usefixtures("mounts", "nothing_left_running")


@pytest.fixture(scope="session")
def mounts() -> None:
    """Skips where bubblewrap, which makes the mounts, is missing or does not work."""
    try:
        Bubblewrap.find()
    except SandboxUnavailable as error:
        pytest.skip(f"bubblewrap does not work here, and it makes the mounts: {error.message}")


def _confined(
    testgen: CommandLine, mounts: list[str], args: list[str], *, cwd: Path, first: str = "true"
) -> Finished:
    """Runs `testgen ARGS` where `mounts` are laid over the file system, after the shell command `first`."""
    outer = ["bwrap", "--dev-bind", "/", "/", *mounts, "--", "sh", "-c", f'{first}; exec "$@"', "sh"]
    return run_process([*outer, str(TESTGEN), *args], cwd=cwd, env=testgen.environment(), timeout_s=240)


@pytest.fixture
def root(projects: ProjectCopies, testgen: CommandLine) -> Path:
    """A compiled project, the agent compiled too."""
    assert testgen("doctor", cwd=Path("/")).exit_code == ExitCode.OK
    return projects.built("cart")


def test_a_read_only_test_folder(root: Path, testgen: CommandLine) -> None:
    test = str(root / "test")
    with untouched(root):
        run = _confined(testgen, ["--ro-bind", test, test], ["generate", "lib/shop/cart.ex"], cwd=root)
    assert_refused(run, ExitCode.IO)
    assert "test/shop" in run.stderr


def test_a_full_disk_under_the_test_folder(root: Path, testgen: CommandLine, tmp_path: Path) -> None:
    test = root / "test"
    shutil.copytree(test, tmp_path / "test")
    copy = f"cp -a {tmp_path}/test/. {test}; rm {test}/shop/cart_test.exs"
    fill = f"{copy}; cat /dev/zero > {test}/filler 2> /dev/null"
    with untouched(root):
        run = _confined(
            testgen,
            ["--size", "65536", "--tmpfs", str(test)],
            ["generate", "lib/shop/cart.ex"],
            cwd=root,
            first=fill,
        )
    assert_refused(run, ExitCode.IO)
    assert "space" in run.stderr.lower()


@pytest.mark.parametrize("command", ["generate", "score"])
def test_a_full_disk_under_the_cache(command: str, root: Path, testgen: CommandLine, tmp_path: Path) -> None:
    cache = tmp_path / "full"
    cache.mkdir()
    small = CommandLine(cache_dir=cache)
    mounts = ["--size", "262144", "--tmpfs", str(cache)]
    with untouched(root):
        run = _confined(small, mounts, [command, "lib/shop/cart.ex"], cwd=root)
    assert_refused(run, ExitCode.IO)
    assert str(cache) in run.stderr


@pytest.mark.parametrize("command", ["generate", "score"])
def test_a_disk_that_is_full_once_the_agent_is_there(
    command: str, root: Path, testgen: CommandLine, tmp_path: Path
) -> None:
    cache = tmp_path / "full"
    cache.mkdir()
    agent = f"cp -a {testgen.cache_dir}/agent {cache}/; cat /dev/zero > {cache}/filler 2> /dev/null"
    mounts = ["--size", str(32 * 2**20), "--tmpfs", str(cache)]
    with untouched(root):
        run = _confined(
            CommandLine(cache_dir=cache), mounts, [command, "lib/shop/cart.ex"], cwd=root, first=agent
        )
    assert_refused(run, ExitCode.IO)
    assert str(cache) in run.stderr


@pytest.mark.parametrize("command", ["generate", "score"])
def test_a_read_only_cache(command: str, root: Path, testgen: CommandLine, tmp_path: Path) -> None:
    cache = tmp_path / "locked"
    cache.mkdir()
    locked = CommandLine(cache_dir=cache)
    with untouched(root):
        run = _confined(
            locked, ["--ro-bind", str(cache), str(cache)], [command, "lib/shop/cart.ex"], cwd=root
        )
    assert_refused(run, ExitCode.IO)
    assert str(cache) in run.stderr


def test_a_project_that_is_read_only_can_still_be_scored(root: Path, testgen: CommandLine) -> None:
    run = _confined(
        testgen, ["--ro-bind", str(root), str(root)], ["score", "lib/shop/cart.ex", "--no-cache"], cwd=root
    )
    assert run.exit_code == ExitCode.OK, run.output


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_report_that_cannot_be_written(option: str, root: Path, testgen: CommandLine) -> None:
    run = testgen("score", "lib/shop/cart.ex", option, "nowhere/report", cwd=root)
    assert run.exit_code == ExitCode.IO, run.output
    assert "nowhere/report" in run.stderr
    assert "Traceback" not in run.stderr
