"""The sandbox, attacked by shell scripts: what the agent's VM could do with a shell, a script can do."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from testgen.sandbox import (
    Bubblewrap,
    Command,
    Ending,
    Limits,
    ProcessGroup,
    Sandbox,
    SandboxedProcess,
    SandboxUnavailable,
)
from testgen.sandbox.environment import reduced
from testgen.sandbox.limits import MIB

SYSTEM_PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


@pytest.fixture
def bubblewrap() -> Bubblewrap:
    try:
        return Bubblewrap.find()
    except SandboxUnavailable as error:
        pytest.skip(f"bubblewrap does not work here: {error.message}")


@pytest.fixture(params=["bubblewrap", "process group"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    if request.param == "process group":
        return ProcessGroup()
    found: Sandbox = request.getfixturevalue("bubblewrap")
    return found


def start(
    sandbox: Sandbox, script: str, *, limits: Limits | None = None, **options: object
) -> SandboxedProcess:
    fields: dict[str, object] = {"cwd": Path("/"), "environment": SYSTEM_PATH, **options}
    command = Command(argv=("/bin/sh", "-c", script), **fields)  # type: ignore[arg-type]
    return sandbox.spawn(command, limits or Limits(wall_clock_s=30))


def run(sandbox: Sandbox, script: str, **options: object) -> str:
    process = start(sandbox, script, **options)  # type: ignore[arg-type]
    assert process.wait(40) is Ending.EXITED
    return process.output_tail


def processes_named(mark: str) -> list[psutil.Process]:
    """Running processes that have `mark` among their arguments."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and mark in (process.info["cmdline"] or []):
            found.append(process)
    return found


