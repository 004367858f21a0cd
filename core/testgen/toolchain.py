"""Finds Elixir and Erlang/OTP, reads their versions from their files, and compiles the agent for them.

Version managers are asked which installation a folder uses (`asdf which`, `mise which`), since their shims
need the home folder that the sandbox hides. The agent's Elixir sources ship with the package and are
compiled once per (sources, Elixir, OTP) into the user's cache; a half-written compile is never seen, since
the folder gets its name last.

Does not install anything, and does not look for Elixir anywhere but on `PATH`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import platformdirs

from testgen.errors import AgentFailure, ToolchainError, ToolchainMissing, ToolchainTooOld, WriteFailed
from testgen.file_lock import FileLock

MINIMUM_ELIXIR = (1, 14)
MINIMUM_OTP = 25
_INSTALL = "sudo apt-get install elixir erlang-dev erlang-xmerl erlang-parsetools"
_COMPILE_LIMIT_S = 300
_STALE_S = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Toolchain:
    """An Elixir and an Erlang/OTP that are there and new enough."""

    elixir: Path
    """The real `elixir` script, no shim."""
    elixir_version: str
    elixir_root: Path
    """Folder that holds `bin` and `lib` of Elixir."""
    erl: Path
    """The real `erl` script."""
    otp: str
    """Major release, such as "25"."""
    erlang_root: Path
    """Folder that holds `bin`, `lib` and `releases` of Erlang/OTP."""

    @classmethod
    def find(cls, folder: Path) -> Toolchain:
        """The toolchain that `folder` would use. Raises `ToolchainMissing` or `ToolchainTooOld`; runs no
        BEAM.
        """
        elixir = _resolve("elixir", folder)
        erl = _resolve("erl", folder)
        elixir_root, elixir_version = _elixir_version(elixir)
        erlang_root, otp = _otp_version(erl)
        _refuse_old(elixir_version, otp, elixir)
        return cls(
            elixir=elixir,
            elixir_version=elixir_version,
            elixir_root=elixir_root,
            erl=erl,
            otp=otp,
            erlang_root=erlang_root,
        )

    @property
    def search_path(self) -> str:
        """`PATH` for the sandbox: this toolchain first, then the system's own folders."""
        own = [str(self.elixir.parent), str(self.erl.parent)]
        return os.pathsep.join(dict.fromkeys([*own, "/usr/local/bin", "/usr/bin", "/bin"]))

    @property
    def identity(self) -> str:
        """Names this pair in cache keys."""
        return f"elixir-{self.elixir_version}-otp-{self.otp}"


def cache_root() -> Path:
    """The user's cache folder of testgen; `TESTGEN_CACHE_DIR` overrides it."""
    override = os.environ.get("TESTGEN_CACHE_DIR")
    return Path(override).resolve() if override else Path(platformdirs.user_cache_dir("testgen")).resolve()


def agent_sources() -> Path:
    """Folder of the agent's Mix project, as installed with the package."""
    return Path(str(resources.files("testgen") / "elixir"))


def agent_ebin(toolchain: Toolchain) -> Path:
    """Folder with the compiled agent, compiled now if need be; safe against several at once and against
    `kill -9`.

    Raises `AgentFailure` where the sources do not compile, `WriteFailed` where the cache cannot be written.
    """
    sources = sorted((agent_sources() / "lib").rglob("*.ex"))
    if not sources:
        raise AgentFailure(
            "The agent's Elixir sources are missing from the package.", "Install testgen again"
        )
    target = cache_root() / "agent" / _sources_key(sources, toolchain) / "ebin"
    if target.is_dir():
        with contextlib.suppress(OSError):
            os.utime(target.parent)  # in use: not to be removed as stale
        return target
    try:
        target.parent.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent.parent / "compile.lock").held(wait_s=_COMPILE_LIMIT_S):
            return target if target.is_dir() else _compile_agent(sources, target, toolchain)
    except OSError as error:
        step = "Make that folder writable, or set TESTGEN_CACHE_DIR to another"
        raise WriteFailed(f"The agent cannot be compiled into {target.parent}: {error}", step) from error


