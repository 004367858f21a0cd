"""Which licence a file is under, as far as the repository says."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("identify", reason="the licence texts of the training extras are not installed")

from testgen_training.corpus.extraction import extract
from testgen_training.corpus.git_source import GitRepository
from testgen_training.corpus.licence import UNKNOWN, licences_of, of_text, says_licence
from testgen_training.corpus.records import FileRecord
from tests.training.repositories import CART, MIT, commit

APACHE_NOTICE = "# Shop\n\n## License\n\nLicensed under the Apache License, Version 2.0 (the 'License')\n"
ELASTIC = "Elastic License 2.0\n\nURL: https://www.elastic.co/licensing/elastic-license\n"


def test_a_licence_text_is_recognised_with_its_copyright_line() -> None:
    assert of_text(MIT.encode()) == "MIT"


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (b"All rights reserved.", UNKNOWN),
        (b"", UNKNOWN),
        (b"\xff\xfe", UNKNOWN),
        (b"GNU GENERAL PUBLIC LICENSE\nVersion 3", "GPL"),
        (b"Either the MIT license, or the GNU Affero General Public License", "AGPL-3.0"),
    ],
)
def test_what_is_not_understood_is_not_permissive(text: bytes, licence: str) -> None:
    assert of_text(text) == licence


def test_a_subfolder_may_differ_from_the_root() -> None:
    licences = licences_of({"LICENSE": MIT.encode(), "elixir/LICENSE": ELASTIC.encode()})
    assert licences.of("lib/a.ex") == "MIT"
    assert licences.of("elixir/lib/a.ex") == "Elastic-2.0"


def test_a_header_of_the_file_itself_wins() -> None:
    licences = licences_of({"LICENSE": MIT.encode()})
    assert licences.of("lib/a.ex", "# SPDX-License-Identifier: GPL-3.0-only\n") == "GPL-3.0-only"


def test_a_mix_file_says_it_where_there_is_no_text_and_a_readme_where_neither_does() -> None:
    mix = b'defmodule A do\n def package, do: [licenses: ["Apache 2.0"], links: %{}]\nend'
    assert licences_of({"mix.exs": mix}).of("lib/a.ex") == "Apache-2.0"
    assert licences_of({"mix.exs": mix, "LICENSE": MIT.encode()}).of("lib/a.ex") == "MIT"
    assert licences_of({"README.md": APACHE_NOTICE.encode()}).of("lib/a.ex") == "Apache-2.0"


def test_an_unreadable_licence_is_unknown_though_a_readme_says_otherwise() -> None:
    licences = licences_of({"README.md": b"Nothing here.", "LICENSE": b"\xff\xfe\x00"})
    assert licences.of("lib/a.ex") == UNKNOWN


def test_a_readme_that_says_nothing_does_not_hide_the_licence_of_the_root() -> None:
    licences = licences_of({"LICENSE": MIT.encode(), "apps/a/README.md": b"An app."})
    assert licences.of("apps/a/lib/a.ex") == "MIT"


@pytest.mark.parametrize(
    "path", ["LICENSE", "LICENSE.md", "licence.txt", "apps/a/COPYING", "mix.exs", "README.md"]
)
def test_files_that_may_say_a_licence_are_found(path: str) -> None:
    assert says_licence(path)


def test_files_under_other_licences_are_left_out_of_the_records_and_counted(tmp_path: Path) -> None:
    other = CART.replace("Shop.Cart", "Other")
    commit(tmp_path, {"LICENSE": MIT, "lib/a.ex": CART, "elixir/LICENSE": ELASTIC, "elixir/lib/b.ex": other})
    found = extract(GitRepository(name="a/b", folder=tmp_path), 10_000)
    assert [each.path for each in found.records if isinstance(each, FileRecord)] == ["lib/a.ex"]
    assert found.passed_over["licence Elastic-2.0"] == 1
    assert found.licences == {"MIT": 1}
