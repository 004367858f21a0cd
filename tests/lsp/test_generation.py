"""Generating through the protocol: new files, files that are open and dirty, accepted and declined tests."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from testgen.wire import EventKind
from tests.editor import capabilities, editor
from tests.project_copies import ProjectCopies

CART = "lib/shop/cart.ex"
TEST = "test/shop/cart_test.exs"
DIRTY = """defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  alias Shop.Cart

  # 🛒🛒 not saved yet
  test "an empty cart costs nothing 🎉" do
    assert Cart.total(Cart.new()) == 0
  end
end
"""


def mix_test(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mix", "test"], cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("encodings", [("utf-16",), ("utf-8", "utf-16"), ("utf-32",)], ids=lambda e: e[0])
def test_a_new_test_file_is_made_shown_and_green(
    cart: Path, environment: dict[str, str], encodings: tuple[str, ...]
) -> None:
    async def conversation() -> None:
        async with editor(cart, environment, able=capabilities(encodings=encodings)) as ed:
            uri = ed.open(cart / CART)
            answer = await ed.command("testgen.generate", {"uri": uri})
            assert answer["applied"] is True
            assert answer["tests"] >= 5
            assert ed.shown == [(cart / TEST).as_uri()]

    asyncio.run(conversation())
    done = mix_test(cart)
    assert done.returncode == 0, done.stdout
    assert "0 failures" in done.stdout


@pytest.mark.parametrize("encodings", [("utf-16",), ("utf-8",)], ids=lambda e: e[0])
def test_an_open_unsaved_test_file_keeps_every_line_of_it(
    cart: Path, environment: dict[str, str], encodings: tuple[str, ...]
) -> None:
    async def conversation() -> str:
        async with editor(cart, environment, able=capabilities(encodings=encodings)) as ed:
            (cart / TEST).write_text("defmodule Shop.CartTest do\nend\n")
            source, test = ed.open(cart / CART), ed.open(cart / TEST, DIRTY)
            answer = await ed.command("testgen.generate", {"uri": source, "functions": ["add/4"]})
            assert answer["applied"] is True
            return ed.texts[test]

    text = asyncio.run(conversation())
    assert (cart / TEST).read_text() == "defmodule Shop.CartTest do\nend\n"  # saving is the person's
    rest = iter(text.splitlines())
    assert all(line in rest for line in DIRTY.splitlines())
    assert 'describe "add/4" do' in text
    (cart / TEST).write_text(text)
    done = mix_test(cart)
    assert done.returncode == 0, done.stdout


def test_each_test_is_accepted_or_declined_by_itself_and_not_offered_again(
    cart: Path, environment: dict[str, str]
) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            labels: list[str] = []

            def accepts_second(annotation: object) -> bool:
                """The doctests come first."""
                labels.append(annotation.label)  # type: ignore[attr-defined]
                return len(labels) == 2

            ed.accepts = accepts_second
            await ed.command("testgen.generate", {"uri": uri})
            test = (cart / TEST).as_uri()
            assert ed.texts[test].count("\n    test ") + ed.texts[test].count("\n  test ") == 1
            assert "doctest" not in ed.texts[test]
            assert ed.texts[test].count("  describe ") == 1
            declined = set(labels) - {labels[1]}
            offered: list[str] = []
            ed.accepts = lambda annotation: offered.append(annotation.label) or True  # type: ignore[func-returns-value]
            await ed.command("testgen.generate", {"uri": uri})
            assert declined
            assert not declined & set(offered)

    asyncio.run(conversation())


def test_a_declined_edit_leaves_no_file_and_no_folder(cart: Path, environment: dict[str, str]) -> None:
    (cart / "test/shop").rmdir()

    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            ed.applies = False
            answer = await ed.command("testgen.generate", {"uri": uri, "functions": ["count/1"]})
            assert answer["applied"] is False
            assert not (cart / "test/shop").exists()
            ed.applies = True
            again = await ed.command("testgen.generate", {"uri": uri, "functions": ["count/1"]})
            assert again["applied"] is False  # the same tests: not offered again
            assert len(ed.edits) == 1

    asyncio.run(conversation())


@pytest.mark.parametrize("missing", ["creates", "annotations", "versions"])
def test_a_client_that_can_less_gets_what_it_can_apply(
    cart: Path, environment: dict[str, str], missing: str
) -> None:
    async def conversation() -> None:
        able = capabilities(**{missing: False})  # type: ignore[arg-type]
        async with editor(cart, environment, able=able) as ed:
            uri = ed.open(cart / CART)
            answer = await ed.command("testgen.generate", {"uri": uri, "functions": ["total/1"]})
            assert answer["applied"] is True
            edit = ed.edits[0]
            if missing == "versions":
                assert edit.changes
                assert not edit.document_changes
            if missing != "versions":
                assert bool(edit.change_annotations) is (missing != "annotations")

    asyncio.run(conversation())
    assert "defmodule Shop.CartTest" in (cart / TEST).read_text()


def test_a_test_file_that_is_edited_meanwhile_gets_the_tests_at_their_places(
    cart: Path, environment: dict[str, str]
) -> None:
    async def conversation() -> str:
        async with editor(cart, environment) as ed:
            source, test = ed.open(cart / CART), ed.open(cart / TEST, DIRTY)
            job = asyncio.create_task(ed.command("testgen.generate", {"uri": source, "functions": ["add/4"]}))
            await asyncio.wait_for(ed.began.wait(), 30)
            ed.change(test, "# typed while it searched\n" + DIRTY)
            assert (await job)["applied"] is True
            return ed.texts[test]

    text = asyncio.run(conversation())
    assert text.startswith("# typed while it searched\ndefmodule")
    assert text.index('describe "add/4"') > text.index("an empty cart")


def test_progress_says_what_goes_on_and_never_goes_back(cart: Path, environment: dict[str, str]) -> None:
    async def conversation() -> None:
        async with editor(cart, environment, options={"events": True}) as ed:
            uri = ed.open(cart / CART)
            await ed.command("testgen.generate", {"uri": uri})
            kinds = [each.kind for each in ed.reports]
            assert kinds[0] == "begin"
            assert kinds[-1] == "end"
            percents = [each.percentage for each in ed.reports if each.kind == "report"]
            assert percents == sorted(percents)
            messages = [each.message for each in ed.reports if each.kind == "report"]
            assert any("mutants killed" in message for message in messages)
            told = {preview.kind for preview in ed.previews}
            assert {EventKind.KILL.value, EventKind.ACCEPTED.value} <= told

    asyncio.run(conversation())


@pytest.mark.parametrize("path", ["request", "token", "command", "shutdown"])
def test_every_way_of_cancelling_ends_the_job(cart: Path, environment: dict[str, str], path: str) -> None:
    from lsprotocol import types

    async def conversation() -> None:
        async with editor(cart, environment, settle=path != "shutdown") as ed:
            uri = ed.open(cart / CART)
            job = asyncio.create_task(ed.command("testgen.generate", {"uri": uri}))
            await asyncio.wait_for(ed.began.wait(), 30)
            await asyncio.sleep(0.3)
            clock = asyncio.get_running_loop().time
            begun = clock()
            if path == "request":
                number = next(iter(ed.client.protocol._request_futures))
                ed.client.cancel_request(types.CancelParams(id=number))
            elif path == "token":
                ed.client.window_work_done_progress_cancel(
                    types.WorkDoneProgressCancelParams(token=ed.tokens[0])
                )
            elif path == "command":
                assert (await ed.command("testgen.cancel"))["cancelled"] == 1
            else:
                await ed.client.shutdown_async(None)
            (answer,) = await asyncio.gather(asyncio.wait_for(job, 20), return_exceptions=True)
            if path == "request":  # the request itself was given up
                assert isinstance(answer, Exception)
            else:
                assert answer["state"] == "cancelled"
            while ed.reports[-1].kind != "end" and clock() - begun < 10:
                await asyncio.sleep(0.02)
            assert clock() - begun < 2.5  # twice the limit and more: other tests run beside this one

    asyncio.run(conversation())


def test_nothing_runs_in_a_workspace_that_is_not_trusted(cart: Path, environment: dict[str, str]) -> None:
    async def conversation() -> None:
        async with editor(cart, environment, options={"trusted": False}) as ed:
            uri = ed.open(cart / CART)
            assert "not trusted" in (await ed.command("testgen.generate", {"uri": uri}))["error"]
            assert "not trusted" in (await ed.command("testgen.score", {"uri": uri}))["error"]
            ed.client.protocol.notify("testgen/trust", {"trusted": True})
            assert (await ed.command("testgen.generate", {"uri": uri, "functions": ["count/1"]}))["applied"]

    asyncio.run(conversation())


def test_a_file_outside_the_open_folders_is_not_run(
    cart: Path, projects: ProjectCopies, environment: dict[str, str]
) -> None:
    other = projects.fresh("plain")

    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(other / "lib/plain/phone.ex")
            assert "outside" in (await ed.command("testgen.generate", {"uri": uri}))["error"]

    asyncio.run(conversation())


def test_a_source_that_does_not_compile_is_told_in_words(cart: Path, environment: dict[str, str]) -> None:
    (cart / CART).write_text("defmodule Shop.Cart do\n  def total(, do: 1\nend\n")

    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            answer = await ed.command("testgen.generate", {"uri": uri})
            assert answer == {"state": "failed", "tests": 0, "applied": False}
            assert "cart.ex" in ed.client.messages[-1].message

    asyncio.run(conversation())
