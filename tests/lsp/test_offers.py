"""What is offered, where, and when it is not: actions, lenses, hints, completions, the way to the tests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from tests.editor import editor
from tests.project_copies import ProjectCopies

CART = "lib/shop/cart.ex"
TEST = "test/shop/cart_test.exs"
REWRITE = "refactor.rewrite.generateTests.exunit"
WRITTEN = """defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  alias Shop.Cart

  test "counts 🛒" do
    cart = Cart.add(Cart.new(), "🛒🛒", 100, 3)
    assert Cart.count(cart)
  end
end
"""


def at(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text().split("\n")) if text in line)


def test_the_functions_action_comes_first_and_the_modules_follows(
    cart: Path, environment: dict[str, str]
) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            found = await ed.actions(uri, at(cart / CART, "def subtotal"))
            assert [(each.title, each.kind) for each in found] == [
                ("Generate tests for subtotal/1", REWRITE),
                ("Generate tests for this module", REWRITE),
            ]
            assert all(each.edit is None and each.command for each in found)
            private = await ed.actions(uri, at(cart / CART, "defp put_item"))
            assert [each.title for each in private] == ["Generate tests for this module"]

    asyncio.run(conversation())


@pytest.mark.parametrize(
    ("only", "num"),
    [
        (["refactor"], 2),
        (["refactor.rewrite"], 2),
        ([REWRITE], 2),
        (["refactor.rewrite.generateTests.liveview"], 0),
        (["refactor.extract"], 0),
        (["source"], 1),
        (["source.generateTests"], 1),
        (["source.fixAll"], 0),
        (["quickfix"], 0),
        (["refactor.rewrite.generate"], 0),
    ],
)
def test_parent_kinds_are_honoured(
    cart: Path, environment: dict[str, str], only: list[str], num: int
) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            assert len(await ed.actions(uri, at(cart / CART, "def total"), only=only)) == num

    asyncio.run(conversation())


def test_nothing_is_offered_when_nobody_asked(cart: Path, environment: dict[str, str]) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            automatic = types.CodeActionTriggerKind.Automatic
            assert await ed.actions(uri, 20, trigger_kind=automatic) == []
            assert await ed.actions(uri, 20, trigger_kind=automatic, only=["source"]) == []
            for name in ("mix.exs", "test/test_helper.exs"):
                assert await ed.actions(ed.open(cart / name), 1) == []
            assert await ed.actions(ed.open(cart / TEST, WRITTEN), 3) == []

    asyncio.run(conversation())


def test_lenses_say_what_the_tests_are_worth_once_it_is_known(
    cart: Path, environment: dict[str, str]
) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            before = [each.command.title for each in await ed.lenses(uri) if each.command]
            assert before.count("Generate tests") == 6
            assert before[0] == "Generate tests for this module"
            await ed.command("testgen.generate", {"uri": uri})
            after = [each.command.title for each in await ed.lenses(uri) if each.command]
            assert sum("mutants killed" in title for title in after) >= 5
            assert "mutants killed" in after[0]
            tests = await ed.lenses((cart / TEST).as_uri())
            assert tests[0].command is not None
            assert "mutants killed" in tests[0].command.title

    asyncio.run(conversation())


def test_survivors_are_hints_that_go_when_the_source_is_edited_and_offer_a_test(
    cart: Path, environment: dict[str, str]
) -> None:
    (cart / TEST).write_text(WRITTEN.replace("assert Cart.count(cart)", "assert Cart.count(cart) == 3"))

    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            answer = await ed.command("testgen.score", {"uri": uri})
            hints = ed.diagnostics(uri)
            assert len(hints) == answer["survivors"] > 10
            assert all(each.severity is types.DiagnosticSeverity.Hint for each in hints)
            hint = next(each for each in hints if "+ " in each.message or "+  " in each.message)
            fixes = await ed.actions(uri, hint.range.start.line, diagnostics=[hint], only=["quickfix"])
            assert [each.title for each in fixes] == ["Write a test that kills this mutant"]
            begun = asyncio.get_running_loop().time()
            ed.change(uri, ed.texts[uri] + "\n")
            while ed.diagnostics(uri):
                await asyncio.sleep(0.005)
            assert asyncio.get_running_loop().time() - begun < 1.0

    asyncio.run(conversation())


def test_the_quick_fix_writes_a_test_that_kills_the_mutant(cart: Path, environment: dict[str, str]) -> None:
    (cart / TEST).write_text(WRITTEN.replace("assert Cart.count(cart)", "assert Cart.count(cart) == 3"))

    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            uri = ed.open(cart / CART)
            before = await ed.command("testgen.score", {"uri": uri})
            hint = next(each for each in ed.diagnostics(uri) if "arithmetic.operator" in str(each.code))
            fix = (await ed.actions(uri, hint.range.start.line, diagnostics=[hint], only=["quickfix"]))[0]
            answer = await ed.command(fix.command["command"], *fix.command["arguments"])
            assert answer["applied"] is True, (hint, answer, ed.client.messages[-1:])
            assert answer["tests"] >= 1
            test = (cart / TEST).as_uri()
            (cart / TEST).write_text(ed.texts[test])
            after = await ed.command("testgen.score", {"uri": uri})
            assert after["survivors"] < before["survivors"]

    asyncio.run(conversation())


@pytest.mark.parametrize("encodings", [("utf-16",), ("utf-8",)], ids=lambda e: e[0])
def test_a_started_assertion_is_offered_with_what_the_code_returns(
    cart: Path, environment: dict[str, str], encodings: tuple[str, ...]
) -> None:
    from tests.editor import capabilities

    async def conversation() -> None:
        options = {"completion_s": 30.0}  # the VM is cold here
        async with editor(cart, environment, able=capabilities(encodings=encodings), options=options) as ed:
            uri = ed.open(cart / TEST, WRITTEN)
            items = await ed.completions(uri, 6, len("    assert Cart.count(cart)"))
            assert [each.label for each in items] == ["assert Cart.count(cart) == 3"]
            assert isinstance(items[0].text_edit, types.TextEdit)
            assert items[0].text_edit.range.start == types.Position(6, 4)
            assert await ed.completions(uri, 5, 10) == []
            assert await ed.completions(uri, 1, 5) == []

    asyncio.run(conversation())


def test_a_completion_that_takes_too_long_is_not_offered(cart: Path, environment: dict[str, str]) -> None:
    slow = WRITTEN.replace("assert Cart.count(cart)", "assert Process.sleep(20_000)")

    async def conversation() -> None:
        async with editor(cart, environment, options={"completion_s": 0.5}) as ed:
            uri = ed.open(cart / TEST, slow)
            begun = asyncio.get_running_loop().time()
            assert await ed.completions(uri, 6, len("    assert Process.sleep(20_000)")) == []
            assert asyncio.get_running_loop().time() - begun < 5

    asyncio.run(conversation())


def test_from_a_module_to_its_tests_and_back_in_an_umbrella(
    projects: ProjectCopies, environment: dict[str, str]
) -> None:
    umbrella = projects.fresh("umbrella")
    source = umbrella / "apps/catalog/lib/catalog/search.ex"
    test = umbrella / "apps/catalog/test/catalog/search_test.exs"
    test.parent.mkdir(parents=True, exist_ok=True)
    test.write_text("defmodule Catalog.SearchTest do\nend\n")

    async def conversation() -> None:
        async with editor(umbrella, environment) as ed:
            there = await ed.command("testgen.goToTest", {"uri": source.as_uri()})
            assert there["uri"] == test.as_uri()
            back = await ed.command("testgen.goToTest", {"uri": test.as_uri()})
            assert back["uri"] == source.as_uri()
            assert ed.shown == [test.as_uri(), source.as_uri()]

    asyncio.run(conversation())


def test_the_status_names_model_daemon_and_last_error(cart: Path, environment: dict[str, str]) -> None:
    async def conversation() -> None:
        async with editor(cart, environment) as ed:
            await ed.command("testgen.generate", {"nothing": True})
            status = await ed.command("testgen.status")
            assert status["busy"] == []
            assert "testgen.generate wants" in status["lastError"]
            assert status["daemon"]["model"]["state"] == "off"
            models = await ed.command("testgen.models")
            assert models["models"] == []
            wrong = await ed.command("testgen.chooseModel", {"model": "none such"})
            assert "none such" in wrong["error"]

    asyncio.run(conversation())
