"""Whole generations for LiveViews, on a real Phoenix project in a real VM."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from testgen.errors import NothingTestable, ProjectInvalid
from testgen.progress import SilentProgress
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.generation import generate
from testgen.synthesis.report import Generated
from testgen.test_kind import TestKind
from tests.project_copies import ProjectCopies

Generate = Callable[[str], Generated]


def score(result: Generated) -> float:
    """The share of mutants that the delivered tests kill."""
    return list(result.outcomes.values()).count("killed") / len(result.mutants)


@pytest.mark.hex
def test_a_counter_is_clicked_and_its_numbers_are_read(generated: Generate) -> None:
    result = generated("live/counter_live.ex")
    assert score(result) >= 0.95
    assert '{:ok, view, _html} = live(build_conn(), "/counter")' in result.text
    assert 'view |> element("button", "+") |> render_click()' in result.text
    assert re.search(r'assert has_element\?\(view, "#count", "-?\d"\)', result.text)
    assert 'refute has_element?(view, "#reset")' in result.text


@pytest.mark.hex
def test_no_test_compares_whole_html(generated: Generate) -> None:
    result = generated("live/todo_live.ex")
    assert result.tests
    assert "html =~" not in result.text
    assert "<" not in result.text.replace("<-", "")


@pytest.mark.hex
def test_a_view_without_a_route_is_opened_isolated(generated: Generate) -> None:
    result = generated("live/todo_live.ex")
    assert "live_isolated(build_conn(), TodoLive)" in result.text
    assert 'form("#new-item", title: "Buy bread") |> render_submit()' in result.text
    assert score(result) >= 0.9


@pytest.mark.hex
def test_a_form_is_filled_in_rightly_and_wrongly_and_its_flash_is_read(generated: Generate) -> None:
    text = generated("live/registration_live.ex").text
    assert 'has_element?(view, "#name-error", "can\'t be blank")' in text
    assert 'flash = assert_redirect(view, "/welcome/Ann")' in text
    assert 'assert flash["info"] == "Welcome, Ann!"' in text


@pytest.mark.hex
def test_messages_of_other_processes_are_sent(generated: Generate) -> None:
    text = generated("live/ticker_live.ex").text
    assert "send(view.pid, :closed)" in text
    assert 'has_element?(view, "#trend.trend-closed", "closed")' in text


@pytest.mark.hex
def test_a_module_that_is_no_view_is_refused(phoenix: Path) -> None:
    config = GenerateConfig(path=phoenix / "lib/live_views_web/router.ex", kind=TestKind.LIVEVIEW)
    with pytest.raises(NothingTestable, match="neither a LiveView nor a component"):
        generate(config, SilentProgress())


def test_a_project_without_live_view_is_refused(projects: ProjectCopies, cache: Path) -> None:
    config = GenerateConfig(
        path=projects.built("cart") / "lib/shop/cart.ex", kind=TestKind.LIVEVIEW, budget_s=5
    )
    with pytest.raises(ProjectInvalid, match="no Phoenix LiveView"):
        generate(config, SilentProgress())
