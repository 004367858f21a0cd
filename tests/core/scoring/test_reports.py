from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from testgen.mutation import MutationReport, Outcome, Position, SampleEstimate
from testgen.scoring.html import to_html
from testgen.scoring.stryker import STATUSES, to_stryker
from testgen.scoring.terminal import percent, print_reports
from tests.core.scoring.reports import SOURCE, full_report, mutant, report

SCHEMA = (
    Path(__file__).parent / "data" / "mutation-testing-report-schema" / "mutation-testing-report-schema.json"
)


def printed(shown: MutationReport, **options: Any) -> str:
    stream = io.StringIO()
    print_reports([shown], Console(file=stream, width=60, **options))
    return stream.getvalue()


def validate(found: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema.validate(json.loads(json.dumps(found)), schema, jsonschema.Draft7Validator)


def mutants_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    mutants: list[dict[str, Any]] = found["files"]["lib/shop.ex"]["mutants"]
    return mutants


def test_the_json_is_valid_in_strykers_schema() -> None:
    validate(to_stryker([full_report()]))
    validate(to_stryker([report()]))


def test_every_outcome_has_a_status_of_the_schema() -> None:
    assert set(STATUSES) == set(Outcome)
    statuses = [one["status"] for one in mutants_of(to_stryker([full_report()]))]
    assert statuses == ["Killed", "Survived", "NoCoverage", "Timeout", "CompileError", "Ignored", "Pending"]


def test_the_json_says_which_tests_covered_and_killed_and_where_they_are() -> None:
    found = to_stryker([full_report()])
    [test] = found["testFiles"]["test/shop_test.exs"]["tests"]
    killed, survived, uncovered = mutants_of(found)[:3]
    assert killed["killedBy"] == killed["coveredBy"] == survived["coveredBy"] == [test["id"]]
    assert uncovered["coveredBy"] == survived["killedBy"] == []
    assert test["location"]["start"]["line"] == 4


def test_mutants_have_different_ids() -> None:
    ids = [one["id"] for one in mutants_of(to_stryker([full_report()]))]
    assert len(set(ids)) == len(ids)


def test_columns_in_the_json_count_utf16_units() -> None:
    changed = mutant(1, start=Position(1, 8), end=Position(1, 12))
    result = replace(report(Outcome.KILLED).results[0], mutant=changed)
    found = to_stryker([replace(report(), source='"😀" <> name\n', results=(result,))])
    assert mutants_of(found)[0]["location"] == {
        "start": {"line": 1, "column": 9},
        "end": {"line": 1, "column": 13},
    }


def test_the_json_tells_of_a_sample_what_it_stands_for() -> None:
    sampled = replace(full_report(), sample=SampleEstimate(size=2, population=9, seed=3, low=0.1, high=0.9))
    found = to_stryker([sampled])
    validate(found)
    assert found["config"]["sample"]["interval95"] == [0.1, 0.9]


def test_the_page_holds_the_report_and_the_viewer_and_fetches_nothing() -> None:
    page = to_html([full_report()])
    assert "mutation-test-report-app" in page
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", page)
    assert "default-src 'none'" in page
    assert json.loads(embedded(page)) == to_stryker([full_report()])


def test_source_that_would_end_the_script_cannot() -> None:
    hostile = SOURCE.replace("Shop", "Shop # </script><script>alert(1)</script><!--")
    page = to_html([replace(full_report(), source=hostile)])
    assert "alert(1)</script>" not in page
    assert json.loads(embedded(page))["files"]["lib/shop.ex"]["source"] == hostile


def embedded(page: str) -> str:
    found = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_viewer_comes_with_its_licence() -> None:
    from importlib import resources

    folder = resources.files("testgen.scoring") / "assets" / "mutation-testing-elements"
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert "mutation-testing-elements" in (folder / "NOTICE").read_text()


def test_the_terminal_shows_survivors_by_function_with_place_and_diff() -> None:
    text = printed(full_report())
    assert "Shop.total/2\n  lib/shop.ex:2  arithmetic.add_sub\n" in text
    assert "    - def total(a, b), do: a + b\n    + def total(a, b), do: a * b\n" in text
    assert "Shop.free?/1\n  lib/shop.ex:5  comparison.lte_lt (no test reaches it)\n" in text


def test_the_terminal_shows_counts_and_both_scores() -> None:
    text = printed(full_report())
    assert "7 mutants, 1 test: 1 killed, 1 timed out, 1 survived, 1 not covered, 1 invalid, 1 not run" in text
    assert "score 50.0%, strict 25.0%" in text


def test_the_terminal_tells_of_a_sample_and_of_an_interrupt() -> None:
    sampled = replace(
        full_report(),
        sample=SampleEstimate(size=4, population=90, seed=3, low=0.15, high=0.85),
        interrupted=True,
    )
    text = printed(sampled)
    assert "sample of 4 of 90 mutants, 95% interval 15.0% to 85.0%, seed 3" in text
    assert "interrupted" in text


def test_a_pipe_gets_no_colour_and_no_broken_line() -> None:
    text = printed(full_report())
    assert "\x1b" not in text
    assert any(len(line) > 60 for line in text.splitlines())


def test_no_color_is_respected_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in printed(full_report(), force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in printed(full_report(), force_terminal=True, color_system="standard")


def test_square_brackets_of_the_source_are_no_markup() -> None:
    listed = replace(full_report(), source=SOURCE.replace("a + b", "[red]"))
    assert "[red]" in printed(listed)


def test_a_report_without_scored_mutants_says_so() -> None:
    assert "score: none" in printed(report(Outcome.INVALID))


@pytest.mark.parametrize(
    ("share", "shown"), [(1, "100.0%"), (1999 / 2000, "99.9%"), (0, "0.0%"), (1e-5, "0.1%"), (0.845, "84.5%")]
)
def test_only_all_is_shown_as_100_percent_and_only_none_as_0(share: float, shown: str) -> None:
    assert percent(share) == shown
