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

CONN_CASE = """\
defmodule LiveViewsWeb.ConnCase do
  use ExUnit.CaseTemplate

  using do
    quote do
      @endpoint LiveViewsWeb.Endpoint
      import Phoenix.ConnTest
    end
  end

  setup do
    {:ok, conn: Phoenix.ConnTest.build_conn()}
  end
end
"""
EXISTING = """\
defmodule LiveViewsWeb.CounterLiveTest do
  use LiveViewsWeb.ConnCase, async: true

  import Phoenix.LiveViewTest

  test "starts at nothing", %{conn: conn} do
    {:ok, view, _html} = live(conn, "/counter")
    assert has_element?(view, "#count", "0")
  end
end
"""


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
def test_only_the_mutants_that_were_asked_for_get_tests(phoenix: Path) -> None:
    path = phoenix / "lib/live_views_web/live/modal_live.ex"
    every = generate(GenerateConfig(path=path, kind=TestKind.LIVEVIEW), SilentProgress())
    wanted = next(m for m in every.mutants if m.original == "false" and m.function == "handle_event/3")
    only = GenerateConfig(path=path, kind=TestKind.LIVEVIEW, mutants=(wanted.key,))
    assert len(generate(only, SilentProgress()).tests) == 1


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
def test_what_a_topic_announces_is_broadcast(generated: Generate) -> None:
    text = generated("live/ticker_live.ex").text
    assert 'Phoenix.PubSub.broadcast(LiveViews.PubSub, "prices", :closed)' in text
    assert 'has_element?(view, "#trend.trend-closed", "closed")' in text


@pytest.mark.hex
def test_patches_redirects_and_titles_are_asserted(generated: Generate) -> None:
    text = generated("live/products_live.ex").text
    assert 'assert_patch(view, "/products/cheap")' in text
    assert 'assert page_title(view) =~ "Products: cheap"' in text
    assert 'assert_redirect(view, "/counter")' in text
    assert 'assert {:error, {:live_redirect, %{to: "/products"}}} =' in text


@pytest.mark.hex
def test_a_dialog_is_opened_closed_and_confirmed(generated: Generate) -> None:
    result = generated("live/modal_live.ex")
    assert 'render_keydown(%{"key" => "Escape"})' in result.text
    assert result.text.count('refute has_element?(view, "#dialog")') >= 3
    assert score(result) >= 0.95


@pytest.mark.hex
def test_a_view_that_needs_a_session_gets_one(generated: Generate) -> None:
    result = generated("live/members_live.ex")
    assert 'init_test_session(%{"member" => "some member"}) |> live("/members")' in result.text
    assert 'flash: %{"error" => "Log in first"}' in result.text


@pytest.mark.hex
def test_function_components_are_rendered_with_their_slots(generated: Generate) -> None:
    result = generated("components/panels.ex")
    assert "render_component(&Panels.progress/1, done: " in result.text
    assert '<:column :let={value} label="Label"><%= value %></:column>' in result.text
    assert "import Phoenix.Component\n" in result.text
    assert score(result) >= 0.95


@pytest.mark.hex
def test_a_live_component_is_used_through_the_view_that_has_it(generated: Generate) -> None:
    result = generated("live/settings_live.ex")
    assert 'element("button", "Switch Sound") |> render_click()' in result.text
    assert score(result) >= 0.95


@pytest.mark.hex
def test_events_that_do_not_fit_together_are_findings(generated: Generate) -> None:
    told = {finding.text for finding in generated("live/mismatched_live.ex").findings}
    assert 'no clause takes the event "swich_off", which the page sends: the view crashes' in told
    assert 'takes the event "switch_off", which nothing in its file sends' in told


@pytest.mark.hex
def test_a_project_with_a_case_template_gets_its_connection_from_it(
    phoenix: Path, generated: Generate
) -> None:
    template = phoenix / "test/support/conn_case.ex"
    template.parent.mkdir()
    template.write_text(CONN_CASE)
    existing = phoenix / "test/live_views_web/live/counter_live_test.exs"
    existing.parent.mkdir(parents=True)
    existing.write_text(EXISTING)
    result = generated("live/counter_live.ex")
    assert result.text.startswith(EXISTING.removesuffix("end\n"))
    assert "{:ok, view, _html} = live(conn, " in result.text.removeprefix(EXISTING.removesuffix("end\n"))
    assert result.killed_before


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
