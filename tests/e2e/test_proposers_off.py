"""A proposer can be left out, so that a measurement tells what it adds."""

from __future__ import annotations

import json

import pytest

from testgen.exit_code import ExitCode
from testgen.synthesis.proposers import NAMES
from tests.command_line import CommandLine
from tests.project_copies import ProjectCopies


def test_without_doctests_and_guidance_the_suite_has_neither(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    root = projects.built("cart")
    (root / "test/shop/cart_test.exs").unlink()
    whole, part = (
        testgen("generate", "lib/shop/cart.ex", "--stdout", *options, cwd=root)
        for options in ((), ("--without", "doctests", "--without", "guidance"))
    )
    assert part.exit_code == ExitCode.OK, part.output
    assert "doctest Cart" in whole.stdout
    assert "doctest" not in part.stdout
    assert "assert" in part.stdout


def test_with_every_proposer_off_nothing_can_be_tested(testgen: CommandLine, projects: ProjectCopies) -> None:
    root = projects.built("cart")
    (root / "test/shop/cart_test.exs").unlink()
    options = [part for name in NAMES for part in ("--without", name)]
    run = testgen("generate", "lib/shop/cart.ex", "--json", *options, cwd=root)
    assert run.exit_code == ExitCode.NOTHING_TESTABLE, run.output
    assert json.loads(run.stdout)["candidates"] == 0


@pytest.mark.usefixtures("elixir")
def test_a_proposer_that_there_is_not_is_wrong_use_and_told_with_those_there_are(
    testgen: CommandLine, projects: ProjectCopies
) -> None:
    run = testgen("generate", "lib/shop/cart.ex", "--without", "luck", cwd=projects.fresh("cart"))
    assert run.exit_code == ExitCode.USAGE, run.output
    assert "luck" in run.stderr
    assert "guidance" in run.stderr
