"""The agent client against the real agent: what hostile code does to its own VM, it does in a module body."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from testgen import agent as agent_module
from testgen.agent import Agent
from testgen.build import PrivateBuild
from testgen.errors import AgentDied, AgentError, AgentFailure, AgentProtocol, SourceInvalid
from testgen.exit_code import ExitCode
from testgen.project import Project
from testgen.sandbox import Limits, ProcessGroup, Sandbox, pick
from testgen.sandbox.limits import MIB
from testgen.toolchain import Toolchain

WELL = "defmodule Well do\n  def well?, do: true\nend\n"


def module(folder: Path, body: str, name: str = "Bad") -> Project:
    """A file outside any project, whose module runs `body` when it is compiled."""
    source = folder / f"{name.lower()}.ex"
    source.write_text(f"defmodule {name} do\n{body}\n  def one, do: 1\nend\n", encoding="utf-8")
    return Project.find(source)


def family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def well(cache: Path, tmp_path: Path) -> Iterator[Agent]:
    """An agent with a harmless module, not yet opened."""
    (tmp_path / "well.ex").write_text(WELL)
    with Agent.start(Project.find(tmp_path / "well.ex")) as agent:
        yield agent


@pytest.fixture(params=["best", "process group"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return pick() if request.param == "best" else ProcessGroup()


def test_an_agent_greets_answers_and_opens_a_file(cache: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "well.ex").write_text(WELL)
    project = Project.find(tmp_path / "well.ex")
    with Agent.start(project, sandbox=sandbox) as agent:
        assert agent.versions["protocol"] == 1
        assert agent.versions["elixir"] == Toolchain.find(tmp_path).elixir_version
        assert agent.open_project()["modules"] == 1
        assert agent.call("ping") == {}
        assert agent.alive
    assert not agent.alive


def test_requests_larger_than_a_pipe_are_sent_whole(well: Agent) -> None:
    assert well.call("ping", padding="x" * 5_000_000) == {}


def test_an_answer_that_is_an_error_has_its_kind_and_leaves_the_agent_usable(well: Agent) -> None:
    with pytest.raises(AgentError) as caught:
        well.call("no_such_operation")
    assert caught.value.kind == "unknown_op"
    assert well.call("ping") == {}


def test_a_module_that_does_not_compile_ends_with_the_status_of_invalid_source(
    cache: Path, tmp_path: Path
) -> None:
    with Agent.start(module(tmp_path, "  def f(, do: 1")) as agent:
        with pytest.raises(AgentError) as caught:
            agent.open_project()
        assert caught.value.exit_code is ExitCode.SOURCE_INVALID
        assert agent.call("ping") == {}


def test_what_user_code_prints_is_kept_apart_from_the_channel(cache: Path, tmp_path: Path) -> None:
    body = (
        '  for i <- 1..5000, do: IO.puts("line #{i}")\n  :ok = :file.write(:standard_error, "to stderr\\n")'
    )
    with Agent.start(module(tmp_path, body)) as agent:
        agent.open_project()
        assert agent.call("ping") == {}
        time.sleep(0.2)
        assert len(agent.output_tail) <= 64 * 1024


def test_code_that_halts_the_vm_is_told_with_its_file_and_its_last_words(cache: Path, tmp_path: Path) -> None:
    body = "  :erlang.display(:last_words_of_it)\n  System.halt(7)"
    with Agent.start(module(tmp_path, body)) as agent:
        with pytest.raises(SourceInvalid) as caught:
            agent.open_project()
        assert isinstance(caught.value.__cause__, AgentDied)
        assert caught.value.__cause__.reason == "exited"
        assert "bad.ex" in caught.value.message
        assert "last_words_of_it" in caught.value.message
        assert caught.value.exit_code is ExitCode.SOURCE_INVALID
        assert not agent.alive
        with pytest.raises(AgentFailure):
            agent.call("ping")


def test_code_that_fills_memory_is_ended_by_the_limit(cache: Path, tmp_path: Path) -> None:
    body = "  Enum.reduce(1..5000, [], fn i, all -> [:binary.copy(<<i>>, 2_000_000) | all] end)"
    with Agent.start(module(tmp_path, body), limits=Limits(memory_bytes=400 * MIB)) as agent:
        with pytest.raises(AgentDied) as caught:
            agent.open_project()
        assert caught.value.reason == "memory"
        assert "400 MiB" in caught.value.message
        assert "memory_mb" in caught.value.next_step


def test_an_agent_that_says_nothing_is_ended(cache: Path, tmp_path: Path) -> None:
    with Agent.start(module(tmp_path, "  Process.sleep(:infinity)")) as agent:
        processes = family(agent.pid)
        with pytest.raises(AgentDied) as caught:
            agent.open_project(timeout_s=1)
        assert caught.value.reason == "silent"
        assert "open_project" in caught.value.message
        assert running(processes) == []


def test_a_running_request_is_cancelled_from_another_thread(cache: Path, tmp_path: Path) -> None:
    with Agent.start(module(tmp_path, "  Process.sleep(:infinity)")) as agent:
        threading.Timer(0.5, agent.cancel).start()
        with pytest.raises(AgentError) as caught:
            agent.open_project(timeout_s=30)
        assert caught.value.kind == "cancelled"
        assert caught.value.exit_code is ExitCode.INTERRUPTED
        assert agent.call("ping", timeout_s=10) == {}


FORGE = """
  frame = :erlang.term_to_binary(%{"id" => 2, "token" => "guessed", "ok" => %{"modules" => 99}})
  {:ok, file} = :file.open('/proc/self/fd/4', [:write, :raw, :binary])
  :ok = :file.write(file, [<<byte_size(frame)::32>>, frame])
  Process.sleep(5000)
