"""`.testgen.toml`: what it may say, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from testgen.errors import SettingsInvalid
from testgen.exit_code import ExitCode
from testgen.settings import Settings


def load(folder: Path, text: str) -> Settings:
    (folder / ".testgen.toml").write_text(text, encoding="utf-8")
    return Settings.load(folder)


def test_a_project_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert Settings.load(tmp_path) == Settings()


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        [mutation]
        operators = ["Shop.Operators.Money"]
        [sandbox]
        sockets = ["/run/postgresql/.s.PGSQL.5432", "localhost:6379"]
        environment = ["DATABASE_URL"]
        readable = ["../fixtures"]
        memory_mb = 4096
        processes = 300
        start_application = false
        """,
    )
    assert settings.mutation.operators == ("Shop.Operators.Money",)
    assert settings.sandbox.socket_paths == (Path("/run/postgresql/.s.PGSQL.5432"),)
    assert settings.sandbox.ports == (6379,)
    assert settings.sandbox.environment == ("DATABASE_URL",)
    assert settings.sandbox.readable == ("../fixtures",)
    assert (settings.sandbox.memory_mb, settings.sandbox.processes) == (4096, 300)
    assert settings.sandbox.start_application is False


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sandbox]\nmemory = 5", "unknown key `sandbox.memory`"),
        ("[sandbx]", "unknown key `sandbx`"),
        ("sandbox = 3", "`sandbox` must be a table"),
        ('[sandbox]\nmemory_mb = "much"', "`sandbox.memory_mb` must be an integer"),
        ("[sandbox]\nmemory_mb = true", "`sandbox.memory_mb` must be an integer"),
        ("[sandbox]\nmemory_mb = 0", "memory_mb: 0 is not positive"),
        ("[sandbox]\nstart_application = 1", "must be true or false"),
        ("[mutation]\noperators = [1]", "must be a list of strings"),
        ('[sandbox]\nsockets = ["example.com:80"]', "neither an absolute path nor 127.0.0.1:PORT"),
        ("[sandbox", "Expected"),
    ],
)
def test_a_mistake_is_an_error_that_names_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        load(tmp_path, text)
    assert said in caught.value.message
    assert str(tmp_path / ".testgen.toml") in caught.value.message
    assert caught.value.exit_code is ExitCode.PROJECT_INVALID


def test_a_file_that_is_not_text_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / ".testgen.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        Settings.load(tmp_path)
