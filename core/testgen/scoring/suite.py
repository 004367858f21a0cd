"""Finding the test files of a source file when none are named.

First by convention (`lib/my_app/cart.ex` -> `test/my_app/cart_test.exs`); only where there is no such
file, the test files of the application that mention one of the source's modules. Reads text and runs
nothing, so a module that is reached only through another module's tests is not found: name those tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from testgen.errors import BaselineFailed, PathUnusable
from testgen.project import Project, ProjectKind

_DEFMODULE = re.compile(r"^([ \t]*)defmodule\s+([A-Z][\w.]*)", re.MULTILINE)
_ALIAS_GROUP = re.compile(r"\b([A-Z][\w.]*)\.\{([^}]*)\}")
_SKIPPED_FOLDERS = {"_build", "deps", "node_modules", ".git", ".elixir_ls"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """The test files that mutants run against, and the files left aside that mention the module too."""

    files: tuple[Path, ...]
    others: tuple[Path, ...] = ()


def named_suite(project: Project, tests: Sequence[Path]) -> Suite:
    """The suite of the test files and folders that a person named.

    Raises PathUnusable for what is missing, is no `.exs` file, or lies outside the project.
    """
    files: list[Path] = []
    for test in tests:
        path = Path(os.path.realpath(test))
        if path.is_dir():
            files.extend(_test_files(path))
        elif not path.is_file():
            raise PathUnusable(f"The test file {test} does not exist.", "Name an existing `_test.exs` file.")
        elif path.suffix != ".exs":
            raise PathUnusable(
                f"{test} is no test file: its name does not end in .exs.",
                "Name an existing `_test.exs` file.",
            )
        else:
            files.append(path)
    for path in files:
        if project.kind is ProjectKind.MIX and not path.is_relative_to(project.top):
            raise PathUnusable(
                f"The test file {path} lies outside the project {project.top}.",
                "Name tests of the project that the source file belongs to.",
            )
    if not files:
        raise PathUnusable(
            f"There is no `_test.exs` file in {', '.join(map(str, tests))}.",
            "Name another folder, or none: the tests that belong to the file are then looked for.",
        )
    return Suite(files=tuple(dict.fromkeys(files)))


def find_suite(project: Project) -> Suite:
    """The suite of the project's source file. Raises BaselineFailed when no test mentions it."""
    modules = modules_of(project.source.read_text(encoding="utf-8", errors="replace"))
    mentioning = tuple(_mentioning(project, modules))
    if project.test_path.is_file():
        others = tuple(path for path in mentioning if path != project.test_path)
        return Suite(files=(project.test_path,), others=others)
    if mentioning:
        return Suite(files=mentioning)
    names = " or ".join(modules) or "its module"
    raise BaselineFailed(
        f"{project.source_relative} has no tests: {project.test_path} does not exist, and no test file "
        f"of the application mentions {names}.",
        f"Run `testgen generate {project.source_relative}` to write some, or name the tests that reach it, "
        f"files or a folder: `testgen score {project.source_relative} test`.",
    )


def modules_of(source: str) -> list[str]:
    """The names of the modules that `source` defines, nested ones with their parents' names, read from its
    text.
    """
    names: list[str] = []
    parents: list[tuple[int, str]] = []
    for found in _DEFMODULE.finditer(source):
        indent = len(found[1])
        while parents and parents[-1][0] >= indent:
            parents.pop()
        name = f"{parents[-1][1]}.{found[2]}" if parents else found[2]
        parents.append((indent, name))
        names.append(name)
    return names


def mentions(text: str, module: str) -> bool:
    """Whether `text` names `module` in full, or in an alias group such as `alias MyApp.{Cart, Order}`."""
    if re.search(rf"(?<![\w.]){re.escape(module)}(?![\w])", text):
        return True
    return any(
        f"{group[1]}.{member.strip()}" == module
        for group in _ALIAS_GROUP.finditer(text)
        for member in group[2].split(",")
    )


def _mentioning(project: Project, modules: Sequence[str]) -> Iterator[Path]:
    for path in _test_files(project.root / "test"):
        text = path.read_text(encoding="utf-8", errors="replace")
        if any(mentions(text, module) for module in modules):
            yield path


def _test_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
        yield from (Path(parent, name) for name in sorted(files) if name.endswith("_test.exs"))
