"""Every error that testgen raises on purpose.

```
TestgenError
├── PathUnusable          the path is missing, a directory, unreadable    USAGE
├── GitUnusable           `--changed` without a work tree or such a ref     USAGE
├── SourceInvalid         does not parse or compile, no module            SOURCE_INVALID
├── NothingTestable       nothing that a test could call                  NOTHING_TESTABLE
├── BaselineFailed        the project's own tests fail or do not load     BASELINE_FAILED
├── ProjectInvalid        no project, dependencies missing                PROJECT_INVALID
│   └── SettingsInvalid   `.testgen.toml` is wrong                        PROJECT_INVALID
├── ToolchainError        Elixir or Erlang cannot be used                 TOOLCHAIN
│   ├── ToolchainMissing  not found                                       TOOLCHAIN
│   └── ToolchainTooOld   found, below the minimum                        TOOLCHAIN
├── Busy                  held by another run, or changed meanwhile       BUSY
├── WriteFailed           read-only folder, no permission, disk full      IO
├── ModelUnusable         missing, damaged, or no engine for it           IO
├── UntrustedVerdict      a tester or a test that cannot be believed      UNTRUSTED_VERDICT
├── AgentFailure          the Elixir side                                 AGENT_FAILED
│   ├── AgentDied         its VM ended, or was ended by a limit           AGENT_FAILED
│   ├── AgentProtocol     a frame is malformed or forged                  AGENT_FAILED
│   └── AgentError        it answered with an error                       by its `kind`
├── SandboxUnavailable    the sandbox asked for does not work here        AGENT_FAILED
├── EngineUnavailable     a model or its library is missing or no good    USAGE
├── KindUnsupported       a sort of tests that cannot be written yet       USAGE
├── WireInvalid           a document between a front and the daemon       USAGE
└── DaemonFailure         the daemon                                      DAEMON_FAILED
    ├── DaemonAbsent      none runs, none could be started, it went away  DAEMON_FAILED
    └── DaemonRefused     it answered with a problem                      by the problem
```

A message says what happened, with which value; `next_step` is the next command to run or thing to do. The
front prints both and exits with `exit_code`; nothing here is ever shown as a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from testgen.exit_code import ExitCode


class TestgenError(Exception):
    """Base of the tree: what happened, what to do next, and the status to exit with."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it
    default_exit_code: ClassVar[ExitCode] = ExitCode.AGENT_FAILED

    def __init__(self, message: str, next_step: str = "", exit_code: ExitCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.exit_code = self.default_exit_code if exit_code is None else exit_code

    def __str__(self) -> str:
        return f"{self.message}\n{self.next_step}" if self.next_step else self.message


class PathUnusable(TestgenError):
    """The path on the command line cannot be used: missing, a directory, unreadable, not Elixir."""

    default_exit_code = ExitCode.USAGE


class GitUnusable(TestgenError):
    """The lines changed since a git ref cannot be known: no git, no repository, no such commit."""

    default_exit_code = ExitCode.USAGE


class SourceInvalid(TestgenError):
    """The source file does not parse, does not compile, is not UTF-8, or holds no module."""

    default_exit_code = ExitCode.SOURCE_INVALID


class NothingTestable(TestgenError):
    """Nothing in the file could be called by a test."""

    default_exit_code = ExitCode.NOTHING_TESTABLE


class BaselineFailed(TestgenError):
    """The project's own tests fail, or a test file does not load, with no mutant active."""

    default_exit_code = ExitCode.BASELINE_FAILED


class ProjectInvalid(TestgenError):
    """The Mix project cannot be found or opened."""

    default_exit_code = ExitCode.PROJECT_INVALID


class SettingsInvalid(ProjectInvalid):
    """`.testgen.toml` does not parse, or has an unknown key or a value of the wrong type."""


class ToolchainError(TestgenError):
    """Elixir or Erlang cannot be used."""

    default_exit_code = ExitCode.TOOLCHAIN


class ToolchainMissing(ToolchainError):
    """`elixir` or `erl` was not found."""


class ToolchainTooOld(ToolchainError):
    """Elixir or Erlang/OTP was found and is older than the minimum."""


class Busy(TestgenError):
    """Another run holds what this one needs, or the test file was changed meanwhile."""

    default_exit_code = ExitCode.BUSY


class WriteFailed(TestgenError):
    """A file or folder could not be written."""

    default_exit_code = ExitCode.IO


class ModelUnusable(TestgenError):
    """A model bundle is missing or damaged, its parts do not belong together, or nothing here can run it."""

    default_exit_code = ExitCode.IO


class UntrustedVerdict(TestgenError):
    """A verdict cannot be trusted: an external tester's, or that of a test which tampers with the run."""

    default_exit_code = ExitCode.UNTRUSTED_VERDICT


class SandboxUnavailable(TestgenError):
    """The sandbox that was asked for does not work on this machine."""


class EngineUnavailable(TestgenError):
    """A language model cannot be run: its library is not installed, its file is missing or no good."""

    default_exit_code = ExitCode.USAGE


class KindUnsupported(TestgenError):
    """Tests of a sort that cannot be written yet."""

    default_exit_code = ExitCode.USAGE


class WireInvalid(TestgenError):
    """A document does not fit the wire format, or is of a version that is not spoken here."""

    default_exit_code = ExitCode.USAGE

    def __init__(self, message: str, next_step: str = "", *, is_version: bool = False) -> None:
        super().__init__(message, next_step)
        self.is_version = is_version
        """Whether another version is the reason."""

    @classmethod
    def of_version(cls, said: object) -> WireInvalid:
        """A document of another version."""
        return cls(
            f"Version {said} of the wire format is not spoken here; version 1 is.",
            "Update testgen and the editor's extension, so that both are of the same release",
            is_version=True,
        )


class DaemonFailure(TestgenError):
    """The daemon cannot be used, or would not do what it was asked."""

    default_exit_code = ExitCode.DAEMON_FAILED


class DaemonAbsent(DaemonFailure):
    """No daemon runs, none could be started, or it ended while it was spoken to."""


class DaemonRefused(DaemonFailure):
    """The daemon answered with a problem; `code` is its machine-readable name."""

    def __init__(
        self, code: str, message: str, next_step: str = "", exit_code: ExitCode | None = None
    ) -> None:
        super().__init__(message, next_step, exit_code)
        self.code = code


class AgentFailure(TestgenError):
    """The Elixir side failed."""


class AgentDied(AgentFailure):
    """The agent's VM ended or its channel closed in the middle of a session.

    `reason` is a value of `testgen.sandbox.Ending`: "exited", "memory", "processes", "disk", "wall_clock",
    "killed"; `stderr_tail` holds the last lines that the VM wrote.
    """

    def __init__(
        self, message: str, next_step: str = "", *, reason: str = "exited", stderr_tail: str = ""
    ) -> None:
        super().__init__(message, next_step)
        self.reason = reason
        self.stderr_tail = stderr_tail


class AgentProtocol(AgentFailure):
    """A frame was malformed, or did not carry the session's token: something forged it."""


class AgentError(AgentFailure):
    """The agent answered a request with an error.

    The exit status follows from `kind`, so that a file that does not compile and a project without its
    dependencies are told apart without a catch at every call.
    """

    EXIT_CODES: ClassVar[Mapping[str, ExitCode]] = {
        "parse_error": ExitCode.SOURCE_INVALID,
        "compile_error": ExitCode.SOURCE_INVALID,
        "not_utf8": ExitCode.SOURCE_INVALID,
        "byte_order_mark": ExitCode.SOURCE_INVALID,
        "no_module": ExitCode.SOURCE_INVALID,
        "load_hang": ExitCode.SOURCE_INVALID,
        "load_died": ExitCode.SOURCE_INVALID,
        "deps_missing": ExitCode.PROJECT_INVALID,
        "mix_file": ExitCode.PROJECT_INVALID,
        "config": ExitCode.PROJECT_INVALID,
        "open_failed": ExitCode.PROJECT_INVALID,
        "old_elixir": ExitCode.TOOLCHAIN,
        "cancelled": ExitCode.INTERRUPTED,
        "untrusted_test": ExitCode.UNTRUSTED_VERDICT,
    }
    NEXT_STEPS: ClassVar[Mapping[str, str]] = {
        "parse_error": "Mend the file and run the command again",
        "compile_error": "Mend the code until `mix compile` passes",
        "not_utf8": "Save the file as UTF-8, for example: iconv -f LATIN1 -t UTF-8 FILE",
        "byte_order_mark": "Take the byte order mark off, for example: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE",
        "no_module": "Name a file that defines a module",
        "load_hang": "See what the module's body does while it is compiled",
        "load_died": "See what the module's body does while it is compiled",
        "deps_missing": "Fetch and compile them: mix deps.get && MIX_ENV=test mix compile",
        "mix_file": "Mend the file until `mix compile` passes",
        "config": "Mend the file until `mix compile` passes",
        "open_failed": "See what `MIX_ENV=test mix compile` says",
        "old_elixir": "Install an Elixir that the project accepts",
    }
    """What to do, by `kind`, where whoever raises the error knows no better."""

    def __init__(
        self, kind: str, message: str, details: Mapping[str, Any] | None = None, next_step: str = ""
    ) -> None:
        step = next_step or self.NEXT_STEPS.get(kind, "testgen doctor")
        super().__init__(message, step, self.EXIT_CODES.get(kind, ExitCode.AGENT_FAILED))
        self.kind = kind
        self.details: Mapping[str, Any] = details or {}
