"""What the tests of LiveViews share: a compiled Phoenix project, or the reason why there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from testgen.progress import SilentProgress
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.generation import generate
from testgen.synthesis.report import Generated
from testgen.test_kind import TestKind
from tests.project_copies import ProjectCopies


@pytest.fixture
def phoenix(projects: ProjectCopies, cache: Path) -> Path:
    """A compiled copy of `tests/projects/live_views`."""
    folder = os.environ.get("TESTGEN_HEX_DIR", "")
    if not Path(folder or "/nowhere", "phoenix_live_view").is_dir():
        pytest.skip("Phoenix LiveView is not there: TESTGEN_HEX_DIR names no folder with phoenix_live_view")
    return projects.built("live_views")


@pytest.fixture
def generated(phoenix: Path) -> Callable[[str], Generated]:
    """Generates for a file of the project, named below `lib/live_views_web`."""

    def run(name: str) -> Generated:
        path = phoenix / "lib/live_views_web" / name
        return generate(GenerateConfig(path=path, kind=TestKind.LIVEVIEW), SilentProgress())

    return run
