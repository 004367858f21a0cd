"""Says what of testgen works on this machine, and how to mend what does not.

Each check really does what a run would do: the agent is compiled, started in the sandbox and asked, a file is
written to the cache. Nothing is installed or changed, apart from the compiled agent in the cache.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from testgen.agent import Agent
from testgen.errors import SandboxUnavailable, TestgenError
from testgen.exit_code import ExitCode
from testgen.project import Project
from testgen.sandbox import Bubblewrap, Command, Limits, ProcessGroup, Sandbox, pick
from testgen.sandbox.limits import MIB
from testgen.toolchain import Toolchain, cache_root

_ENOUGH_FREE_BYTES = 1024 * MIB
_EMPTY_MODULE = "defmodule TestgenDoctor do\n  def well?, do: true\nend\n"


class Status(str, Enum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    """testgen works, with less than it promises."""
    FAILED = "failed"
    """testgen does not work until this is mended."""
    SKIPPED = "skipped"
    """Another check failed first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was tried."""

    name: str
    status: Status
    detail: str
    mend: str = ""
    """What to do about it; empty where nothing needs doing."""

    def to_json(self) -> dict[str, str]:
        """For `--json`; `mend` is there always, empty when all is well."""
        return {"name": self.name, "status": self.status.value, "detail": self.detail, "mend": self.mend}


@dataclass(frozen=True, kw_only=True, slots=True)
class DoctorReport:
    """All checks, in the order in which they build on one another."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> ExitCode:
        """OK unless a check failed; a toolchain that is missing has its own status."""
        failed = [check.name for check in self.checks if check.status is Status.FAILED]
        if not failed:
            return ExitCode.OK
        if failed[0] in ("elixir", "otp"):
            return ExitCode.TOOLCHAIN
        return ExitCode.IO if failed[0] in ("cache", "disk") else ExitCode.AGENT_FAILED

    def to_json(self) -> dict[str, Any]:
        """`{"ok": bool, "checks": [{"name", "status", "detail", "mend"}]}`."""
        return {"ok": self.exit_code is ExitCode.OK, "checks": [check.to_json() for check in self.checks]}


def run_doctor(folder: Path | None = None) -> DoctorReport:
    """Tries everything that a run in `folder` (here, if not given) would need. Raises nothing of
    `TestgenError`.
    """
    return DoctorReport(checks=tuple(_checks(folder or Path.cwd())))


def render(report: DoctorReport, console: Console) -> None:
    """Prints the report, a line or two a check, and what to do last."""
    width = max(len(check.name) for check in report.checks)
    for check in report.checks:
        sign, style = _SIGNS[check.status]
        console.print(f"[{style}]{sign:<7}[/] {check.name:<{width}}  {escape(check.detail)}", soft_wrap=True)
        if check.mend:
            console.print(f"{'':<{8 + width}}  -> {escape(check.mend)}", soft_wrap=True)
    words = "testgen works here." if report.exit_code is ExitCode.OK else "testgen does not work here yet."
    console.print(words)


_SIGNS = {
    Status.OK: ("ok", "green"),
    Status.WARNING: ("warning", "yellow"),
    Status.FAILED: ("failed", "red"),
    Status.SKIPPED: ("skipped", "dim"),
}


def _checks(folder: Path) -> Iterator[Check]:
    toolchain = None
    try:
        toolchain = Toolchain.find(folder)
        yield Check(
            name="elixir", status=Status.OK, detail=f"{toolchain.elixir_version} ({toolchain.elixir})"
        )
        yield Check(name="otp", status=Status.OK, detail=f"{toolchain.otp} ({toolchain.erlang_root})")
    except TestgenError as error:
        yield _failed("elixir", error)
    yield _attempt("cache", _cache)
    yield _disk()
    yield _sandbox()
    if toolchain is None:
        yield Check(name="agent", status=Status.SKIPPED, detail="needs Elixir")
    else:
        yield _attempt("agent", _agent)
    yield _node()


def _attempt(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name=name, status=Status.OK, detail=check())
    except TestgenError as error:
        return _failed(name, error)
    except OSError as error:
        step = "Make that folder writable, or set TESTGEN_CACHE_DIR to another"
        return Check(name=name, status=Status.FAILED, detail=str(error), mend=step)


def _failed(name: str, error: TestgenError) -> Check:
    return Check(name=name, status=Status.FAILED, detail=error.message, mend=error.next_step)


def _cache() -> str:
    """Writes where compiled agents, private builds and results are kept."""
    folder = cache_root()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(b"testgen")
        file.flush()
    return f"{folder} is writable"


def _disk() -> Check:
    folder = next(path for path in (cache_root(), *cache_root().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{free // MIB} MiB free at {folder}"
    if free >= _ENOUGH_FREE_BYTES:
        return Check(name="disk", status=Status.OK, detail=detail)
    return Check(
        name="disk",
        status=Status.WARNING,
        detail=detail,
        mend="Free some space, or set TESTGEN_CACHE_DIR to another disk",
    )


def _sandbox() -> Check:
    try:
        sandbox: Sandbox = Bubblewrap.find()
        trouble = _trouble_inside(sandbox)
        if trouble:
            return Check(name="sandbox", status=Status.FAILED, detail=f"bubblewrap: {trouble}", mend=_REPORT)
        return Check(name="sandbox", status=Status.OK, detail=f"bubblewrap ({Bubblewrap.find().path})")
    except SandboxUnavailable as error:
        warning = ProcessGroup().warning or ""
        detail = f"{error.message} {warning.partition('. Install')[0]}."
        return Check(name="sandbox", status=Status.WARNING, detail=detail, mend=error.next_step)


_LOOK_AROUND = """
[ -z "$(ls -A "$1")" ] || echo "the home folder is visible;"
[ -w /usr ] && echo "the disk is writable;"
[ "$(wc -l < /proc/net/route)" -le 1 ] || echo "the network is there;"
echo "looked around"
"""
_LOOKED = "looked around"
_REPORT = "Please report this with the output of `bwrap --version` and `uname -a`"


def _trouble_inside(sandbox: Sandbox) -> str:
    """Looks from inside whether the walls stand: home folder empty, disk read-only, no route to anywhere."""
    command = Command(
        argv=("/bin/sh", "-c", _LOOK_AROUND, "testgen", str(Path.home().resolve())),
        cwd=Path("/"),
        environment={"PATH": "/usr/bin:/bin"},
    )
    process = sandbox.spawn(command, Limits(wall_clock_s=20))
    process.wait(30)
    said, looked, _ = process.output_tail.rpartition(_LOOKED)
    return said.strip() if looked else f"a look from inside did not end: {process.output_tail.strip()}"


def _agent() -> str:
    """Compiles the agent, starts it in the sandbox on an empty module, asks it, and ends it."""
    with tempfile.TemporaryDirectory(prefix="testgen-doctor-") as folder:
        source = Path(folder) / "testgen_doctor.ex"
        source.write_text(_EMPTY_MODULE, encoding="utf-8")
        began = time.monotonic()
        with Agent.start(Project.find(source), sandbox=pick()) as agent:
            agent.call("ping", timeout_s=30)
            spent_s = time.monotonic() - began
            return (
                f"answers after {spent_s:.1f} s (agent {agent.versions.get('agent')}, "
                f"Elixir {agent.versions.get('elixir')}, OTP {agent.versions.get('otp')})"
            )


def _node() -> Check:
    found = shutil.which("node")
    detail = f"{found}" if found else "not found; testgen does not need it"
    return Check(name="node", status=Status.OK, detail=detail)