def _compile_agent(sources: list[Path], target: Path, toolchain: Toolchain) -> Path:
    """Compiles into a folder of its own and renames that: whoever comes second keeps the first one's."""
    _remove_leftovers(target.parent.parent)
    scratch = Path(tempfile.mkdtemp(prefix="compiling-", dir=target.parent.parent))
    try:
        (scratch / "ebin").mkdir()
        argv = [
            str(toolchain.elixir.parent / "elixirc"),
            "--ignore-module-conflict",
            "-o",
            str(scratch / "ebin"),
        ]
        done = subprocess.run(
            [*argv, *map(str, sources)],
            cwd=scratch,
            env={**os.environ, "PATH": toolchain.search_path, "LC_ALL": "C.UTF-8", "MIX_ENV": "prod"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_COMPILE_LIMIT_S,
            check=False,
        )
        if done.returncode != 0:
            detail = (done.stderr or done.stdout).strip()[-4000:]
            if "no space left on device" in detail:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise AgentFailure(
                f"The agent does not compile with Elixir {toolchain.elixir_version}:\n{detail}",
                "testgen doctor",
            )
        _put_in_place(scratch, target)
    except subprocess.TimeoutExpired as error:
        raise AgentFailure(
            f"Compiling the agent took more than {_COMPILE_LIMIT_S} s.", "testgen doctor"
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _put_in_place(scratch: Path, target: Path) -> None:
    try:
        scratch.rename(target.parent)
    except OSError:
        if not target.is_dir():
            raise


def _remove_leftovers(folder: Path) -> None:
    """Removes what a killed compile left, and agents of other versions that nobody has used for weeks.

    Called with the lock held, so that nobody is compiling.
    """
    for leftover in folder.glob("compiling-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for ebin in folder.glob("*/ebin"):
        with contextlib.suppress(OSError):
            if time.time() - ebin.parent.stat().st_mtime > _STALE_S:
                shutil.rmtree(ebin.parent, ignore_errors=True)


def _sources_key(sources: list[Path], toolchain: Toolchain) -> str:
    digest = hashlib.sha256(toolchain.identity.encode())
    for source in sources:
        content = source.read_bytes()
        digest.update(f"\0{source.name}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{toolchain.identity}-{digest.hexdigest()[:16]}"


def _resolve(name: str, folder: Path) -> Path:
    """The real file behind `name`: what a version manager's shim stands for in `folder`, symlinks
    followed.
    """
    found = shutil.which(name)
    if found is None:
        raise ToolchainMissing(
            f"`{name}` was not found on PATH. testgen needs Elixir {_dotted(MINIMUM_ELIXIR)} or newer.",
            _INSTALL,
        )
    manager = _shim_manager(Path(found))
    if manager is not None:
        found = _ask_manager(manager, name, folder) or found
    return Path(found).resolve()


def _shim_manager(path: Path) -> str | None:
    """The version manager whose shim `path` is. mise's shims are links to mise itself, asdf's are scripts."""
    if path.resolve().name == "mise":
        return "mise"
    if path.parent.name != "shims":
        return None
    return "mise" if "mise" in path.parts else "asdf"


def _ask_manager(manager: str, name: str, folder: Path) -> str | None:
    done = subprocess.run(
        [manager, "which", name], cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )
    if done.returncode != 0:
        raise ToolchainMissing(
            f"`{manager} which {name}` in {folder} says: {done.stderr.strip() or done.stdout.strip()}",
            f"cd {folder} && {manager} install",
        )
    return done.stdout.strip() or None


def _elixir_version(elixir: Path) -> tuple[Path, str]:
    """Root and version of Elixir, from its application file; Debian keeps `bin` and `lib` in one folder
    too.
    """
    root = elixir.parent.parent
    for candidate in (root, root / "lib" / "elixir"):
        try:
            text = (candidate / "lib" / "elixir" / "ebin" / "elixir.app").read_text(encoding="utf-8")
        except OSError:
            continue
        found = re.search(r'\{vsn,\s*"([^"]+)"\}', text)
        if found:
            return candidate, found[1]
    output = _run_version([str(elixir), "--short-version"], f"`{elixir}` does not say its version")
    return root, output.strip()


def _otp_version(erl: Path) -> tuple[Path, str]:
    """Root and major release of Erlang/OTP: `releases/start_erl.data` holds "13.1.5 25"."""
    root = erl.parent.parent
    for candidate in (root, root / "lib" / "erlang"):
        try:
            words = (candidate / "releases" / "start_erl.data").read_text(encoding="utf-8").split()
        except OSError:
            continue
        if len(words) == 2 and words[1].isdigit():
            return candidate, words[1]
    program = 'io:format("~s ~s", [code:root_dir(), erlang:system_info(otp_release)]), halt().'
    output = _run_version([str(erl), "-noshell", "-eval", program], f"`{erl}` does not start")
    folder, _, release = output.rpartition(" ")
    return Path(folder), release


def _run_version(argv: list[str], complaint: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolchainError(f"{complaint}: {error}", _INSTALL) from error
    if done.returncode != 0:
        raise ToolchainError(f"{complaint}: {done.stderr.strip()[-500:]}", _INSTALL)
    return done.stdout


def _refuse_old(elixir_version: str, otp: str, elixir: Path) -> None:
    numbers = re.match(r"(\d+)\.(\d+)", elixir_version)
    if numbers is None:
        raise ToolchainError(f"`{elixir}` has the version {elixir_version!r}, which is no version.", _INSTALL)
    newer = f"{_INSTALL}  (or see https://elixir-lang.org/install.html)"
    if (int(numbers[1]), int(numbers[2])) < MINIMUM_ELIXIR:
        raise ToolchainTooOld(
            f"Elixir {elixir_version} ({elixir}) is too old; it must be {_dotted(MINIMUM_ELIXIR)} or newer.",
            newer,
        )
    if otp.isdigit() and int(otp) < MINIMUM_OTP:
        raise ToolchainTooOld(f"Erlang/OTP {otp} is too old; testgen needs {MINIMUM_OTP} or newer.", newer)


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
