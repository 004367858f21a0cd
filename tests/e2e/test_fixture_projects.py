"""The fixture projects are what the other tests take them for: documented, formatted, green."""

from __future__ import annotations

import re

import pytest

from tests.command_line import run_process
from tests.project_copies import PROJECTS, ProjectCopies

GREEN = {
    "cart": ".",
    "plain": ".",
    "processes": ".",
    "hostile": ".",
    "odd": ".",
    "umbrella": ".",
    "path_dependency": "app",
    "application_does_not_start": ".",
    "custom_operator": ".",
}
"""Projects whose own suite passes, with the folder of their `mix.exs`."""

MODULES = sorted(path for path in PROJECTS.rglob("*.ex") if "_build" not in path.parts)


def test_every_module_says_in_its_first_line_what_it_shows() -> None:
    exempt = {"empty.ex", "cart.ex", "process_case.ex"}
    silent = [
        str(module.relative_to(PROJECTS))
        for module in MODULES
        if module.name not in exempt and b"# Shows: " not in module.read_bytes().split(b"\n")[0]
    ]
    assert silent == []


PARTS = [
    "strings",
    "recursion",
    "binary",
    "struct",
    "protocol",
    "behaviour",
    "GenServer",
    "Agent",
    "ETS",
    "Task",
    "Registry",
    "guards",
    "chains",
    "comprehensions",
    "macros",
    "dates",
    "floats",
    "terminal",
    "files",
    "exceptions",
    "default",
    "options",
    "streams",
    "expressions",
    "umbrella",
]


@pytest.mark.parametrize("part", PARTS)
def test_there_is_a_module_for_every_part_of_the_language(part: str) -> None:
    shown = [module.read_bytes().split(b"\n")[0].decode(errors="replace") for module in MODULES]
    assert any(re.search(rf"\b{part}", line, re.IGNORECASE) for line in shown if "# Shows: " in line)


@pytest.mark.parametrize("name", GREEN)
def test_its_own_suite_passes_without_a_warning_and_is_formatted(name: str, projects: ProjectCopies) -> None:
    root = projects.built(name, mix_root=GREEN[name]) / GREEN[name]

    tests = run_process(["mix", "test"], cwd=root)
    assert tests.exit_code == 0, tests.output
    assert "warning:" not in tests.output, tests.output

    if name != "odd":  # Elixir 1.14's formatter adds spaces to heredocs with Windows line ends
        formatted = run_process(["mix", "format", "--check-formatted"], cwd=root)
        assert formatted.exit_code == 0, formatted.output


def test_the_failing_project_fails(projects: ProjectCopies) -> None:
    tests = run_process(["mix", "test"], cwd=projects.built("already_failing"))
    assert "3 tests, 1 failure" in tests.stdout
