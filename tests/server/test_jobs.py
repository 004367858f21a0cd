"""Jobs of a real daemon: submitted, followed, fetched, cancelled, begun again."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path

import psutil
import pytest

from testgen import wire
from testgen.daemon_client import Daemon
from testgen.errors import DaemonRefused
from testgen.test_kind import TestKind
from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process, finished, generation, until_phase
from tests.project_copies import ProjectCopies

CART = "lib/shop/cart.ex"


def test_a_generation_tells_its_steps_kills_and_tests_and_ends_with_a_file_that_holds(
    daemon: DaemonProcess, cart: Path
) -> None:
    async def conversation(client: Daemon) -> tuple[list[wire.Event], wire.GenerateResult]:
        job = await client.submit(generation(cart, CART))
        events = [event async for event in client.events(job.id)]
        return events, await client.result(await client.job(job.id))

    events, result = daemon(conversation)
    kinds = {event.kind for event in events}
    assert {wire.EventKind.PHASE, wire.EventKind.KILL, wire.EventKind.ACCEPTED} <= kinds
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind is wire.EventKind.DONE
    assert events[-1].state is wire.JobState.DONE
    percents = [event.percent for event in events if event.percent is not None]
    assert percents == sorted(percents)
    assert len(result.tests) >= 5
    assert result.test_path == str(cart / "test/shop/cart_test.exs")
    assert not Path(result.test_path).exists()
    lines = result.text.split("\n")
    for test in result.tests:
        if test.line:
            assert lines[test.line - 1].lstrip().startswith("test ")
            assert lines[test.end_line - 1].strip() == "end"
    assert sum(function.killed for function in result.functions) > 30


def test_the_second_job_of_a_project_finds_its_vm_warm(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> list[wire.WarmAgent]:
        agents = []
        for _ in range(2):
            await finished(client, await client.submit(generation(cart, CART)))
            agents.append(next(each for each in (await client.status()).agents if each.project == str(cart)))
        return agents

    first, second = daemon(conversation)
    assert first.pid == second.pid
    assert second.jobs == first.jobs + 1


def test_a_request_that_is_sent_twice_with_its_key_makes_one_job(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> tuple[wire.JobStatus, wire.JobStatus]:
        request = generation(cart, CART, key="the same", budget_s=0.5)
        one, two = await client.submit(request), await client.submit(request)
        await finished(client, one)
        return one, two

    one, two = daemon(conversation)
    assert one.id == two.id


def test_a_job_outlives_the_client_that_asked_for_it(daemon: DaemonProcess, cart: Path) -> None:
    async def ask(client: Daemon) -> wire.JobStatus:
        return await client.submit(generation(cart, CART))

    async def fetch(client: Daemon) -> wire.GenerateResult:
        return await client.result(await finished(client, job))

    job = daemon(ask)
    assert daemon(fetch).tests


def test_events_are_taken_up_where_a_client_left_off(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> tuple[list[int], list[int]]:
        job = await client.submit(generation(cart, CART, budget_s=0.5))
        every = [event.seq async for event in client.events(job.id)]
        return every, [event.seq async for event in client.events(job.id, after=3)]

    every, rest = daemon(conversation)
    assert rest == every[3:]


@pytest.mark.parametrize("step", ["making mutants", "searching", "verifying"])
def test_a_cancelled_job_ends_within_a_second_and_keeps_the_tests_it_can(
    daemon: DaemonProcess, cart: Path, step: str
) -> None:
    async def conversation(client: Daemon) -> tuple[float, wire.JobStatus]:
        job = await client.submit(generation(cart, CART))
        await until_phase(client, job, step)
        clock = asyncio.get_running_loop().time
        begun = clock()
        await client.cancel(job.id)
        ended = await finished(client, job)
        return clock() - begun, ended

    seconds, job = daemon(conversation)
    assert job.state is wire.JobState.CANCELLED
    assert seconds < 2.0  # twice the limit: other tests run beside this one


def test_a_waiting_job_is_cancelled_without_having_run(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> wire.JobStatus:
        running = await client.submit(generation(cart, CART))
        waiting = await client.submit(generation(cart, CART))
        assert waiting.position is not None
        ended = await client.cancel(waiting.id)
        await client.cancel(running.id)
        await finished(client, running)
        return ended

    job = daemon(conversation)
    assert job.state is wire.JobState.CANCELLED
    assert job.attempts == 0


def test_a_job_whose_vm_is_killed_from_outside_begins_again_and_ends_well(
    daemon: DaemonProcess, cart: Path
) -> None:
    async def conversation(client: Daemon) -> tuple[wire.JobStatus, wire.GenerateResult]:
        job = await client.submit(generation(cart, CART))
        await until_phase(client, job, "making mutants")
        agent = next(each for each in (await client.status()).agents if each.project == str(cart))
        for process in (psutil.Process(agent.pid), *psutil.Process(agent.pid).children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        ended = await finished(client, job)
        return ended, await client.result(ended)

    job, result = daemon(conversation)
    assert job.state is wire.JobState.DONE
    assert len(result.tests) >= 5


def test_a_changed_source_is_seen_by_the_next_job(daemon: DaemonProcess, projects: ProjectCopies) -> None:
    project = projects.built("cart")
    source = project / CART

    async def conversation(client: Daemon) -> tuple[str, str]:
        one = await client.result(await finished(client, await client.submit(generation(project, CART))))
        more = "  def number_of_kinds(cart), do: length(cart.items) + 1\nend\n"
        source.write_text(source.read_text().rstrip().removesuffix("end") + more)
        two = await client.result(await finished(client, await client.submit(generation(project, CART))))
        return one.text, two.text

    before, after = daemon(conversation)
    assert "number_of_kinds" not in before
    assert "number_of_kinds" in after


def test_an_editors_unsaved_test_file_is_added_to(daemon: DaemonProcess, cart: Path) -> None:
    unsaved = """
defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  # a remark that is nowhere on the disk 🛒

  test "an empty cart" do
    assert Shop.Cart.total(Shop.Cart.new()) == 0
  end
end
""".lstrip()

    async def conversation(client: Daemon) -> wire.GenerateResult:
        request = generation(cart, CART, before=unsaved)
        return await client.result(await finished(client, await client.submit(request)))

    result = daemon(conversation)
    assert "# a remark that is nowhere on the disk 🛒" in result.text
    assert len(result.text) > len(unsaved)
    assert result.before == unsaved


def test_tests_are_asked_for_one_surviving_mutant(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> wire.GenerateResult:
        every = await client.result(await finished(client, await client.submit(generation(cart, CART))))
        key = next(key for test in every.tests for key in test.kills_alone)
        request = generation(cart, CART, mutants=(key,))
        return await client.result(await finished(client, await client.submit(request)))

    result = daemon(conversation)
    assert 1 <= len(result.tests) <= 2


def test_a_score_says_what_survives_and_where(daemon: DaemonProcess, projects: ProjectCopies) -> None:
    project = projects.built("cart")

    async def conversation(client: Daemon) -> wire.ScoreResult:
        request = wire.ScoreRequest(
            workspace=wire.Workspace(root=str(project), trusted=True), path=str(project / CART)
        )
        return await client.result(await finished(client, await client.submit(request)))

    result = daemon(conversation)
    assert result.num_tests > 0
    assert result.score is not None
    counted = sum(result.counts[name] for name in ("survived", "no_coverage") if name in result.counts)
    assert len(result.survivors) == counted
    assert all(survivor.diff for survivor in result.survivors)


def test_a_started_assertion_is_completed_with_what_the_code_returns(
    daemon: DaemonProcess, cart: Path
) -> None:
    async def conversation(client: Daemon) -> wire.CompleteResult:
        request = wire.CompleteRequest(
            workspace=wire.Workspace(root=str(cart), trusted=True),
            path=str(cart / CART),
            setup=('cart = Cart.add(Cart.new(), "pen", 100, 2)',),
            call="Cart.count(cart)",
            module="Shop.Cart",
            aliases=(wire.Alias(shown="Cart", module="Shop.Cart"),),
        )
        return await client.result(await finished(client, await client.submit(request)))

    assert daemon(conversation).lines == ("assert Cart.count(cart) == 2",)


def test_a_completion_runs_nothing_that_a_test_may_not_do(
    daemon: DaemonProcess, cart: Path, tmp_path: Path
) -> None:
    made = tmp_path / "made"

    async def conversation(client: Daemon) -> wire.CompleteResult:
        request = wire.CompleteRequest(
            workspace=wire.Workspace(root=str(cart), trusted=True),
            path=str(cart / CART),
            call=f'System.cmd("touch", ["{made}"])',
        )
        return await client.result(await finished(client, await client.submit(request)))

    result = daemon(conversation)
    assert result.lines == ()
    assert "System.cmd" in result.note
    assert not made.exists()


def test_a_file_that_does_not_compile_fails_its_job_in_words(
    daemon: DaemonProcess, projects: ProjectCopies
) -> None:
    project = projects.fresh("cart")
    (project / CART).write_text("defmodule Shop.Cart do\n  def total(, do: 1\nend\n")

    async def conversation(client: Daemon) -> wire.JobStatus:
        return await finished(client, await client.submit(generation(project, CART)))

    job = daemon(conversation)
    assert job.state is wire.JobState.FAILED
    assert job.problem is not None
    assert job.problem.exit_code == 6
    assert "cart.ex" in job.problem.message


def test_a_project_that_goes_away_in_mid_job_fails_it_and_nothing_else(
    daemon: DaemonProcess, projects: ProjectCopies, cart: Path
) -> None:
    project = projects.built("cart")

    async def conversation(client: Daemon) -> tuple[wire.JobStatus, wire.JobStatus]:
        job = await client.submit(generation(project, CART))
        await until_phase(client, job, "making mutants")
        shutil.rmtree(project)
        ended = await finished(client, job)
        return ended, await finished(client, await client.submit(generation(cart, CART)))

    gone, other = daemon(conversation)
    assert gone.state.is_final
    assert gone.state is wire.JobState.DONE or gone.problem is not None
    assert other.state is wire.JobState.DONE


def test_kinds_that_cannot_be_written_are_refused_at_once(daemon: DaemonProcess, cart: Path) -> None:
    async def conversation(client: Daemon) -> None:
        status = await client.status()
        missing = next((kind for kind in TestKind if kind not in status.test_kinds), None)
        if missing is None:
            pytest.skip("every kind of test can be written")
        with pytest.raises(DaemonRefused, match=missing.value):
            await client.submit(generation(cart, CART, test_kind=missing))

    daemon(conversation)


def test_the_command_line_uses_the_daemon_and_tells_the_same(
    daemon: DaemonProcess, projects: ProjectCopies, testgen: CommandLine
) -> None:
    project = projects.built("cart")
    (project / "test/shop/cart_test.exs").unlink()
    environment = {**daemon.environment}

    async def jobs(client: Daemon) -> tuple[wire.JobStatus, ...]:
        return (await client.jobs()).jobs

    by_daemon = testgen("generate", CART, "--stdout", cwd=project, env=environment)
    assert by_daemon.exit_code == 0, by_daemon.output
    assert any(job.client == "testgen generate" and job.project == str(project) for job in daemon(jobs))
    alone = testgen("generate", CART, "--stdout", cwd=project, env={**environment, "TESTGEN_NO_DAEMON": "1"})
    assert alone.exit_code == 0, alone.output
    heading = "defmodule Shop.CartTest do"
    assert by_daemon.stdout.startswith(heading)
    assert alone.stdout.startswith(heading)
    assert "Mutants: " in by_daemon.stderr
    written = testgen("generate", CART, cwd=project, env=environment)
    assert written.exit_code == 0, written.output
    assert (project / "test/shop/cart_test.exs").read_text().startswith(heading)


def test_forty_jobs_of_one_project_do_not_keep_another_waiting(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    big, small = projects.built("cart", "big"), projects.built("cart", "small")

    async def conversation(client: Daemon) -> int:
        for _ in range(40):
            await client.submit(generation(big, CART))
        mine = await client.submit(generation(small, CART, budget_s=0.5))
        await finished(client, mine)
        jobs = (await client.jobs()).jobs
        ended = sum(job.state.is_final for job in jobs if job.project == str(big))
        for job in jobs:
            await client.cancel(job.id)
        return ended

    with daemon_process(testgen) as daemon:
        assert daemon(conversation) <= 2