def await_none_named(mark: str) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while processes_named(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    return processes_named(mark)


# What is read and written


def test_the_disk_cannot_be_written(bubblewrap: Bubblewrap, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    script = (
        f"echo gone > {tmp_path}/file; touch {tmp_path}/new; rm -rf {tmp_path}/file; touch /etc/x /usr/x /x"
    )
    said = run(bubblewrap, script, readable=(tmp_path,))
    assert (tmp_path / "file").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]
    assert said.count("Read-only file system") >= 6


def test_only_the_writable_folder_is_written(bubblewrap: Bubblewrap, tmp_path: Path) -> None:
    inner = tmp_path / "project/build"
    inner.mkdir(parents=True)
    script = f"echo ok > {inner}/beam; echo no > {tmp_path}/project/mix.exs"
    run(bubblewrap, script, readable=(tmp_path / "project",), writable=(inner,))
    assert (inner / "beam").read_text() == "ok\n"
    assert not (tmp_path / "project/mix.exs").exists()


def test_keys_in_the_home_folder_are_not_there_and_what_is_named_is(
    bubblewrap: Bubblewrap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for name in (".ssh/id_ed25519", ".mix/archives/hex", "code/app/mix.exs"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(f"content of {name}")
    monkeypatch.setenv("HOME", str(home))
    said = run(
        bubblewrap,
        f"cd {home}; cat .ssh/id_ed25519; cat .mix/archives/hex code/app/mix.exs; echo scratch > x",
        readable=(home / ".mix", home / "code/app"),
    )
    assert "content of .ssh" not in said
    assert "content of .mix/archives/hex" in said
    assert "content of code/app/mix.exs" in said
    assert not (home / "x").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could read these outside the sandbox")
def test_what_only_root_may_read_is_masked(bubblewrap: Bubblewrap) -> None:
    assert run(bubblewrap, "cat /etc/shadow 2>/dev/null | wc -c; ls -A /root | wc -l").split() == ["0", "0"]


def test_variables_that_are_not_on_the_list_are_gone(sandbox: Sandbox) -> None:
    secrets = {"AWS_SECRET_ACCESS_KEY": "s3cret", "GITHUB_TOKEN": "s3cret", "SSH_AUTH_SOCK": "/s3cret"}
    environment = reduced({**os.environ, **secrets, "DATABASE_URL": "ecto://db"}, also=["DATABASE_URL"])
    said = run(
        sandbox,
        "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'",
        environment=environment | SYSTEM_PATH,
    )
    if isinstance(sandbox, Bubblewrap):
        assert "s3cret" not in said
    assert "s3cret" not in said.partition("PATH=")[0]
    assert "DATABASE_URL=ecto://db" in said
    assert "UTF-8" in said


def test_descriptors_that_were_not_given_are_closed(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "open").write_text("x")
    with (tmp_path / "open").open() as file:
        os.set_inheritable(file.fileno(), True)
        said = run(sandbox, "ls -l /proc/self/fd")
    assert str(tmp_path) not in said


def test_given_descriptors_have_the_numbers_asked_for(sandbox: Sandbox) -> None:
    theirs, ours = os.pipe()
    back, answer = os.pipe()
    process = start(sandbox, "read -r line <&3; echo $line $line >&4", descriptors={3: theirs, 4: answer})
    os.close(theirs)
    os.close(answer)
    os.write(ours, b"hello\n")
    assert os.read(back, 100) == b"hello hello\n"
    assert process.wait(10) is Ending.EXITED
    os.close(ours)
    os.close(back)


# The network


def test_a_server_outside_cannot_be_reached(bubblewrap: Bubblewrap) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = (
            f"import socket; socket.create_connection(('127.0.0.1', {port}), 3); print('conn' + 'ected')"
        )
        script = f'{sys.executable} -c "{connect}"'
        told = {"readable": (Path(sys.prefix), Path(sys.base_prefix))}
        assert "connected" not in run(bubblewrap, script, **told)
        assert "connected" in run(ProcessGroup(), script), "the test itself must be able to connect"


def test_loopback_works_inside(bubblewrap: Bubblewrap) -> None:
    program = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname(), 3); print('conn' + 'ected')"
    )
    told = {"readable": (Path(sys.prefix), Path(sys.base_prefix))}
    assert "connected" in run(bubblewrap, f'{sys.executable} -c "{program}"', **told)


def test_a_unix_socket_is_reached_only_when_opted_in(bubblewrap: Bubblewrap, tmp_path: Path) -> None:
    path = tmp_path / "db.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        program = f"import socket; socket.socket(socket.AF_UNIX).connect('{path}'); print('conn' + 'ected')"
        script = f'{sys.executable} -c "{program}"'
        python = (Path(sys.prefix), Path(sys.base_prefix))
        assert "connected" not in run(bubblewrap, script, readable=python)
        assert "connected" in run(bubblewrap, script, readable=python, sockets=(path,))


# Other processes


def test_other_processes_are_neither_seen_nor_signalled(bubblewrap: Bubblewrap) -> None:
    with subprocess.Popen(["sleep", "4321.5"]) as victim:
        said = run(bubblewrap, f"kill -9 {victim.pid}; ls -d /proc/[0-9]* | wc -l")
        assert victim.poll() is None
        victim.kill()
    assert int(said.split()[-1]) < 10


def test_there_is_no_capability_and_no_way_to_a_new_user_namespace(bubblewrap: Bubblewrap) -> None:
    said = run(bubblewrap, "grep CapEff /proc/self/status; unshare -U true && echo escaped")
    assert "CapEff:\t0000000000000000" in said
    if bubblewrap.user_namespace:
        assert "escaped" not in said


# Limits


def test_a_fork_bomb_ends(sandbox: Sandbox) -> None:
    limits = Limits(processes=40, wall_clock_s=30)
    process = start(sandbox, "while :; do sleep 271.25 & done", limits=limits)
    ending = process.wait(40)
    assert ending in (Ending.PROCESSES, Ending.EXITED)  # a user's own limit makes the shell give up first
    assert await_none_named("271.25") == []


def test_filling_memory_ends_it(sandbox: Sandbox) -> None:
    limits = Limits(memory_bytes=200 * MIB, wall_clock_s=30)
    told = {"readable": (Path(sys.prefix), Path(sys.base_prefix))}
    hog = f"{sys.executable} -c 'x = [bytes([1]) * 2**20 for _ in range(4000)]'"
    process = start(sandbox, hog, limits=limits, **told)
    assert process.wait(40) is Ending.MEMORY
    assert 200 * MIB < process.peak_bytes < 1500 * MIB


def test_memory_is_counted_over_all_processes(bubblewrap: Bubblewrap) -> None:
    limits = Limits(memory_bytes=200 * MIB, wall_clock_s=30)
    told = {"readable": (Path(sys.prefix), Path(sys.base_prefix))}
    hold = f"{sys.executable} -c 'import time; x = b\"x\" * (80 * 2**20); time.sleep(60)'"
    process = start(bubblewrap, f"(setsid {hold} &) ; (setsid {hold} &) ; {hold}", limits=limits, **told)
    assert process.wait(40) is Ending.MEMORY


def test_one_file_cannot_grow_without_end(sandbox: Sandbox, tmp_path: Path) -> None:
    limits = Limits(file_bytes=4 * MIB, wall_clock_s=30)
    start(sandbox, f"head -c 100000000 /dev/zero > {tmp_path}/big", limits=limits, writable=(tmp_path,)).wait(
        40
    )
    assert (tmp_path / "big").stat().st_size == 4 * MIB


def test_filling_the_disk_with_many_files_ends_it(sandbox: Sandbox, tmp_path: Path) -> None:
    limits = Limits(disk_bytes=40 * MIB, wall_clock_s=30)
    script = f"i=0; while :; do i=$((i+1)); head -c 2000000 /dev/zero > {tmp_path}/$i; done"
    process = start(sandbox, script, limits=limits, writable=(tmp_path,))
    assert process.wait(40) is Ending.DISK
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1024 * MIB


def test_filling_the_private_tmp_stops_at_its_size(bubblewrap: Bubblewrap) -> None:
    limits = Limits(tmp_bytes=8 * MIB, wall_clock_s=30)
    said = run(bubblewrap, "head -c 90000000 /dev/zero > /tmp/big; stat -c %s /tmp/big", limits=limits)
    assert "No space left on device" in said
    (size,) = re.findall(r"^\d+$", said, re.MULTILINE)  # the two streams come in any order
    assert int(size) <= 8 * MIB


def test_memory_in_shared_memory_and_home_is_bounded_too(bubblewrap: Bubblewrap) -> None:
    fill = "head -c 200000000 /dev/zero > $d/big; stat -c %s $d/big"
    script = f'for d in /dev/shm /var/tmp /run "$HOME"; do {fill}; done'
    said = run(bubblewrap, script, environment={**SYSTEM_PATH, "HOME": str(Path.home())})
    sizes = [int(word) for word in said.split() if word.isdigit()]
    assert len(sizes) == 4
    assert max(sizes) <= 64 * MIB


def test_it_ends_when_its_time_is_over(sandbox: Sandbox) -> None:
    process = start(sandbox, "trap '' TERM INT HUP; sleep 272.25", limits=Limits(wall_clock_s=0.5))
    assert process.wait(10) is Ending.WALL_CLOCK
    assert await_none_named("272.25") == []


def test_no_core_file_is_written(sandbox: Sandbox) -> None:
    assert run(sandbox, "ulimit -c").strip() == "0"


def test_what_it_prints_is_collected_up_to_a_bound(sandbox: Sandbox) -> None:
    process = start(sandbox, "head -c 10000000 /dev/zero | tr '\\0' x; echo last >&2")
    assert process.wait(40) is Ending.EXITED
    assert process.output_tail.endswith("last\n")
    assert len(process.output_tail) == 64 * 1024


# The end


def test_closing_ends_everything_it_started_at_once(sandbox: Sandbox) -> None:
    process = start(sandbox, "trap '' TERM INT HUP; sleep 273.25 & sleep 273.25 & sleep 273.25")
    while len(processes_named("273.25")) < 3:
        time.sleep(0.02)
    process.kill()
    assert process.ending is Ending.KILLED
    assert processes_named("273.25") == []
    process.kill()


def test_processes_that_left_their_session_end_too(bubblewrap: Bubblewrap) -> None:
    process = start(bubblewrap, "(setsid setsid sleep 274.25 &) ; sleep 274.25")
    while len(processes_named("274.25")) < 2:
        time.sleep(0.02)
    process.kill()
    assert processes_named("274.25") == []


def test_what_a_leader_leaves_behind_when_it_exits_ends(sandbox: Sandbox) -> None:
    process = start(sandbox, "sleep 275.25 & exit 0")
    assert process.wait(10) is Ending.EXITED
    assert await_none_named("275.25") == []


KEEP = """
import sys, threading, time
from pathlib import Path
from testgen.sandbox import Bubblewrap, Command, Limits, ProcessGroup
sandbox = Bubblewrap.find() if sys.argv[1] == "bubblewrap" else ProcessGroup()
script = "trap '' TERM INT HUP; sleep 276.25 & sleep 276.25"
command = Command(argv=("/bin/sh", "-c", script), cwd=Path("/"), environment={"PATH": "/usr/bin:/bin"})
thread = threading.Thread(target=lambda: sandbox.spawn(command, Limits()))
thread.start(); thread.join()  # the starting thread is gone; its child must not be
time.sleep(0.5)
print("started", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_python_however_it_ends(sandbox: Sandbox, how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KEEP, sandbox.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as python:
        assert python.stdout is not None
        assert python.stdout.readline() == b"started\n"
        assert len(processes_named("276.25")) == 2
        python.send_signal(how)
        python.wait(10)
    assert await_none_named("276.25") == []


def test_a_process_group_warns_and_bubblewrap_does_not(bubblewrap: Bubblewrap) -> None:
    assert "bubblewrap" in (ProcessGroup().warning or "")
    assert bubblewrap.warning is None


def test_a_program_that_is_not_there_is_said_in_words(sandbox: Sandbox) -> None:
    process = sandbox.spawn(Command(argv=("/nonexistent/erl",), cwd=Path("/"), environment={}), Limits())
    assert process.wait(10) is Ending.EXITED
    assert "/nonexistent/erl" in process.output_tail


def test_a_port_is_reached_only_when_opted_in_and_carries_both_ways(bubblewrap: Bubblewrap) -> None:
    program = (
        "import socket; s = socket.create_connection(('127.0.0.1', PORT), 5); s.sendall(b'ping'); "
        "s.shutdown(socket.SHUT_WR); print(s.makefile().read())"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answered = []

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                answered.append(connection.recv(100))
                connection.sendall(b"pong" * 50_000)

        thread = threading.Thread(target=answer)
        thread.start()
        script = f'{sys.executable} -c "{program.replace("PORT", str(port))}"'
        python = (Path(sys.prefix), Path(sys.base_prefix))
        assert "refused" in run(bubblewrap, script, readable=python)
        assert answered == []
        said = run(bubblewrap, script, readable=python, ports=(port,))
        thread.join(10)
    assert answered == [b"ping"]
    assert said.strip().endswith("pongpong")


def test_a_port_that_nobody_serves_outside_closes_at_once(bubblewrap: Bubblewrap) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    program = f"import socket; print(socket.create_connection(('127.0.0.1', {port}), 5).recv(1))"
    told = {"readable": (Path(sys.prefix), Path(sys.base_prefix)), "ports": (port,)}
    assert "b''" in run(bubblewrap, f'{sys.executable} -c "{program}"', **told)
