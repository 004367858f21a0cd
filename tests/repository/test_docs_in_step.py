"""What the documentation says about files, options and numbers is what the repository holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks import record
from scripts import files, reference

ROOT = Path(__file__).parents[2]


def test_the_design_page_has_the_sentence_of_every_source_file_and_of_no_other() -> None:
    shown = reference.between(reference.DESIGN.read_text(encoding="utf-8"), "files")
    assert shown == files.listing()


def test_a_folder_that_the_design_page_names_exists() -> None:
    page = reference.DESIGN.read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z.][\w./-]*/)` \|", page, re.MULTILINE)
    assert named
    assert [folder for folder in named if not (ROOT / folder).is_dir()] == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.py", '"""Reads\nthings. And more."""', "Reads things."),
        ("a.py", '"""Reads `mix.exs` first. And more."""', "Reads `mix.exs` first."),
        ("a.ex", 'defmodule A do\n  @moduledoc "One thing"\nend', "One thing."),
        ("a.ex", 'defmodule A do\n  @moduledoc """\n  Two\n  things. More.\n  """\nend', "Two things."),
        ("a", "#!/usr/bin/env bash\n# Runs it.\n# Then more.\nset -e\n", "Runs it."),
    ],
)
def test_a_file_is_listed_with_the_first_sentence_it_says_of_itself(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert files.sentence(tmp_path / name) == said


def test_the_command_line_page_is_what_help_prints() -> None:
    assert reference.CLI.read_text(encoding="utf-8") == reference.cli_page()


def test_the_readme_shows_the_numbers_of_the_records_and_no_others() -> None:
    shown = reference.between(reference.README.read_text(encoding="utf-8"), "numbers")
    assert shown == record.table(record.read_all())


def test_the_readme_holds_a_transcript_of_the_demo() -> None:
    shown = reference.between(reference.README.read_text(encoding="utf-8"), "transcript")
    for command in re.findall(r"^run(?:_testgen)? (.+)$", (ROOT / "scripts/demo").read_text(), re.MULTILINE):
        assert command in shown


@pytest.mark.parametrize("path", sorted(record.RESULTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_record_says_how_it_was_made(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["benchmark"] == path.stem
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", content["date"])
    assert all(content[part] for part in ("command", "hardware", "versions", "rows", "figures"))
    assert content["versions"]["elixir"]


def test_links_between_the_pages_lead_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []
