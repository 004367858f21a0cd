"""The page for people lets in the browser that was sent to it, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from testgen.daemon_client import Daemon
from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, finished, generation


async def opened(client: Daemon) -> str:
    return (await client.open_dashboard()).url


@pytest.fixture
def browser(daemon: DaemonProcess) -> Iterator[httpx.Client]:
    url = daemon(opened)
    base = url.partition("/open")[0]
    with httpx.Client(base_url=base, follow_redirects=True, trust_env=False) as client:
        assert client.get(url).status_code == 200
        yield client


def test_the_address_works_once(daemon: DaemonProcess) -> None:
    url = daemon(opened)
    first = httpx.get(url, trust_env=False)
    assert first.status_code == 303
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert httpx.get(url, trust_env=False).status_code == 403


@pytest.mark.parametrize("path", ["/", "/live", "/page.js", "/open?token=wrong", "/open"])
def test_without_the_cookie_there_is_nothing(daemon: DaemonProcess, path: str) -> None:
    base = daemon(opened).partition("/open")[0]
    assert httpx.get(base + path, trust_env=False).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.org"},
        {"Origin": "https://example.org"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
def test_another_page_cannot_use_the_cookie(browser: httpx.Client, headers: dict[str, str]) -> None:
    assert browser.get("/", headers=headers).status_code == 403


def test_the_page_may_load_nothing_from_elsewhere(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "").partition("<body>")[2]
    for name in ("page.js", "page.css", "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css"):
        assert browser.get(f"/{name}").status_code == 200
    assert browser.get("/daemon.json").status_code == 404
    assert browser.post("/").status_code == 403


def test_what_is_shown_is_live(daemon: DaemonProcess, browser: httpx.Client, cart: Path) -> None:
    async def run(client: Daemon) -> None:
        await finished(client, await client.submit(generation(cart, "lib/shop/cart.ex")))

    daemon(run)
    with browser.stream("GET", "/live") as stream:
        line = next(each for each in stream.iter_lines() if each.startswith("data: "))
    document = json.loads(line.removeprefix("data: "))
    assert document["jobs"][0]["state"] == "done"
    assert document["history"][-1]["tests"] >= 5
    assert 0 < document["history"][-1]["score"] <= 100
    assert document["status"]["agents"]


def test_the_command_prints_an_address_that_opens(daemon: DaemonProcess, testgen: CommandLine) -> None:
    done = testgen("dashboard", "--no-open", cwd=daemon.home, env=daemon.environment)
    assert done.exit_code == 0, done.output
    assert httpx.get(done.stdout.strip(), trust_env=False).status_code == 303
