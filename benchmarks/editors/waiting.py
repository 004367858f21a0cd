"""What a user of an editor waits for, through the protocol with a real server and daemon."""

from __future__ import annotations

import asyncio
import subprocess
import time
from pathlib import Path

import psutil
from lsprotocol import types

from benchmarks.editors.place import SOURCE, TEST, Place
from benchmarks.stopwatch import testgen
from testgen.daemon_client import Daemon
from testgen.wire import EventKind
from tests.editor import Editor, editor

_LINES = 5_000
_WEAK = """defmodule Shop.CartTest do
  use ExUnit.Case

  test "a" do
    assert Shop.Cart.count(Shop.Cart.new()) == 0
  end
end
"""
_ASK_EVERY_S = 0.02
_PATIENCE_S = 60.0


def long_module() -> str:
    """An Elixir module of 5,000 lines with a function each four."""
    functions = [f"  def f{n}(a, b) do\n    a * {n} + b\n  end\n\n" for n in range((_LINES - 2) // 4)]
    text = "defmodule Shop.Long do\n" + "".join(functions)
    return text + "\n" * (_LINES - 1 - text.count("\n")) + "end\n"


async def answers(place: Place, requests: int) -> dict[str, list[float]]:
    """Milliseconds of code actions and lenses in a long file, asked while generations run."""
    project = place.project("answers")
    (project / TEST).unlink()
    (project / "lib/shop/long.ex").write_text(long_module(), encoding="utf-8")
    found: dict[str, list[float]] = {"codeAction": [], "codeLens": []}
    async with editor(project, place.environment) as ed:
        typed = ed.client.protocol.get_result_type
        ed.client.protocol.get_result_type = lambda method: (
            None if method == types.TEXT_DOCUMENT_CODE_LENS else typed(method)
        )  # the client's own conversion to classes is not what is measured
        long, cart = ed.open(project / "lib/shop/long.ex"), ed.open(project / SOURCE)
        await ed.lenses(long)
        while len(found["codeLens"]) < requests:
            job = await _begun(ed, cart)
            while not job.done() and len(found["codeLens"]) < requests:
                line = len(found["codeLens"]) * 37 % _LINES
                found["codeAction"].append(await _timed(ed.actions(long, line)))
                found["codeLens"].append(await _timed(_lenses(ed, long)))
                await asyncio.sleep(_ASK_EVERY_S)
            await ed.command("testgen.cancel")
            await job
    return found


async def _begun(ed: Editor, uri: str) -> asyncio.Task[object]:
    """A generation of which the daemon has told something."""
    ed.applies = False
    ed.reports.clear()
    job = asyncio.create_task(ed.command("testgen.generate", {"uri": uri}))
    await _until(lambda: any(each.kind == "report" for each in ed.reports))
    return job


async def _lenses(ed: Editor, uri: str) -> None:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    await ed.client.text_document_code_lens_async(params)


async def _timed(asked: object) -> float:
    begun = time.monotonic()
    await asked  # type: ignore[misc]
    return (time.monotonic() - begun) * 1e3


async def clearing(place: Place, rounds: int) -> list[float]:
    """Milliseconds from an edit of the source to no surviving mutants shown in it."""
    project = place.project("clearing")
    (project / TEST).write_text(_WEAK, encoding="utf-8")
    found = []
    async with editor(project, place.environment) as ed:
        uri = ed.open(project / SOURCE)
        for _ in range(rounds):
            await ed.command("testgen.score", {"uri": uri})
            await _until(lambda: bool(ed.diagnostics(uri)))
            begun = time.monotonic()
            ed.change(uri, ed.texts[uri] + "\n")
            await _until(lambda: not ed.diagnostics(uri))
            found.append((time.monotonic() - begun) * 1e3)
    return found


async def _until(condition: object) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not come")
        await asyncio.sleep(0.001)


async def generating(place: Place, rounds: int) -> dict[str, list[float]]:
    """Seconds of a warm generation to its first accepted test and to its end; and of the command line."""
    project = place.project("generating")
    (project / TEST).unlink()
    found: dict[str, list[float]] = {"first": [], "all": [], "command": []}
    for number in range(rounds + 1):
        async with editor(project, place.environment, options={"preview": True, "events": True}) as ed:
            uri = ed.open(project / SOURCE)
            ed.applies = False
            begun = time.monotonic()
            job = asyncio.create_task(ed.command("testgen.generate", {"uri": uri}))
            await _until(lambda ed=ed: any(each.kind == EventKind.ACCEPTED.value for each in ed.previews))
            first = time.monotonic() - begun
            await job
            whole = time.monotonic() - begun
        command = _by_command(place, project)
        if number:
            found["first"].append(first)
            found["all"].append(whole)
            found["command"].append(command)
    return found


def _by_command(place: Place, project: Path) -> float:
    begun = time.monotonic()
    subprocess.run(
        [testgen(), "generate", SOURCE, "--stdout"],
        cwd=project,
        env={**place.environment, "TESTGEN_NO_DAEMON": "1"},
        capture_output=True,
        check=True,
    )
    return time.monotonic() - begun


async def cancelling(place: Place, rounds: int) -> list[float]:
    """Seconds from a cancel in the editor until no process of the job runs: what is left, if anything, is
    the VM that is kept for the next job, idle.
    """
    project = place.project("cancelling")
    (project / TEST).unlink()
    found = []
    async with editor(project, place.environment) as ed, await Daemon.connect(place.daemon.folder) as daemon:
        uri = ed.open(project / SOURCE)
        for number in range(rounds):
            job = await _begun(ed, uri)
            await asyncio.sleep(0.2 + 0.3 * number)
            begun = time.monotonic()
            await ed.command("testgen.cancel")
            await _until_idle(daemon)
            found.append(time.monotonic() - begun)
            await job
    return found


async def _until_idle(daemon: Daemon) -> None:
    """Nothing runs, and every process below the daemon belongs to a VM that is known to be idle."""
    while True:
        status = await daemon.status()
        roots = {each.pid for each in status.agents if not each.busy}
        if not status.running and not _strangers(status.pid, roots):
            return
        await asyncio.sleep(0.01)


def _strangers(daemon: int, roots: set[int]) -> list[int]:
    known = set(roots)
    for pid in roots:
        if psutil.pid_exists(pid):
            known |= {each.pid for each in psutil.Process(pid).children(recursive=True)}
    below = psutil.Process(daemon).children(recursive=True)
    return [each.pid for each in below if each.pid not in known]


async def recovering(place: Place, rounds: int) -> tuple[list[float], bool]:
    """Seconds from `kill -9` of the daemon in mid-job until a new one runs a job of the same editor; and
    whether each time the lost job was named, and the source and the absent test file stayed as they were.
    """
    project = place.project("recovering")
    (project / TEST).unlink()
    source, found, told = (project / SOURCE).read_bytes(), [], True
    async with editor(project, place.environment) as ed:
        uri = ed.open(project / SOURCE)
        for _ in range(rounds):
            job = await _begun(ed, uri)
            await asyncio.sleep(0.3)
            endpoint = place.daemon.folder.endpoint()
            if endpoint is None:
                raise RuntimeError("the daemon has no address")
            begun = time.monotonic()
            psutil.Process(endpoint.pid).kill()
            answer = await job
            again = await _begun(ed, uri)
            found.append(time.monotonic() - begun)
            told &= "lost" in str(answer) and (project / SOURCE).read_bytes() == source
            told &= not (project / TEST).exists()
            await ed.command("testgen.cancel")
            await again
    return found, told
