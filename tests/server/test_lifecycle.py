"""How a daemon begins and ends: one per user, gone when nobody needs it, found again after a crash."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import time
from pathlib import Path

import psutil
import pytest

from testgen import wire
from testgen.daemon_client import Daemon
from testgen.daemon_start import ensure_daemon
from testgen.errors import DaemonAbsent
from testgen.runtime import RuntimeFolder
from tests.command_line import TESTGEN, CommandLine
from tests.daemon import DaemonProcess, daemon_process, finished, generation, until_phase

CART = "lib/shop/cart.ex"


def test_only_its_user_can_reach_it(testgen: CommandLine) -> None:
    with daemon_process(testgen) as daemon:
        assert daemon.endpoint.socket is not None
        assert stat.S_IMODE(Path(daemon.endpoint.socket).stat().st_mode) == 0o600
        assert stat.S_IMODE(daemon.home.stat().st_mode) == 0o700
        assert stat.S_IMODE((daemon.home / "daemon.json").stat().st_mode) == 0o600
        listening = psutil.Process(daemon.endpoint.pid).net_connections("inet")
        assert listening == []


def test_a_second_daemon_sees_the_first_and_leaves(testgen: CommandLine) -> None:
    with daemon_process(testgen) as daemon:
        second = testgen("serve", cwd=daemon.home, env=daemon.environment)
        assert second.exit_code == 9
        assert "runs already" in second.stderr
        assert daemon(_status).pid == daemon.endpoint.pid


def test_of_ten_that_want_a_daemon_at_once_one_starts_it(
    testgen: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with daemon_process(testgen) as daemon:
        daemon.stop()
        for name, value in testgen.environment(daemon.environment).items():
            monkeypatch.setenv(name, value)

        async def crowd() -> set[int]:
            clients = await asyncio.gather(
                *(ensure_daemon((str(TESTGEN),), daemon.folder) for _ in range(10))
            )
            pids = {(await client.status()).pid for client in clients}
            await clients[0].stop()
            for client in clients:
                await client.close()
            return pids

        assert len(asyncio.run(crowd())) == 1
        _wait(lambda: not daemon.folder.is_alive())


def test_what_a_killed_daemon_left_behind_is_no_hindrance(testgen: CommandLine) -> None:
    with daemon_process(testgen) as daemon:
        daemon.kill()
        assert (daemon.home / "daemon.sock").exists()
        assert not daemon.folder.is_alive()
        daemon.start()
        assert daemon(_status).pid == daemon.endpoint.pid


def test_jobs_of_a_killed_daemon_are_named_as_lost_by_the_next(testgen: CommandLine, cart: Path) -> None:
    with daemon_process(testgen) as daemon:

        async def begin(client: Daemon) -> list[wire.JobStatus]:
            jobs = [await client.submit(generation(cart, CART, budget_s=60)) for _ in range(2)]
            await until_phase(client, jobs[0], "making mutants")
            return jobs

        async def ask(client: Daemon) -> list[wire.JobStatus]:
            return [await finished(client, job) for job in jobs]

        jobs = daemon(begin)
        daemon.kill()
        daemon.start()
        lost = daemon(ask)
        assert [job.state for job in lost] == [wire.JobState.LOST] * 2
        assert all(job.problem and "No file was changed" in job.problem.message for job in lost)
        assert not (cart / "test/shop/cart_test.exs").exists()


def test_a_killed_daemons_vms_end_with_it(
    testgen: CommandLine, cart: Path, nothing_left_running: None
) -> None:
    with daemon_process(testgen) as daemon:

        async def begin(client: Daemon) -> None:
            job = await client.submit(generation(cart, CART, budget_s=60))
            await until_phase(client, job, "making mutants")

        daemon(begin)
        daemon.kill()


def test_it_stops_when_nobody_needs_it(testgen: CommandLine) -> None:
    with daemon_process(testgen, "--idle", "1") as daemon:
        assert daemon.process is not None
        daemon.process.communicate(timeout=15)
        assert daemon.process.returncode == 0
        assert not (daemon.home / "daemon.json").exists()
        assert not (daemon.home / "daemon.sock").exists()


def test_a_stopped_daemon_leaves_no_process(
    testgen: CommandLine, cart: Path, nothing_left_running: None
) -> None:
    with daemon_process(testgen) as daemon:

        async def begin(client: Daemon) -> None:
            await finished(client, await client.submit(generation(cart, CART, budget_s=0.5)))
            await client.submit(generation(cart, CART, budget_s=60))
            await client.stop()

        daemon(begin)
        assert daemon.process is not None
        daemon.process.communicate(timeout=20)
        assert daemon.process.returncode == 0


def test_a_port_that_is_taken_is_said_to_be(testgen: CommandLine, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = testgen(
            "serve", "--port", str(port), cwd=tmp_path, env={"TESTGEN_RUNTIME_DIR": str(tmp_path / "run")}
        )
    assert done.exit_code == 71
    assert f"Port {port}" in done.stderr


def test_a_port_works_where_there_are_no_sockets(testgen: CommandLine) -> None:
    with daemon_process(testgen, "--port", "0") as daemon:
        assert daemon.endpoint.socket is None
        assert daemon(_status).queued == 0


def test_a_long_path_gets_a_port_since_a_socket_would_not_fit(testgen: CommandLine, tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    home.mkdir(mode=0o700)
    daemon = DaemonProcess(testgen=testgen, home=home)
    daemon.start()
    try:
        assert daemon.endpoint.port
        assert daemon(_status).pid == daemon.endpoint.pid
    finally:
        daemon.stop()


def test_proxies_are_not_asked(testgen: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with daemon_process(testgen, "--port", "0") as daemon:
        assert daemon(_status).queued == 0


def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv("TESTGEN_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(DaemonAbsent, match="chmod 700"):
        RuntimeFolder.of_user()


def test_a_daemon_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTGEN_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    with pytest.raises(DaemonAbsent, match="No such option"):
        asyncio.run(ensure_daemon((str(TESTGEN), "serve", "--no-such-option"), RuntimeFolder(path=tmp_path)))


def test_a_history_that_cannot_be_written_costs_no_job(testgen: CommandLine, cart: Path) -> None:
    with daemon_process(testgen) as daemon:
        daemon.stop()
        (daemon.home / "jobs.sqlite").unlink()
        (daemon.home / "jobs.sqlite").mkdir()
        daemon.start()

        async def run(client: Daemon) -> wire.JobStatus:
            return await finished(client, await client.submit(generation(cart, CART, budget_s=0.5)))

        assert daemon(run).state is wire.JobState.DONE
        assert "history is not kept" in daemon.folder.log.read_text()


def test_the_log_is_lines_of_json_without_the_code_of_anybody(testgen: CommandLine, cart: Path) -> None:
    with daemon_process(testgen) as daemon:

        async def run(client: Daemon) -> None:
            request = generation(cart, CART, budget_s=0.5, before="defmodule Secret do\nend\n")
            await finished(client, await client.submit(request))

        daemon(run)
        token = daemon.endpoint.token
        text = daemon.folder.log.read_text()
        lines = [json.loads(line) for line in text.splitlines()]
    assert any(line["what"] == "job ended" and line["ran_s"] > 0 for line in lines)
    assert "Secret" not in text
    assert token not in text


async def _status(client: Daemon) -> wire.Status:
    return await client.status()


def _wait(condition: object, timeout_s: float = 15) -> None:
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
