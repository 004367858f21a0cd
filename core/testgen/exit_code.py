"""What the exit status of a command says, so that a script can tell surviving mutants from a crash."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses of every `testgen` command; a number never changes its meaning."""

    OK = 0
    """The command did what was asked."""

    USAGE = 2
    """The command line is wrong: an unknown option, a path that is missing or is a directory."""

    BELOW_MIN_SCORE = 3
    """Mutants survived and the score is below `--min-score`."""

    BASELINE_FAILED = 4
    """The project's own tests fail, or do not load, before any mutant is active."""

    NOTHING_TESTABLE = 5
    """The file has no public function that a test could call."""

    SOURCE_INVALID = 6
    """The source file does not parse, does not compile, is not UTF-8, or has no module."""

    PROJECT_INVALID = 7
    """The project cannot be opened: dependencies missing, a path outside it, settings with mistakes."""

    TOOLCHAIN = 8
    """Elixir or Erlang is missing, too old, or does not start."""

    BUSY = 9
    """Another run holds what this one needs, or the test file was changed meanwhile."""

    IO = 10
    """A file could not be written: read-only, no permission, disk full."""

    UNTRUSTED_VERDICT = 11
    """A verdict cannot be trusted: an external tool's, or that of a test which tampers with the run."""

    AGENT_FAILED = 70
    """The Elixir side died or broke the protocol; a fault of ours, or hostile code."""

    DAEMON_FAILED = 71
    """The daemon cannot be started or reached, or refused a request."""

    INTERRUPTED = 130
    """Stopped by Ctrl-C; what had been found until then was delivered."""
