"""`doctor`: what it tries, and what it says when something is missing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from testgen import doctor
from testgen.doctor import Check, DoctorReport, Status, render, run_doctor
from testgen.exit_code import ExitCode
from testgen.sandbox import Bubblewrap, ProcessGroup, SandboxUnavailable


def by_name(report: DoctorReport) -> dict[str, Check]:
    return {check.name: check for check in report.checks}


def test_a_machine_where_everything_works_is_told_so(cache: Path, tmp_path: Path) -> None:
    report = run_doctor(tmp_path)
    assert [check.name for check in report.checks if check.status is Status.FAILED] == []
    assert report.exit_code is ExitCode.OK
    assert "Elixir 1." in by_name(report)["agent"].detail
    assert json.loads(json.dumps(report.to_json()))["ok"] is True


def test_a_machine_without_elixir_is_told_how_to_install_it(
    empty_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    checks = by_name(run_doctor(tmp_path))
    assert checks["elixir"].status is Status.FAILED
    assert "apt-get install elixir" in checks["elixir"].mend
    assert checks["agent"].status is Status.SKIPPED
    assert checks["node"].status is Status.OK, "testgen needs no node"
    assert run_doctor(tmp_path).exit_code is ExitCode.TOOLCHAIN


def test_a_cache_that_cannot_be_written_fails(
    elixir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TESTGEN_CACHE_DIR", str(tmp_path / "file/cache"))
    report = run_doctor(tmp_path)
    assert by_name(report)["cache"].status is Status.FAILED
    assert "TESTGEN_CACHE_DIR" in by_name(report)["cache"].mend
    assert report.exit_code is ExitCode.IO


def test_a_machine_without_bubblewrap_works_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Bubblewrap:
        raise SandboxUnavailable("`bwrap` was not found on PATH.", "sudo apt-get install bubblewrap")

    monkeypatch.setattr(Bubblewrap, "find", missing)
    check = doctor._sandbox()
    assert check.status is Status.WARNING
    assert "run with your rights" in check.detail
    assert check.mend == "sudo apt-get install bubblewrap"
    assert DoctorReport(checks=(check,)).exit_code is ExitCode.OK


def test_the_look_from_inside_finds_walls_that_are_missing() -> None:
    found = doctor._trouble_inside(ProcessGroup())
    assert "the home folder is visible" in found or "the network is there" in found


def test_a_report_is_printed_with_what_to_do() -> None:
    report = DoctorReport(
        checks=(
            Check(name="elixir", status=Status.OK, detail="1.14.0"),
            Check(name="cache", status=Status.FAILED, detail="[/] is read-only", mend="Make it writable"),
        )
    )
    out = io.StringIO()
    render(report, Console(file=out, width=200))
    assert out.getvalue().splitlines() == [
        "ok      elixir  1.14.0",
        "failed  cache   [/] is read-only",
        "                -> Make it writable",
        "testgen does not work here yet.",
    ]
