"""Repositories from GitHub: found by language, stars and date of the last push, cloned without their
history.

The search gives at most 1,000 results to a query, so the stars are walked downwards: each query ends where
the one before stopped (https://docs.github.com/en/rest/search/search#search-repositories).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from testgen_training.corpus.git_source import GitRepository
from testgen_training.corpus.web import Manners, Web
from testgen_training.errors import SourceUnusable

_PER_PAGE = 100
_RESULTS_AT_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSelection:
    """Which repositories are taken."""

    api: str = "https://api.github.com"
    language: str = "elixir"
    min_stars: int = 50
    pushed_since: str = ""
    """`YYYY-MM-DD`; repositories without a push since then are left out."""
    max_repositories: int = 200
    token_variable: str = "GITHUB_TOKEN"
    """Environment variable with a token; without one the rate limit is ten searches a minute."""
    manners: Manners = field(default_factory=lambda: Manners(pause_s=6.5))


def clone_all(selection: GitHubSelection, folder: Path) -> tuple[list[GitRepository], dict[str, str]]:
    """Clones the selected repositories into a folder; also the reasons for those that could not be had.

    A clone that is there is kept as it is. Raises ServiceDown where the search stays away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[GitRepository] = []
    unusable: dict[str, str] = {}
    for about in search(selection):
        name = str(about["full_name"])
        try:
            place = _cloned(str(about["clone_url"]), folder / name.replace("/", "+"), name)
        except SourceUnusable as error:
            unusable[name] = error.message
        else:
            found.append(GitRepository(name=name, folder=place, origin="github"))
    return found, unusable


def search(selection: GitHubSelection) -> Iterator[dict[str, Any]]:
    """What the search says of each repository, most stars first, forks and archived ones left out."""
    headers = {"accept": "application/vnd.github+json", "user-agent": "testgen-train"}
    if token := os.environ.get(selection.token_variable):
        headers["authorization"] = f"Bearer {token}"
    web = Web(manners=selection.manners, headers=headers)
    seen: set[str] = set()
    most_stars: int | None = None
    while True:
        items = list(_items(selection, web, most_stars))
        for item in items:
            if item["full_name"] not in seen and not item.get("fork") and not item.get("archived"):
                seen.add(item["full_name"])
                yield item
                if len(seen) >= selection.max_repositories:
                    return
        fewest = int(items[-1]["stargazers_count"]) if items else 0
        if len(items) < _RESULTS_AT_MOST or fewest == most_stars:
            return
        most_stars = fewest


def _items(selection: GitHubSelection, web: Web, most_stars: int | None) -> Iterator[dict[str, Any]]:
    stars = f">={selection.min_stars}" if most_stars is None else f"{selection.min_stars}..{most_stars}"
    query = f"language:{selection.language} stars:{stars}"
    if selection.pushed_since:
        query += f" pushed:>={selection.pushed_since}"
    for page in range(1, _RESULTS_AT_MOST // _PER_PAGE + 1):
        asked = f"q={quote(query)}&sort=stars&per_page={_PER_PAGE}&page={page}"
        items = web.json(f"{selection.api}/search/repositories?{asked}")["items"]
        yield from items
        if len(items) < _PER_PAGE:
            return


def _cloned(url: str, place: Path, name: str) -> Path:
    if place.exists():
        return place
    partial = place.with_name(f"{place.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = ["git", "clone", "--quiet", "--bare", "--depth", "1", "--", url, str(partial)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    )
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        said = done.stderr.strip().splitlines()
        raise SourceUnusable(
            f"{name} could not be cloned: {said[-1] if said else 'git said nothing'}.",
            "Run the command again, or take it off the list.",
        )
    partial.rename(place)
    return place
