"""Hostile Elixir tests, run as generated tests are: refused before they run, and contained when they do.

Every attack on the world outside is also run without walls, on things made for it, to show that it would have
worked; a test of a wall that nothing runs into proves nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from testgen.agent import Agent
from testgen.errors import AgentDied, AgentError, AgentFailure, AgentProtocol
from testgen.exit_code import ExitCode
from testgen.project import Project
from testgen.sandbox import Bubblewrap, Limits, ProcessGroup, Sandbox, SandboxUnavailable
from testgen.sandbox.limits import MIB
from tests.command_line import CommandLine
from tests.project_copies import ProjectCopies, snapshot

SECRET = "s3cret-key-material"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arena:
    """A project to attack from, and a home folder with something to steal."""

    root: Path
    home: Path

    @property
    def project(self) -> Project:
        return Project.find(self.root / "lib/shop/cart.ex")

    def start(self, sandbox: Sandbox, limits: Limits | None = None) -> Agent:
        return Agent.start(self.project, sandbox=sandbox, limits=limits or Limits(wall_clock_s=120))

    def run(self, body: str, sandbox: Sandbox, limits: Limits | None = None, silence_s: float = 60) -> str:
        """What became of a test with `body`: "passed", or its failure's message."""
        with self.start(sandbox, limits) as agent:
            agent.open_project()
            load(agent, body)
            return only(agent.call("baseline", runs=1, timeout_s=silence_s)["tests"])


def suite(body: str) -> str:
    return f'defmodule AttackTest do\n  use ExUnit.Case\n  test "attack" do\n{body}\n  end\nend\n'


def load(agent: Agent, body: str) -> None:
    reply = agent.call(
        "load_tests", sources=[{"name": "attack_test.exs", "source": suite(body)}], timeout_s=60
    )
    assert reply["errors"] == []


def only(tests: list[dict[str, Any]]) -> str:
    assert len(tests) == 1
    return str(tests[0]["message"] or tests[0]["status"])


@pytest.fixture
def walls() -> Bubblewrap:
    try:
        return Bubblewrap.find()
    except SandboxUnavailable as error:
        pytest.skip(f"bubblewrap does not work here: {error.message}")


@pytest.fixture
def arena(
    projects: ProjectCopies, session_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Arena:
    monkeypatch.setenv("TESTGEN_CACHE_DIR", str(session_dir / "cache"))
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/id_ed25519").write_text(SECRET)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return Arena(root=projects.built("cart"), home=home)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A server of the machine, with the peers that reached it."""
    peers: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                peers.append(str(peer))
                connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], peers
        server.shutdown(socket.SHUT_RDWR)


