"""Runs one project's own suite, plain or with all its modules switched, and reads what `hook.exs` wrote."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_HOOK = Path(__file__).with_name("hook.exs")


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchedFile:
    """What became of one source file: `status` is `ok` or the kind of error that the build gave."""

    path: str
    status: str
    modules: int
    mutants: int
    pruned: int
    invalid: int
    recompiled: int
    fallbacks: int
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TestResult:
    """How one test ended."""

    __test__ = False

    status: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SuiteRun:
    """One run of a suite. `finished` is false where the VM ended before the suite did."""

    finished: bool
    seconds: float
    tests: dict[str, TestResult]
    files: list[SwitchedFile]
    output: str = field(repr=False)


def run_suite(project: Path, *, ebin: Path, switch: list[str], timeout_s: float) -> SuiteRun:
    """Runs `mix test --seed 0` in `project`; `switch` names the source files to switch first."""
    out = project / "switching_study.tsv"
    out.unlink(missing_ok=True)
    env = {
        **os.environ,
        "MIX_ENV": "test",
        "LC_ALL": "C.UTF-8",
        "STUDY_OUT": str(out),
        "STUDY_FILES": "\n".join(switch),
    }
    argv = ["elixir", "-pa", str(ebin), "-r", str(_HOOK), "-S", "mix", "test", "--seed", "0"]
    argv += ["--max-cases", "1", "--formatter", "Testgen.SwitchingStudy.Formatter"]
    started = time.monotonic()
    try:
        done = subprocess.run(
            argv,
            cwd=project,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        output = done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode(errors="replace") + f"\nended after {timeout_s} s"
    return _read(out, seconds=time.monotonic() - started, output=output)


def _read(out: Path, *, seconds: float, output: str) -> SuiteRun:
    written = out.read_text(encoding="utf-8") if out.exists() else ""
    lines = written.replace(f"{out.parent.parent}/", "").split("\n")
    rows = [line.split("\t") for line in lines if line]
    return SuiteRun(
        finished=bool(rows) and rows[-1] == ["end"],
        seconds=seconds,
        tests={
            f"{module} {name}": TestResult(status=status, message=message)
            for kind, status, module, name, message in (row for row in rows if row[0] == "test")
            if kind
        },
        files=[_file(row) for row in rows if row[0] == "file"],
        output=output,
    )


def _file(row: list[str]) -> SwitchedFile:
    _, path, status, modules, mutants, pruned, invalid, recompiled, fallbacks, message = row
    return SwitchedFile(
        path=path,
        status=status,
        modules=int(modules),
        mutants=int(mutants),
        pruned=int(pruned),
        invalid=int(invalid),
        recompiled=int(recompiled),
        fallbacks=int(fallbacks),
        message=message,
    )