"""
GARBAGE = """
  {:ok, file} = :file.open('/proc/self/fd/4', [:write, :raw, :binary])
  :ok = :file.write(file, :binary.copy(<<255>>, 4000))
  Process.sleep(5000)
"""


@pytest.mark.parametrize("body", [FORGE, GARBAGE], ids=["a reply without the token", "garbage"])
def test_what_user_code_writes_to_the_channel_is_taken_for_what_it_is(
    cache: Path, tmp_path: Path, body: str
) -> None:
    with Agent.start(module(tmp_path, body)) as agent:
        processes = family(agent.pid)
        with pytest.raises(AgentProtocol) as caught:
            agent.open_project()
        assert "verdict was thrown away" in caught.value.next_step
        agent.close()
        assert running(processes) == []


def test_code_that_closes_the_channel_ends_the_session(cache: Path, tmp_path: Path) -> None:
    body = (
        "  for port <- Port.list(), do: (try do Port.close(port) rescue _ -> :ok end)\n  Process.sleep(5000)"
    )
    with Agent.start(module(tmp_path, body)) as agent:
        processes = family(agent.pid)
        with pytest.raises(SourceInvalid):
            agent.open_project(timeout_s=20)
        agent.close()
        assert running(processes) == []


def test_closing_ends_every_process_and_may_be_done_twice(cache: Path, tmp_path: Path) -> None:
    body = (
        '  spawn(fn -> System.cmd("sh", ["-c", "trap \\"\\" TERM; sleep 281.5"]) end)\n  Process.sleep(300)'
    )
    with Agent.start(module(tmp_path, body)) as agent:
        agent.open_project()
        processes = family(agent.pid)
        assert any("281.5" in process.cmdline() for process in processes)
        agent.close()
        assert running(processes) == []
        agent.close()
        with pytest.raises(AgentFailure):
            agent.call("ping")


def test_agents_of_one_run_share_a_build(cache: Path, tmp_path: Path) -> None:
    project = module(tmp_path, "")
    with PrivateBuild.open(project, Toolchain.find(tmp_path)) as build:
        with Agent.start(project, build=build) as one, Agent.start(project, build=build) as two:
            assert one.open_project()["modules"] == two.open_project()["modules"] == 1
        with Agent.start(project, build=build) as three:
            assert three.open_project()["modules"] == 1


def test_without_a_sandbox_the_user_is_warned(
    cache: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agent_module._warn.cache_clear()
    with Agent.start(module(tmp_path, ""), sandbox=ProcessGroup()):
        pass
    assert "run with your rights" in caplog.text
    assert "apt-get install bubblewrap" in caplog.text


SESSION = """
import sys, time
from testgen.agent import Agent
from testgen.project import Project
agent = Agent.start(Project.find(sys.argv[1]))
print(agent.pid, flush=True)
try:
    agent.open_project()
except KeyboardInterrupt:
    agent.cancel()
    print(agent.call("ping"), flush=True)
    agent.close()
    print("closed", flush=True)
"""


@pytest.fixture
def session(cache: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """A Python whose agent is busy with code that never returns and has a shell of its own."""
    body = '  spawn(fn -> System.cmd("sleep", ["282.5"]) end)\n  Process.sleep(:infinity)'
    project = module(tmp_path, body)
    argv = [sys.executable, "-c", SESSION, str(project.source)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ}) as python:
        assert python.stdout is not None
        pid = int(python.stdout.readline())
        deadline = time.monotonic() + 20
        while not any("282.5" in p.cmdline() for p in family(pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield python, family(pid)
        python.kill()


def test_nothing_is_left_when_python_is_killed(
    session: tuple[subprocess.Popen[bytes], list[psutil.Process]],
) -> None:
    python, processes = session
    assert len(running(processes)) > 3
    python.send_signal(signal.SIGKILL)
    python.wait()
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert running(alive) == []


def test_after_an_interrupt_the_agent_can_still_be_asked_and_then_leaves_nothing(
    session: tuple[subprocess.Popen[bytes], list[psutil.Process]],
) -> None:
    python, processes = session
    assert python.stdout is not None
    python.send_signal(signal.SIGINT)
    assert python.stdout.readline() == b"{}\n"
    assert python.stdout.readline() == b"closed\n"
    assert python.wait(10) == 0
    assert running(processes) == []
