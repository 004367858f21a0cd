"""Finding Elixir and Erlang, and compiling the agent for them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from testgen import toolchain as toolchain_module
from testgen.errors import AgentFailure, ToolchainError, ToolchainMissing, ToolchainTooOld, WriteFailed
from testgen.exit_code import ExitCode
from testgen.toolchain import Toolchain, agent_ebin

TINY = "defmodule Testgen.Tiny do\n  def here, do: :yes\nend\n"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def install(root: Path, *, elixir: str = "1.16.2", otp: str = "26") -> Path:
    """Folders as an installation has them; the scripts themselves must not be run."""
    for name in ("elixir", "erl"):
        script(root / name / "bin" / name, "echo ran >&2; exit 9")
    app = root / "elixir/lib/elixir/ebin/elixir.app"
    app.parent.mkdir(parents=True)
    app.write_text(f'{{application, elixir, [{{description,"elixir"}},\n  {{vsn, "{elixir}"}}]}}.')
    (root / "erl/releases").mkdir()
    (root / "erl/releases/start_erl.data").write_text(f"14.2 {otp}\n")
    return root


def use(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"]))


@pytest.fixture
def tiny_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An agent of one module, so that compiling it takes no time."""
    sources = tmp_path / "agent"
    (sources / "lib").mkdir(parents=True)
    (sources / "lib/tiny.ex").write_text(TINY)
    monkeypatch.setattr(toolchain_module, "agent_sources", lambda: sources)
    return sources


def test_versions_are_read_from_files_without_running_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = install(tmp_path)
    use(monkeypatch, root / "elixir/bin", root / "erl/bin")
    found = Toolchain.find(tmp_path)
    assert (found.elixir_version, found.otp) == ("1.16.2", "26")
    assert (found.elixir_root, found.erlang_root) == (root / "elixir", root / "erl")
    assert found.search_path.split(os.pathsep)[:2] == [str(root / "elixir/bin"), str(root / "erl/bin")]


def test_links_are_followed_to_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = install(tmp_path / "real")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/elixir").symlink_to(root / "elixir/bin/elixir")
    (tmp_path / "bin/erl").symlink_to(root / "erl/bin/erl")
    use(monkeypatch, tmp_path / "bin")
    assert Toolchain.find(tmp_path).elixir == root / "elixir/bin/elixir"


def test_the_installed_elixir_is_found(elixir: Path, tmp_path: Path) -> None:
    said = subprocess.run([elixir, "--short-version"], capture_output=True, text=True, check=True, timeout=60)
    found = Toolchain.find(tmp_path)
    assert found.elixir_version == said.stdout.strip()
    assert (found.elixir_root / "lib/ex_unit/ebin/ex_unit.app").is_file()
    assert (found.erlang_root / "releases" / found.otp).is_dir()


@pytest.mark.parametrize("missing", ["elixir", "erl"])
def test_a_missing_program_is_said_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    root = install(tmp_path)
    (root / missing / "bin" / missing).unlink()
    monkeypatch.setenv("PATH", f"{root}/elixir/bin:{root}/erl/bin")
    with pytest.raises(ToolchainMissing, match=f"`{missing}` was not found") as caught:
        Toolchain.find(tmp_path)
    assert "apt-get install elixir" in caught.value.next_step
    assert caught.value.exit_code is ExitCode.TOOLCHAIN


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ({"elixir": "1.13.4"}, "Elixir 1.13.4"),
        ({"elixir": "0.15.1"}, "Elixir 0.15.1"),
        ({"otp": "24"}, "Erlang/OTP 24 is too old"),
    ],
)
def test_an_old_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: dict[str, str], said: str
) -> None:
    root = install(tmp_path, **versions)
    use(monkeypatch, root / "elixir/bin", root / "erl/bin")
    with pytest.raises(ToolchainTooOld, match=said) as caught:
        Toolchain.find(tmp_path)
    assert caught.value.next_step


@pytest.mark.parametrize("version", ["1.14.0", "1.14.5", "1.19.0-rc.1", "2.0.0"])
def test_a_version_from_the_minimum_on_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    root = install(tmp_path, elixir=version)
    use(monkeypatch, root / "elixir/bin", root / "erl/bin")
    assert Toolchain.find(tmp_path).elixir_version == version


@pytest.mark.parametrize("manager", ["asdf", "mise"])
def test_a_version_managers_shim_is_resolved_in_the_projects_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manager: str
) -> None:
    root = install(tmp_path / "installs")
    shims = tmp_path / manager / "shims"
    for name in ("elixir", "erl"):
        script(shims / name, "exit 9")
    project = tmp_path / "project"
    project.mkdir()
    script(
        tmp_path / "bin" / manager,
        f'[ "$(pwd)" = {project} ] && [ "$1" = which ] && echo {root}/$2/bin/$2',
    )
    use(monkeypatch, shims, tmp_path / "bin")
    assert Toolchain.find(project).elixir == root / "elixir/bin/elixir"


