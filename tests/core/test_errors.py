"""The error tree: what a front needs to print and to exit with."""

from __future__ import annotations

import inspect
import re

import pytest

from testgen import errors
from testgen.errors import AgentDied, AgentError, TestgenError
from testgen.exit_code import ExitCode


def all_errors() -> list[type[TestgenError]]:
    return [
        value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, TestgenError)
    ]


def test_the_docstring_draws_every_error_and_no_other() -> None:
    drawn = re.findall(r"^[│├└─ ]*([A-Z]\w+)", (errors.__doc__ or "").split("```")[1], re.MULTILINE)
    assert sorted(drawn) == sorted(error.__name__ for error in all_errors())


def test_an_error_prints_what_happened_and_then_the_next_step() -> None:
    assert str(errors.Busy("Two runs.", "Wait")) == "Two runs.\nWait"
    assert str(errors.Busy("Two runs.")) == "Two runs."


def test_no_two_exit_statuses_are_the_same_number() -> None:
    assert len({code.value for code in ExitCode}) == len(ExitCode.__members__)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("compile_error", ExitCode.SOURCE_INVALID),
        ("deps_missing", ExitCode.PROJECT_INVALID),
        ("cancelled", ExitCode.INTERRUPTED),
        ("internal", ExitCode.AGENT_FAILED),
    ],
)
def test_the_kind_of_an_agents_answer_decides_the_exit_status(kind: str, code: ExitCode) -> None:
    assert AgentError(kind, "no").exit_code is code


def test_a_death_keeps_its_reason_and_the_last_words() -> None:
    died = AgentDied("gone", reason="memory", stderr_tail="eheap_alloc")
    assert (died.reason, died.stderr_tail, died.exit_code) == ("memory", "eheap_alloc", ExitCode.AGENT_FAILED)
