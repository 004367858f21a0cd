"""Runs that are stopped, killed or doubled: nothing half-written, no process behind, the next run works."""

from __future__ import annotations

import os
import pty
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from testgen.exit_code import ExitCode
from tests.command_line import TESTGEN, CommandLine
from tests.e2e.delivered import assert_deliverable
from tests.e2e.refusals import untouched
from tests.project_copies import ProjectCopies

pytestmark = pytest.mark.usefixtures("nothing_left_running")

SUITE = "test/plain/account_test.exs"
GENERATE = ("generate", "lib/plain/account.ex", "--budget", "60")
SCORE = ("score", "lib/plain/account.ex", "--no-cache")


@pytest.fixture
def root(projects: ProjectCopies) -> Path:
    """A compiled project in which one module has no suite."""
    root = projects.built("plain")
    (root / SUITE).rename(root / "account_test.exs.mine")
    return root


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A folder for temporary files, so that a test sees what is left of them."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def _whole_or_absent(root: Path) -> None:
    """A suite that was written is complete."""
    if (root / SUITE).exists():
        assert_deliverable(root, root / SUITE)


class _Reader:
    """Collects a stream in a thread, so that the test can wait for what a command says."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.text = ""
        self._read = read
        self._thread = threading.Thread(target=self._collect, daemon=True)
        self._thread.start()

    def _collect(self) -> None:
        while piece := self._read():
            self.text += piece

    def wait_for(self, word: str, timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while word not in self.text:
            assert time.monotonic() < deadline, f"{word!r} was not said:\n{self.text}"
            time.sleep(0.02)

    def all(self) -> str:
        self._thread.join(timeout=10)
        return self.text


@pytest.mark.parametrize("said", ["starting", "making", "searching"])
def test_ctrl_c_in_a_pipe_delivers_what_there_is(
    said: str, root: Path, scratch: Path, testgen: CommandLine
) -> None:
    with untouched(root, without=(SUITE,)):
        process = testgen.start(*GENERATE, cwd=root, env={"TMPDIR": str(scratch)})
        assert process.stderr is not None
        descriptor = process.stderr.fileno()
        errors = _Reader(lambda: os.read(descriptor, 4096).decode())
        errors.wait_for(said)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=30) == ExitCode.INTERRUPTED, errors.all()
        assert "Traceback" not in errors.all()
        _close(process)
    assert list(scratch.iterdir()) == []
    _whole_or_absent(root)


def test_ctrl_c_on_a_terminal_delivers_what_there_is(root: Path, scratch: Path, testgen: CommandLine) -> None:
    master, slave = pty.openpty()
    with untouched(root, without=(SUITE,)):
        process = subprocess.Popen(
            [str(TESTGEN), *GENERATE],
            cwd=root,
            env=testgen.environment({"TMPDIR": str(scratch), "TERM": "xterm"}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            preexec_fn=lambda: _own_terminal(slave),
        )
        os.close(slave)
        screen = _Reader(lambda: _read_terminal(master))
        screen.wait_for("mutants")
        os.write(master, b"\x03")
        assert process.wait(timeout=30) == ExitCode.INTERRUPTED, screen.all()
        assert "Traceback" not in screen.all()
    os.close(master)
    assert list(scratch.iterdir()) == []
    _whole_or_absent(root)


def _own_terminal(slave: int) -> None:
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def _read_terminal(master: int) -> str:
    """What the terminal shows next; nothing once the command has closed it."""
    try:
        return os.read(master, 4096).decode(errors="replace")
    except OSError:
        return ""


def _close(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_score_reports_what_it_found(
    stop: signal.Signals, root: Path, scratch: Path, testgen: CommandLine
) -> None:
    """A suite so slow that its mutants are under way when the signal comes."""
    suite = (root / "account_test.exs.mine").read_text()
    slow = "  alias Plain.Account\n\n  setup do\n    Process.sleep(300)\n  end\n"
    (root / SUITE).write_text(suite.replace("  alias Plain.Account\n", slow))
    with untouched(root):
        process = testgen.start(*SCORE, cwd=root, env={"TMPDIR": str(scratch)})
        assert process.stderr is not None
        descriptor = process.stderr.fileno()
        errors = _Reader(lambda: os.read(descriptor, 4096).decode())
        errors.wait_for("running mutants")
        process.send_signal(stop)
        assert process.wait(timeout=30) == ExitCode.INTERRUPTED, errors.all()
        assert process.stdout is not None
        report = process.stdout.read()
        assert "Traceback" not in errors.all()
        _close(process)
    assert re.search(r"\d+ interrupted", report), report
    assert list(scratch.iterdir()) == []


def _killed(
    command: tuple[str, ...], after_s: float, root: Path, testgen: CommandLine, *, group: bool
) -> None:
    process = testgen.start(*command, cwd=root)
    time.sleep(after_s)
    if group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate(timeout=30)


def _survives_kills(moments: list[float], root: Path, testgen: CommandLine) -> None:
    with untouched(root, without=(SUITE,)):
        for number, after_s in enumerate(moments):
            _killed(GENERATE, after_s, root, testgen, group=bool(number % 2))
            left = [path.name for path in (root / "test/plain").iterdir() if path.name.startswith(".")]
            assert left == []
            _whole_or_absent_text(root)
    run = testgen("generate", "lib/plain/account.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output
    assert_deliverable(root, root / SUITE)


def _whole_or_absent_text(root: Path) -> None:
    """A cheaper look than running it: the file ends where a suite ends."""
    suite = root / SUITE
    assert not suite.exists() or suite.read_text().endswith("\nend\n")


def test_kill_9_leaves_the_project_as_it_was_and_the_next_run_works(root: Path, testgen: CommandLine) -> None:
    _survives_kills([0.2, 1.0, 2.0, 4.0], root, testgen)


@pytest.mark.longest
@pytest.mark.timeout(900)
def test_kill_9_at_any_moment(root: Path, testgen: CommandLine) -> None:
    chance = random.Random(20)
    _survives_kills([chance.uniform(0, 8) for _ in range(30)], root, testgen)


def test_a_kill_while_the_agent_is_compiled_does_not_poison_the_cache(
    root: Path, testgen: CommandLine, tmp_path: Path
) -> None:
    fresh = CommandLine(cache_dir=tmp_path / "cache")
    for after_s in (0.5, 1.5):
        _killed(GENERATE, after_s, root, fresh, group=True)
    run = fresh("generate", "lib/plain/account.ex", cwd=root)
    assert run.exit_code == ExitCode.OK, run.output


def test_two_runs_at_once_on_one_project_both_end_well(root: Path, testgen: CommandLine) -> None:
    other = "test/plain/parcel_test.exs"
    with untouched(root, without=(SUITE, other)):
        first = testgen.start(*GENERATE, cwd=root)
        second = testgen.start("generate", "lib/plain/parcel.ex", cwd=root)
        said = [process.communicate(timeout=200) for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert_deliverable(root, root / SUITE, root / other)


def test_two_runs_at_once_on_one_module_leave_one_good_suite(root: Path, testgen: CommandLine) -> None:
    with untouched(root, without=(SUITE,)):
        runs = [testgen.start(*GENERATE, cwd=root) for _ in range(2)]
        said = [process.communicate(timeout=200) for process in runs]
    codes = sorted(process.returncode for process in runs)
    assert codes in ([ExitCode.OK, ExitCode.OK], [ExitCode.OK, ExitCode.BUSY]), said
    assert_deliverable(root, root / SUITE)