def test_a_version_that_the_manager_has_not_installed_is_said_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("elixir", "erl"):
        script(tmp_path / "asdf/shims" / name, "exit 9")
    script(tmp_path / "bin/asdf", "echo 'unknown command: elixir. Perhaps you have to reshim?' >&2; exit 1")
    use(monkeypatch, tmp_path / "asdf/shims", tmp_path / "bin")
    with pytest.raises(ToolchainMissing, match="Perhaps you have to reshim") as caught:
        Toolchain.find(tmp_path)
    assert "asdf install" in caught.value.next_step


def test_an_elixir_that_does_not_start_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = install(tmp_path)
    shutil.rmtree(root / "elixir/lib")
    use(monkeypatch, root / "elixir/bin", root / "erl/bin")
    with pytest.raises(ToolchainError, match="does not say its version: ran"):
        Toolchain.find(tmp_path)


def test_the_agent_is_compiled_once_and_again_when_a_source_changes(
    elixir: Path, tiny_agent: Path, empty_cache: Path, tmp_path: Path
) -> None:
    toolchain = Toolchain.find(tmp_path)
    first = agent_ebin(toolchain)
    written = (first / "Elixir.Testgen.Tiny.beam").stat().st_mtime_ns
    assert agent_ebin(toolchain) == first
    assert (first / "Elixir.Testgen.Tiny.beam").stat().st_mtime_ns == written
    (tiny_agent / "lib/tiny.ex").write_text(TINY.replace(":yes", ":changed"))
    assert agent_ebin(toolchain) != first


def test_agents_unused_for_weeks_are_removed_when_another_is_compiled(
    elixir: Path, tiny_agent: Path, empty_cache: Path, tmp_path: Path
) -> None:
    toolchain = Toolchain.find(tmp_path)
    old, used = (empty_cache / "agent" / name for name in ("old", "used"))
    for folder in (old, used):
        (folder / "ebin").mkdir(parents=True)
    os.utime(old, (1, 1))
    ebin = agent_ebin(toolchain)
    assert not old.exists()
    assert used.exists()
    os.utime(ebin.parent, (1, 1))
    agent_ebin(toolchain)
    assert ebin.parent.stat().st_mtime > 1, "use keeps it"


def test_several_at_once_compile_one_agent(
    elixir: Path, tiny_agent: Path, empty_cache: Path, tmp_path: Path
) -> None:
    toolchain = Toolchain.find(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: agent_ebin(toolchain), range(4)))
    assert len(found) == 1
    assert sorted(path.name for path in (empty_cache / "agent").iterdir() if path.is_dir()) == [
        next(iter(found)).parent.name
    ]


COMPILE = """
import sys
from pathlib import Path
from testgen import toolchain
toolchain.agent_sources = lambda: Path(sys.argv[1])
print("started", flush=True)
toolchain.agent_ebin(toolchain.Toolchain.find(Path("/")))
"""


def test_a_compile_that_was_killed_leaves_nothing_that_is_taken_for_an_agent(
    elixir: Path, tiny_agent: Path, empty_cache: Path, tmp_path: Path
) -> None:
    slow = TINY.replace("def here", "Process.sleep(3000)\n  def here")
    (tiny_agent / "lib/tiny.ex").write_text(slow)
    with subprocess.Popen([sys.executable, "-c", COMPILE, str(tiny_agent)], start_new_session=True) as python:
        while not list(empty_cache.glob("agent/compiling-*")):
            time.sleep(0.02)
        os.killpg(python.pid, signal.SIGKILL)
    assert list(empty_cache.glob("agent/compiling-*"))
    ebin = agent_ebin(Toolchain.find(tmp_path))
    assert (ebin / "Elixir.Testgen.Tiny.beam").is_file()
    assert not list(empty_cache.glob("agent/compiling-*"))


def test_sources_that_do_not_compile_are_said_in_elixirs_words(
    elixir: Path, tiny_agent: Path, empty_cache: Path, tmp_path: Path
) -> None:
    (tiny_agent / "lib/tiny.ex").write_text("defmodule Testgen.Tiny do\n  oops(\nend\n")
    with pytest.raises(AgentFailure, match=r"tiny\.ex:\d"):
        agent_ebin(Toolchain.find(tmp_path))
    assert not list(empty_cache.glob("agent/*/ebin"))


def test_a_cache_that_cannot_be_written_is_said_with_the_way_round(
    elixir: Path, tiny_agent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("TESTGEN_CACHE_DIR", str(tmp_path / "file/cache"))
    with pytest.raises(WriteFailed) as caught:
        agent_ebin(Toolchain.find(tmp_path))
    assert "TESTGEN_CACHE_DIR" in caught.value.next_step
    assert caught.value.exit_code is ExitCode.IO
