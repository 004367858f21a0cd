"""What the VS Code extension declares: settings like the server's, trust, and nothing heavy."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from testgen_lsp.features import make_server
from testgen_lsp.settings import Settings

EXTENSION = Path(__file__).parents[2] / "vscode-extension"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text())
PROPERTIES = MANIFEST["contributes"]["configuration"]["properties"]
MAPPED = dict(re.findall(r'^  (\w+): "(\w+)",$', (EXTENSION / "src/settings.ts").read_text(), re.MULTILINE))


def test_every_setting_of_the_server_is_a_setting_of_the_extension() -> None:
    decided_by_the_editor = {"trusted"}
    assert set(MAPPED.values()) == {each.name for each in fields(Settings)} - decided_by_the_editor


@pytest.mark.parametrize(("shown", "known"), MAPPED.items())
def test_a_setting_has_the_servers_default(shown: str, known: str) -> None:
    default = getattr(Settings(), known)
    assert PROPERTIES[f"testgen.{shown}"]["default"] == (
        list(default) if isinstance(default, tuple) else default
    )


@pytest.mark.parametrize("shown", ["budget", "completionTime"])
def test_a_settings_limits_are_the_servers(shown: str) -> None:
    limits = PROPERTIES[f"testgen.{shown}"]
    Settings(**{MAPPED[shown]: float(limits["minimum"])})
    Settings(**{MAPPED[shown]: float(limits["maximum"])})
    with pytest.raises(ValueError, match=MAPPED[shown]):
        Settings(**{MAPPED[shown]: limits["maximum"] + 1.0})


def test_every_setting_says_what_it_does_and_how_far_it_reaches() -> None:
    for name, each in PROPERTIES.items():
        assert each.get("markdownDescription"), name
        assert each["scope"] in ("resource", "window", "machine-overridable"), name


def test_an_untrusted_workspace_names_no_program() -> None:
    capabilities = MANIFEST["capabilities"]
    assert capabilities["untrustedWorkspaces"]["supported"] == "limited"
    executable = {name for name, each in PROPERTIES.items() if each["scope"] == "machine-overridable"}
    assert set(capabilities["untrustedWorkspaces"]["restrictedConfigurations"]) == executable
    assert capabilities["virtualWorkspaces"]["supported"] is False


def test_no_command_of_the_extension_is_one_of_the_server() -> None:
    """The language client registers the server's own; a second of the same name would be an error."""
    ours = {each["command"] for each in MANIFEST["contributes"]["commands"]}
    assert not ours & set(make_server().protocol.fm.commands)
    source = (EXTENSION / "src/extension.ts").read_text()
    assert all(f'"{name}"' in source for name in ours)


@pytest.mark.editors
def test_the_packed_extension_is_small_and_complete() -> None:
    import zipfile

    packed = EXTENSION / "dist/testgen.vsix"
    if not packed.exists():
        pytest.skip("the extension is not packed: scripts/editors packs it, where there is npm")
    assert packed.stat().st_size < 1_000_000
    with zipfile.ZipFile(packed) as archive:
        names = {name.removeprefix("extension/") for name in archive.namelist()}
    assert {"package.json", "dist/extension.js", "media/install.md"} <= names
    assert not any(name.startswith(("src/", "node_modules/")) for name in names)
