"""What must hold of a suite before mutants run against it: it loads, has tests, and passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from testgen.errors import BaselineFailed
from testgen.project import Project

_SHOWN_FAILURES = 10
_FAILING = ("failed", "timeout")


def require_loaded(loaded: Mapping[str, Any], files: Sequence[str], project: Project) -> None:
    """Raises BaselineFailed where the answer of `load_tests` names a file that does not load, or no test."""
    if errors := loaded.get("errors"):
        told = (f"{_relative(error['file'], project)}: {error['message']}" for error in errors)
        shown = "\n\n".join(told)
        raise BaselineFailed(
            f"{_counted(len(errors), 'test file does', 'test files do')} not load:\n\n{shown}",
            "Mend what Elixir says above; `mix test` shows the same.",
        )
    if not loaded["tests"]:
        raise BaselineFailed(
            f"There is not a single test in {', '.join(files) or 'the suite'}.",
            f"Run `testgen generate {project.source_relative}` to write some, or name other test files.",
        )


def require_passing(ran: Mapping[str, Any], opened: Mapping[str, Any]) -> None:
    """Raises BaselineFailed where the answer of `baseline`, its tests named, has a failure or no pass.

    `opened` is the answer of `open_project`: what went wrong there is then the likely cause.
    """
    if failures := [test for test in ran["tests"] if test["status"] in _FAILING]:
        raise BaselineFailed(
            _describe_failures(failures)
            + "".join(f"\n\nThis may be why: {each}" for each in troubles(opened)),
            "Make the suite pass first (`mix test`): a test that fails anyway tells nothing of a mutant.",
        )
    if not any(test["status"] == "passed" for test in ran["tests"]):
        why = "\n".join(unstable(ran)) or "all are skipped or excluded"
        raise BaselineFailed(
            f"No test of the suite runs and passes reliably without any mutant:\n\n{why}",
            "Make the tests independent of each other and of chance, or name other test files.",
        )


def troubles(opened: Mapping[str, Any]) -> list[str]:
    """What of the project could not be started though it was opened, from the answer of `open_project`."""
    named = (("start_error", "the application did not start"), ("helper_error", "the test helper failed"))
    return [f"{what}: {opened[key]}" for key, what in named if opened.get(key)]


def unstable(ran: Mapping[str, Any]) -> list[str]:
    """The tests that take no part because their runs differ, each with the reason."""
    return [
        f"{test['name']} takes no part: it {_first_line(test.get('message'))}"
        for test in ran["tests"]
        if test["status"] == "unstable"
    ]


def _first_line(text: str | None) -> str:
    return (text or "passes at one time and fails at another").strip().split("\n")[0]


def _describe_failures(failures: Sequence[Mapping[str, Any]]) -> str:
    shown = "\n\n".join(
        f"  {number}) {test['name']} ({test['status']})\n{_indented(test.get('message') or '')}"
        for number, test in enumerate(failures[:_SHOWN_FAILURES], 1)
    )
    rest = len(failures) - _SHOWN_FAILURES
    more = f"\n\n  and {rest} more" if rest > 0 else ""
    count = _counted(len(failures), "test does", "tests do")
    return f"{count} not pass without any mutant:\n\n{shown}{more}"


def _indented(text: str) -> str:
    return "\n".join(f"     {line}" if line else "" for line in text.strip("\n").split("\n"))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _relative(file: str, project: Project) -> str:
    return file.removeprefix(f"{project.root}/")