def running(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and mark in (process.info["cmdline"] or []):
            found.append(process)
    return found


# Attacks that a list of calls refuses before anything runs

REFUSED = {
    "shell out": 'System.cmd("sh", ["-c", "id"])',
    "shell out by Erlang": ":os.cmd('id')",
    "open a port": 'Port.open({:spawn, "id"}, [])',
    "open a port by Erlang": ":erlang.open_port({:spawn, 'id'}, [])",
    "shell out by apply": 'apply(System, :cmd, ["id", []])',
    "shell out by a capture": 'f = &System.cmd/2\n f.("id", [])',
    "shell out by an alias": 'alias System, as: S\n S.cmd("id", [])',
    "shell out by an import": 'import System\n cmd("id", [])',
    "a module made up at run time": 'm = String.to_existing_atom("Elixir.System")\n m.cmd("id", [])',
    "delete a folder": 'File.rm_rf!("lib")',
    "delete a file": 'File.rm("/etc/hosts")',
    "write outside": 'File.write!("/usr/x", "x")',
    "halt": "System.halt(0)",
    "halt by Erlang": ":erlang.halt()",
    "stop": ":init.stop()",
    "kill everything": "for p <- Process.list(), do: Process.exit(p, :kill)",
    "evaluate": 'Code.eval_string("1")',
    "compile": 'Code.compile_string("defmodule ExUnit.Assertions do end")',
    "redefine": "defmodule ExUnit.Assertions do\n def assert(_), do: true\n end",
    "connect": ":gen_tcp.connect('127.0.0.1', 80, [])",
    "ask a server": ":httpc.request('http://example.com')",
    "read a key": 'File.read!(Path.expand("~/.ssh/id_ed25519"))',
    "read the environment": "System.get_env()",
    "read the active mutant": ":persistent_term.get(:testgen_active_mutant)",
    "reset the active mutant": "Testgen.Mutation.Switch.deactivate()",
    "start distribution": "Node.start(:a@b)",
    "load a library": ":erlang.load_nif('/tmp/x', 0)",
    "unsafe terms": ":erlang.binary_to_term(<<131, 97, 1>>)",
}


def test_a_list_of_calls_refuses_each_attack_before_it_runs_and_no_honest_test(
    arena: Arena, walls: Bubblewrap
) -> None:
    honest = f"{LAST}\n assert_raise FunctionClauseError, fn -> Shop.Cart.count(nil) end"
    with arena.start(walls) as agent:
        passed = [
            name
            for name, body in REFUSED.items()
            if not agent.call("check", source=suite(body))["violations"]
        ]
        assert passed == []
        assert agent.call("check", source=suite(honest))["violations"] == []


# The world outside


def test_a_shell_cannot_change_the_disk(arena: Arena, walls: Bubblewrap, tmp_path: Path) -> None:
    body = f'System.cmd("sh", ["-c", "echo owned > {tmp_path}/owned; echo owned > mix.exs"])'
    before = snapshot(arena.root)
    arena.run(body, walls)
    assert not (tmp_path / "owned").exists()
    assert snapshot(arena.root) == before
    arena.run(body, ProcessGroup())
    assert (tmp_path / "owned").read_text() == "owned\n", "without walls the attack works"


def test_the_project_cannot_be_deleted(arena: Arena, walls: Bubblewrap) -> None:
    before = snapshot(arena.root)
    said = arena.run(f'flunk(inspect(File.rm_rf("{arena.root}")))', walls)
    assert snapshot(arena.root) == before
    assert "{:error," in said
    arena.run(f'File.rm_rf("{arena.root}/test")', ProcessGroup())
    assert not (arena.root / "test").exists(), "without walls the attack works"


def test_nothing_is_written_outside_the_private_build(
    arena: Arena, walls: Bubblewrap, tmp_path: Path
) -> None:
    places = [
        tmp_path / "x",
        arena.home / ".bashrc",
        arena.root / "lib/evil.ex",
        Path("/etc/testgen"),
        Path("/x"),
    ]
    body = "\n".join(f'File.write("{place}", "evil")' for place in places)
    arena.run(body, walls)
    assert [place for place in places if place.exists()] == []
    arena.run(f'File.write!("{arena.home}/.bashrc", "evil")', ProcessGroup())
    assert (arena.home / ".bashrc").exists(), "without walls the attack works"


def test_the_users_keys_are_not_there_to_read(arena: Arena, walls: Bubblewrap) -> None:
    body = f"""
    read = fn path -> case File.read(path) do {{:ok, text}} -> text; other -> inspect(other) end end
    look = "env; cat /proc/*/environ {arena.home}/.ssh/* ~/.ssh/* 2>/dev/null || true"
    {{all, _}} = System.cmd("sh", ["-c", look])
    flunk(read.("{arena.home}/.ssh/id_ed25519") <> inspect(System.get_env()) <> all)
    """
    assert SECRET not in arena.run(body, walls)
    assert SECRET in arena.run(body, ProcessGroup()), "without walls the attack works"


def test_no_server_outside_is_reached(
    arena: Arena, walls: Bubblewrap, listener: tuple[int, list[str]]
) -> None:
    port, peers = listener
    body = f'flunk(inspect(:gen_tcp.connect(~c"127.0.0.1", {port}, [], 2000)))'
    assert ":econnrefused" in arena.run(body, walls)
    assert peers == []
    assert "#Port" in arena.run(body, ProcessGroup())
    assert len(peers) == 1, "without walls the attack works"


def test_a_server_of_the_tests_own_works(arena: Arena, walls: Bubblewrap) -> None:
    body = """
    {:ok, server} = :gen_tcp.listen(0, [ip: {127, 0, 0, 1}])
    {:ok, port} = :inet.port(server)
    assert {:ok, _} = :gen_tcp.connect(~c"127.0.0.1", port, [], 2000)
    """
    assert arena.run(body, walls) == "passed"


def test_other_processes_of_the_machine_are_out_of_reach(arena: Arena, walls: Bubblewrap) -> None:
    with subprocess.Popen(["sleep", "291.5"]) as victim:
        body = f'System.cmd("sh", ["-c", "kill -9 {victim.pid}"])'
        arena.run(body, walls)
        assert victim.poll() is None
        arena.run(body, ProcessGroup())
        assert victim.wait(10) == -9, "without walls the attack works"


# Using everything up


def test_a_fork_bomb_is_ended_with_all_its_processes(arena: Arena, walls: Bubblewrap) -> None:
    body = 'System.cmd("sh", ["-c", "while :; do sleep 292.5 & done"])'
    with pytest.raises(AgentDied) as caught:
        arena.run(body, walls, Limits(processes=60))
    assert caught.value.reason in ("processes", "exited")
    assert running("292.5") == []


HOGS = {
    "outside the heap": "Enum.reduce(1..100_000, [], fn i, all -> [:binary.copy(<<i>>, 999_999) | all] end)",
    "on the heap": "Stream.iterate(1, & &1 + 1) |> Enum.reduce([], &[&1 | &2])",
    "in a table": """
    table = :ets.new(:table, [])
    for i <- 1..100_000, do: :ets.insert(table, {i, :binary.copy(<<1>>, 1_000_000)})
    """,
    "in processes": """
    hold = fn i -> fn -> kept = :binary.copy(<<i>>, 1_000_000); Process.sleep(:infinity); kept end end
    for i <- 1..10_000, do: spawn(hold.(i))
    Process.sleep(20_000)
    """,
    "in a shell": 'System.cmd("sh", ["-c", "tail /dev/zero"])',
}


@pytest.mark.parametrize("body", HOGS.values(), ids=HOGS.keys())
def test_memory_is_limited_wherever_it_is_kept(arena: Arena, walls: Bubblewrap, body: str) -> None:
    with arena.start(walls, Limits(memory_bytes=700 * MIB)) as agent:
        agent.open_project()
        load(agent, body)
        try:
            status = agent.call("baseline", runs=1, timeout_s=60)["tests"][0]["status"]
        except AgentDied as died:
            status = died.reason
        assert status in ("memory", "failed", "timeout")
        assert agent.peak_bytes < 2000 * MIB


def test_the_disk_cannot_be_filled(arena: Arena, walls: Bubblewrap, session_dir: Path) -> None:
    body = """
    chunk = :binary.copy(<<1>>, 4_000_000)
    place = System.fetch_env!("MIX_BUILD_PATH")
    for i <- 1..2000, do: File.write!(Path.join(place, "fill#{i}"), chunk)
    """
    with arena.start(walls, Limits(disk_bytes=100 * MIB)) as agent:
        agent.open_project()
        load(agent, body)
        with pytest.raises(AgentDied) as caught:
            agent.call("baseline", runs=1, timeout_s=60)
    assert caught.value.reason == "disk"
    filled = list((session_dir / "cache/builds").glob("*/*/build/fill*"))
    assert filled == [], "what it wrote must be gone with it"


def test_one_file_and_the_private_tmp_have_a_size(arena: Arena, walls: Bubblewrap, session_dir: Path) -> None:
    body = """
    chunk = :binary.copy(<<1>>, 4_000_000)
    append = fn path -> File.write(path, chunk, [:append]) end
    fill = fn path -> Enum.find_value(1..500, fn _ -> with :ok <- append.(path), do: nil end) end
    flunk(inspect([fill.("/tmp/big"), fill.(Path.join(System.fetch_env!("MIX_BUILD_PATH"), "big"))]))
    """
    said = arena.run(body, walls, Limits(tmp_bytes=16 * MIB, file_bytes=24 * MIB))
    assert said == "[error: :enospc, error: :efbig]"
    for big in (session_dir / "cache/builds").glob("*/*/build/big"):
        big.unlink()


def test_a_loop_without_end_is_ended_and_the_agent_goes_on(arena: Arena, walls: Bubblewrap) -> None:
    with arena.start(walls) as agent:
        agent.open_project()
        load(agent, "Stream.cycle([1]) |> Stream.run()")
        reply = agent.call("baseline", runs=1, timeout_ms=1000, timeout_s=60)
        assert reply["tests"][0]["status"] == "timeout"
        assert agent.call("ping") == {}


# The agent itself


@pytest.mark.parametrize(
    "halt",
    ["System.halt(0)", ":erlang.halt(0)", ":init.stop()\n Process.sleep(:infinity)", ":erlang.halt(:abort)"],
)
def test_halting_the_vm_is_seen_as_that_and_never_as_a_verdict(
    arena: Arena, walls: Bubblewrap, halt: str
) -> None:
    with pytest.raises(AgentDied) as caught:
        arena.run(halt, walls)
    assert caught.value.reason == "exited"


def test_killing_the_agents_processes_ends_in_no_verdict(arena: Arena, walls: Bubblewrap) -> None:
    body = "for p <- Process.list(), p != self(), do: Process.exit(p, :kill)\n Process.sleep(2000)"
    with pytest.raises(AgentFailure):
        arena.run(body, walls)


def test_a_shell_that_kills_the_vm_is_seen_as_that(arena: Arena, walls: Bubblewrap) -> None:
    with pytest.raises(AgentDied) as caught:
        arena.run('System.cmd("sh", ["-c", "kill -9 $PPID; kill -9 -1"])', walls)
    assert caught.value.reason == "exited"


# The verdict

FORGED_FRAMES = {
    "a frame written to the descriptor": """
    frame = :erlang.term_to_binary(%{"id" => 4, "ok" => %{"tests" => []}, "token" => "guessed"})
    {:ok, file} = :file.open(~c"/proc/self/fd/4", [:write, :raw, :binary])
    :file.write(file, [<<byte_size(frame)::32>>, frame])
    Process.sleep(1000)
    """,
    "a frame sent by the agent's port": """
    frame = :erlang.term_to_binary(%{"id" => 4, "ok" => %{"tests" => []}})
    for port <- Port.list(), do: (try do :erlang.port_command(port, frame) rescue _ -> :ok end)
    Process.sleep(1000)
    """,
    "a port of the test's own on the descriptor": """
    port = Port.open({:fd, 4, 4}, [:binary, {:packet, 4}])
    Port.command(port, :erlang.term_to_binary(%{"id" => 4, "ok" => %{"tests" => []}}))
    Process.sleep(1000)
    """,
}


@pytest.mark.parametrize("body", FORGED_FRAMES.values(), ids=FORGED_FRAMES.keys())
def test_a_forged_frame_ends_the_session(arena: Arena, walls: Bubblewrap, body: str) -> None:
    with pytest.raises((AgentProtocol, AgentDied)):
        arena.run(body, walls)


def test_messages_to_every_process_change_no_verdict(arena: Arena, walls: Bubblewrap) -> None:
    body = """
    outcome = %{mutant: 1, status: "killed", killed_by: [1], message: nil, duration_us: 1, suspect: false}
    for p <- Process.list(), p != self() do
      for key <- [:erlang.md5("x"), make_ref(), self()] do
        send(p, {key, {:event, "outcome", outcome}})
        send(p, {key, {:reply, {:ok, %{done: [1]}}}})
        send(p, {key, :passed})
      end
    end
    assert 1 == 2
    """
    try:
        assert "1 == 2" in arena.run(body, walls, silence_s=20)
    except AgentDied as died:
        reason = died.reason
    else:
        reason = "silent"
    assert reason in ("exited", "silent"), "some process of the VM did not bear it: no verdict"


LAST = 'assert Shop.Cart.total(Shop.Cart.add(Shop.Cart.new(), "a", 10)) == 505'


def outcomes(agent: Agent, body: str) -> list[dict[str, Any]]:
    """Runs all mutants of the cart against a test with `body`."""
    mutants = agent.call("mutants", path="lib/shop/cart.ex", timeout_s=60)["mutants"]
    load(agent, body)
    agent.call("baseline", runs=1, timeout_s=60)
    stream = agent.stream("run_mutants", mutants=[mutant["id"] for mutant in mutants], timeout_s=60)
    return [event.data for event in stream if event.name == "outcome"]


KEY = ":testgen_active_mutant"
KILL = 'if is_integer(now) and now > 0, do: flunk("killed")'
LOOKS_AT_THE_MUTANT = {
    "by its term": f"now = :persistent_term.get({KEY}, 0)\n {KILL}",
    "by the switch": f"now = Testgen.Mutation.Switch.active()\n {KILL}",
    "among all terms": f"{{_, now}} = List.keyfind(:persistent_term.get(), {KEY}, 0, {{0, 0}})\n {KILL}",
}
CHANGES_THE_MUTANT = {
    "none": f":persistent_term.put({KEY}, 0)",
    "none by the switch": "Testgen.Mutation.Switch.deactivate()",
    "another": f"now = :persistent_term.get({KEY}, 0)\n"
    f" if is_integer(now) and now > 0, do: :persistent_term.put({KEY}, now + 1)",
    "erased": f":persistent_term.erase({KEY})",
}


@pytest.mark.parametrize("trick", LOOKS_AT_THE_MUTANT.values(), ids=LOOKS_AT_THE_MUTANT.keys())
def test_a_test_that_fails_whenever_a_mutant_is_active_is_not_believed(
    arena: Arena, walls: Bubblewrap, trick: str
) -> None:
    with arena.start(walls) as agent:
        agent.open_project()
        with pytest.raises(AgentError) as caught:
            outcomes(agent, f"{LAST}\n{trick}")
        assert caught.value.kind == "untrusted_test"


def test_a_test_that_fails_for_the_numbers_that_mutants_have_is_not_believed(
    arena: Arena, walls: Bubblewrap
) -> None:
    """Between the first and the last number there are some of no mutant."""
    with arena.start(walls) as agent:
        agent.open_project()
        mutants = agent.call("mutants", path="lib/shop/cart.ex", timeout_s=60)["mutants"]
        last = max(mutant["id"] for mutant in mutants)
        with pytest.raises(AgentError) as caught:
            outcomes(agent, f"{LAST}\n refute :persistent_term.get({KEY}, 0) in 1..{last}")
        assert caught.value.kind == "untrusted_test"


@pytest.mark.parametrize("trick", CHANGES_THE_MUTANT.values(), ids=CHANGES_THE_MUTANT.keys())
def test_a_test_that_changes_the_active_mutant_is_not_believed(
    arena: Arena, walls: Bubblewrap, trick: str
) -> None:
    with arena.start(walls) as agent:
        agent.open_project()
        try:
            found = outcomes(agent, f"{trick}\n{LAST}")
        except AgentError as error:
            kind = error.kind
        else:
            kind = "not let in" if {outcome["status"] for outcome in found} == {"no_coverage"} else "believed"
            assert "active" in only(agent.call("baseline", runs=1)["tests"])
        assert kind in ("untrusted_test", "not let in")


def test_an_honest_test_kills_some_mutants_and_not_all(arena: Arena, walls: Bubblewrap) -> None:
    with arena.start(walls) as agent:
        agent.open_project()
        assert {"killed", "survived"} <= {outcome["status"] for outcome in outcomes(agent, LAST)}


OVERWRITE = """
    Code.compiler_options(ignore_module_conflict: true)
    try do
      Code.compile_string(\"\"\"
      defmodule MODULE do
        BODY
      end
      \"\"\")
    rescue
      _ -> :ok
    end
"""
KILLED = '%{mutant: id, status: "killed", killed_by: [1], message: nil, duration_us: 1, suspect: false}'
OVERWRITTEN = {
    "the assertions": ("ExUnit.Assertions", "defmacro assert(_), do: true\n def flunk(_), do: true"),
    "what sends frames": (
        "Testgen.Agent.Wire",
        """
        def encode(%{"data" => %{status: _}} = frame), do: sent(put_in(frame, ["data", :status], "killed"))
        def encode(frame), do: sent(frame)
        def decode(bytes) do
          frame = :erlang.binary_to_term(bytes)
          {:ok, %{id: frame["id"], op: frame["op"], args: frame["args"]}}
        end
        defp sent(frame), do: frame |> plain() |> :erlang.term_to_iovec()
        def plain(map) when is_map(map), do: Map.new(map, fn {k, v} -> {to_string(k), plain(v)} end)
        def plain(list) when is_list(list), do: Enum.map(list, &plain/1)
        def plain(atom) when atom in [nil, true, false], do: atom
        def plain(atom) when is_atom(atom), do: to_string(atom)
        def plain(other), do: other
        """,
    ),
    "what judges": (
        "Testgen.Scoring.Campaign",
        f"""
        def run(ids, session, _) do
          for id <- ids, do: session.emit.("outcome", {KILLED})
          {{:ok, %{{done: ids, poisoned: false, reason: nil, suspects: []}}}}
        end
        """,
    ),
    "what runs": (
        "Testgen.Runner",
        """
        def run(_, tests, acc, step) do
          result = %{__struct__: Testgen.Runner.Result, status: :failed, failure: {:error, :x, []},
            duration_us: 1, reductions: 1, tampered?: false}
          Enum.reduce(tests, acc, fn test, acc -> step.(test, result, acc) |> elem(1) end)
        end
        """,
    ),
    "the switch": (
        "Testgen.Mutation.Switch",
        """
        def at(_), do: if(:persistent_term.get(:testgen_active_mutant) in [0], do: 0, else: raise("killed"))
        def activate(id), do: :persistent_term.put(:testgen_active_mutant, id)
        def deactivate, do: activate(0)
        def active, do: :persistent_term.get(:testgen_active_mutant)
        """,
    ),
}


@pytest.mark.parametrize(("module", "body"), OVERWRITTEN.values(), ids=OVERWRITTEN.keys())
def test_overwriting_what_runs_the_tests_forges_no_verdict(
    arena: Arena, walls: Bubblewrap, module: str, body: str
) -> None:
    attack = OVERWRITE.replace("MODULE", module).replace("BODY", body)
    with arena.start(walls) as agent:
        agent.open_project()
        honest = outcomes(agent, LAST)
    with arena.start(walls) as agent:
        agent.open_project()
        try:
            attacked = outcomes(agent, f"{attack}\n{LAST}")
        except AgentFailure:
            return  # no verdict at all
    assert killed(attacked) <= killed(honest)


def killed(found: list[dict[str, Any]]) -> set[int]:
    return {outcome["mutant"] for outcome in found if outcome["status"] == "killed"}


# The whole command


@pytest.mark.parametrize(
    ("attack", "exit_codes"),
    [
        (LOOKS_AT_THE_MUTANT["by its term"], {ExitCode.UNTRUSTED_VERDICT}),
        (CHANGES_THE_MUTANT["none"], {ExitCode.BASELINE_FAILED, ExitCode.UNTRUSTED_VERDICT}),
        ("System.halt(0)", {ExitCode.AGENT_FAILED, ExitCode.BASELINE_FAILED}),
        (FORGED_FRAMES["a frame written to the descriptor"], {ExitCode.AGENT_FAILED}),
    ],
    ids=["looks at the mutant", "resets the mutant", "halts", "forges"],
)
def test_score_gives_no_verdict_of_a_hostile_suite_and_leaves_nothing_behind(
    arena: Arena,
    walls: Bubblewrap,
    testgen: CommandLine,
    nothing_left_running: None,
    attack: str,
    exit_codes: set[ExitCode],
) -> None:
    test = arena.root / "test/shop/attack_test.exs"
    test.write_text(suite(f"{LAST}\n{attack}"))
    before = snapshot(arena.root)
    run = testgen("score", "lib/shop/cart.ex", "test/shop/attack_test.exs", cwd=arena.root)
    assert run.exit_code in exit_codes, run.output
    assert "Traceback" not in run.output
    assert run.stderr.strip()
    assert snapshot(arena.root) == before


def test_nothing_of_all_this_is_left_running() -> None:
    time.sleep(0.2)
    own = psutil.Process(os.getpid()).children(recursive=True)
    assert [child.cmdline() for child in own if "beam.smp" in " ".join(child.cmdline())] == []
