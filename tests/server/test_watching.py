"""Changed files are noticed: the right folder is named, once, when a burst of changes is over."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from testgen import wire
from testgen.daemon_client import Daemon
from testgen.project import Project
from testgen_server import freshness
from testgen_server.watching import Watching
from tests.daemon import DaemonProcess, finished, generation
from tests.project_copies import ProjectCopies

CART = "lib/shop/cart.ex"


@pytest.fixture
def watching() -> Iterator[Watching]:
    made = Watching()
    yield made
    made.close()


def heard(told: queue.SimpleQueue[Path], within_s: float = 5.0) -> Path | None:
    try:
        return told.get(timeout=within_s)
    except queue.Empty:
        return None


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("lib/shop", "test", "deps/other", "_build/test", "config"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "mix.exs").write_text("")
    (tmp_path / "lib/shop/cart.ex").write_text("")
    return tmp_path


@pytest.mark.parametrize("name", ["lib/shop/cart.ex", "lib/new.ex", "mix.exs", "mix.lock", "config/test.exs"])
def test_a_change_of_what_a_build_reads_is_noticed(watching: Watching, project: Path, name: str) -> None:
    told: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watching.add(project, told.put)
    (project / name).write_text("changed")
    assert heard(told) == project


@pytest.mark.parametrize("name", ["deps/other/a.ex", "_build/test/a.beam", "test/a_test.exs"])
def test_a_change_of_what_it_does_not_read_is_not(watching: Watching, project: Path, name: str) -> None:
    told: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watching.add(project, told.put)
    (project / name).write_text("changed")
    assert heard(told, within_s=0.8) is None


def test_a_burst_of_changes_is_told_once(watching: Watching, project: Path) -> None:
    told: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watching.add(project, told.put)
    for number in range(20):
        (project / "lib" / f"m{number}.ex").write_text("")
        time.sleep(0.01)
    assert heard(told) == project
    assert heard(told, within_s=0.6) is None


def test_a_folder_that_is_no_longer_wanted_is_not_watched(watching: Watching, project: Path) -> None:
    told: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watching.add(project, told.put)
    watching.keep_only(set())
    (project / "lib/new.ex").write_text("")
    assert heard(told, within_s=0.6) is None


def test_a_folder_that_does_not_exist_is_no_error(watching: Watching, tmp_path: Path) -> None:
    watching.add(tmp_path / "none", print)
    assert watching.roots == set()


@pytest.mark.parametrize("change", ["write", "add", "remove", "lock"])
def test_the_digest_of_a_project_changes_with_its_files(project: Path, change: str) -> None:
    found = Project.find(project / "lib/shop/cart.ex")
    (project / "mix.lock").write_text("1")
    (project / "lib/other.ex").write_text("")
    before = freshness.digest(found)
    if change == "write":
        (project / "lib/shop/cart.ex").write_text("changed")
    elif change == "add":
        (project / "lib/new.ex").write_text("")
    elif change == "remove":
        (project / "lib/other.ex").unlink()
    else:
        (project / "mix.lock").write_text("12")
    assert freshness.digest(found) != before


def test_the_digest_does_not_change_with_tests_and_builds(project: Path) -> None:
    found = Project.find(project / "lib/shop/cart.ex")
    before = freshness.digest(found)
    (project / "test/cart_test.exs").write_text("changed")
    (project / "_build/test/cart.beam").write_text("changed")
    assert freshness.digest(found) == before


def test_an_idle_vm_that_is_out_of_date_is_ended_without_being_asked(
    daemon: DaemonProcess, projects: ProjectCopies
) -> None:
    project = projects.built("cart")

    async def agents(client: Daemon) -> list[wire.WarmAgent]:
        return [each for each in (await client.status()).agents if each.project == str(project)]

    async def conversation(client: Daemon) -> bool:
        await finished(client, await client.submit(generation(project, CART, budget_s=0.5)))
        assert len(await agents(client)) == 1
        (project / CART).write_text((project / CART).read_text() + "\n# changed\n")
        deadline = time.monotonic() + 10
        while await agents(client) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not await agents(client)

    assert daemon(conversation)
