from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from testgen.cli import cli
from testgen.errors import BaselineFailed, TestgenError
from testgen.exit_code import ExitCode
from testgen.mutation import MutationReport, Outcome
from tests.core.scoring.reports import full_report, report


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Makes `score` answer with the last of the list, or raise it, without a run."""
    answers: list[object] = [full_report()]

    def answer(*_: object) -> MutationReport:
        if isinstance(answers[-1], BaseException):
            raise answers[-1]
        assert isinstance(answers[-1], MutationReport)
        return answers[-1]

    monkeypatch.setattr("testgen.scoring.score", answer)
    return answers


def test_help_lists_every_command_with_a_sentence() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == ExitCode.OK
    first_words = {"generate": "Write", "score": "Mutate", "doctor": "Say", "serve": "Run"}
    first_words |= {"dashboard": "Show", "model": "List"}
    for command, word in first_words.items():
        assert f"  {command} {word}" in re.sub(r"(?<=\w) +", " ", result.output)


def test_starting_the_command_loads_no_agent_and_no_rich() -> None:
    heavy = "('rich', 'testgen.agent', 'testgen.scoring')"
    code = f"import sys, testgen.cli; print([name for name in sys.modules if name.startswith({heavy})])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_an_unknown_command_is_a_wrong_command_line() -> None:
    assert CliRunner().invoke(cli, ["scoer"]).exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("least", "code"), [(None, ExitCode.OK), ("50", ExitCode.OK), ("50.1", ExitCode.BELOW_MIN_SCORE)]
)
def test_the_score_is_held_against_the_least_asked_for(
    scored: list[object], least: str | None, code: ExitCode
) -> None:
    options = ["--min-score", least] if least else []
    assert CliRunner().invoke(cli, ["score", "x.ex", *options]).exit_code == code


def test_a_report_without_scored_mutants_is_not_below_anything(scored: list[object]) -> None:
    scored.append(report(Outcome.INVALID))
    assert CliRunner().invoke(cli, ["score", "x.ex", "--min-score", "90"]).exit_code == ExitCode.OK


def test_an_interrupted_run_has_a_status_of_its_own(scored: list[object]) -> None:
    from dataclasses import replace

    scored.append(replace(full_report(), interrupted=True))
    result = CliRunner().invoke(cli, ["score", "x.ex", "--min-score", "99"])
    assert result.exit_code == ExitCode.INTERRUPTED
    assert "interrupted" in result.output


def test_an_interrupt_before_there_is_a_report_says_so(scored: list[object]) -> None:
    scored.append(KeyboardInterrupt())
    result = CliRunner().invoke(cli, ["score", "x.ex"])
    assert result.exit_code == ExitCode.INTERRUPTED
    assert "before there was anything to show" in result.output


def test_an_error_is_told_with_its_next_step_and_ends_with_its_status(scored: list[object]) -> None:
    scored.append(BaselineFailed("2 tests fail.", "Run `mix test`."))
    result = CliRunner().invoke(cli, ["score", "x.ex"])
    assert result.exit_code == ExitCode.BASELINE_FAILED
    assert result.stderr == "Error: 2 tests fail.\nNext:  Run `mix test`.\n"
    assert result.stdout == ""


def test_an_error_without_a_next_step_is_told_alone(scored: list[object]) -> None:
    scored.append(TestgenError("No."))
    assert CliRunner().invoke(cli, ["score", "x.ex"]).stderr == "Error: No.\n"


def test_json_on_stdout_is_alone_there(scored: list[object]) -> None:
    result = CliRunner().invoke(cli, ["score", "x.ex", "--json", "-"])
    assert result.stdout.startswith("{")
    assert result.stdout.endswith("}\n")


def test_reports_are_written_beside_the_one_for_people(scored: list[object], tmp_path: Path) -> None:
    json_file, html_file = tmp_path / "r.json", tmp_path / "r.html"
    result = CliRunner().invoke(cli, ["score", "x.ex", "--json", str(json_file), "--html", str(html_file)])
    assert "score 50.0%" in result.stdout
    assert json_file.read_text().startswith("{")
    assert html_file.read_text().startswith("<!DOCTYPE html>")


def test_a_report_that_cannot_be_written_is_told(scored: list[object], tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["score", "x.ex", "--json", str(tmp_path / "no" / "r.json")])
    assert result.exit_code == ExitCode.IO
    assert "could not be written" in result.stderr


def test_a_profile_needs_muzak() -> None:
    result = CliRunner().invoke(cli, ["score", "x.ex", "--profile", "ci"])
    assert result.exit_code == ExitCode.USAGE
    assert "--engine muzak" in result.stderr
