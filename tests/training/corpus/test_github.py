"""Repositories from a service that speaks GitHub's search API, cloned by git from this machine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("httpx", reason="httpx, of the training extras, is not installed")
pytest.importorskip("tree_sitter_elixir", reason="the parser of the training extras is not installed")

from testgen_training import stage
from testgen_training.corpus import Config, run
from testgen_training.corpus.github import GitHubSelection, clone_all, search
from testgen_training.corpus.quality import Quality
from testgen_training.corpus.web import Manners
from tests.training.repositories import shop
from tests.training.service import Answer, Service, running

QUICK = Manners(pause_s=0.0, first_retry_s=0.01)


class Searched(Service):
    """Answers searches from a list of repositories, at most 1,000 to a query, as GitHub does."""

    repositories: list[dict[str, Any]]

    def answer(self, target: str) -> Answer:
        """The page of the repositories that fit the query."""
        trouble = Service.answer(self, target)
        if trouble.status != 404 or not target.startswith("/search/repositories"):
            return trouble
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        stars = next(part for part in query["q"].split() if part.startswith("stars:")).removeprefix("stars:")
        low, _, high = stars.removeprefix(">=").partition("..")
        fitting = [
            each
            for each in self.repositories
            if int(low) <= each["stargazers_count"] <= (int(high) if high else 10**9)
        ]
        fitting.sort(key=lambda each: -each["stargazers_count"])
        start = (int(query["page"]) - 1) * int(query["per_page"])
        page = fitting[:1000][start : start + int(query["per_page"])]
        return Answer(body=json.dumps({"total_count": len(fitting), "items": page}).encode())


@pytest.fixture
def service() -> Iterator[Searched]:
    with running() as found:
        found.__class__ = Searched
        assert isinstance(found, Searched)
        found.repositories = []
        yield found


def about(name: str, stars: int, url: str = "", **more: Any) -> dict[str, Any]:
    return {"full_name": name, "stargazers_count": stars, "clone_url": url, **more}


def selection(service: Searched, **more: Any) -> GitHubSelection:
    return GitHubSelection(api=service.url, manners=QUICK, **more)


def test_more_than_a_thousand_repositories_are_found_by_walking_down_the_stars(service: Searched) -> None:
    service.repositories = [about(f"a/r{number}", 5000 - number) for number in range(1500)]
    found = [each["full_name"] for each in search(selection(service, max_repositories=5000))]
    assert found == [f"a/r{number}" for number in range(1500)]


def test_forks_archived_ones_and_those_with_few_stars_are_left_out(service: Searched) -> None:
    service.repositories = [
        about("a/good", 100),
        about("a/fork", 90, fork=True),
        about("a/old", 80, archived=True),
        about("a/small", 10),
    ]
    assert [each["full_name"] for each in search(selection(service))] == ["a/good"]


def test_the_query_names_language_stars_and_date(service: Searched) -> None:
    list(search(selection(service, min_stars=7, pushed_since="2024-01-01")))
    query = parse_qs(urlsplit(service.asked[0]).query)["q"][0]
    assert query == "language:elixir stars:>=7 pushed:>=2024-01-01"


def test_repositories_are_cloned_without_history_and_those_that_are_gone_are_named(
    service: Searched, tmp_path: Path
) -> None:
    shop(tmp_path / "origin")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(
        ["git", "-C", str(tmp_path / "origin"), *who, "commit", "-q", "--allow-empty", "-m", "two"],
        check=True,
    )
    service.repositories = [
        about("a/shop", 100, (tmp_path / "origin").as_uri()),
        about("a/gone", 90, (tmp_path / "gone").as_uri()),
    ]
    found, unusable = clone_all(selection(service), tmp_path / "clones")
    assert [each.name for each in found] == ["a/shop"]
    assert list(unusable) == ["a/gone"]
    counted = subprocess.run(
        ["git", "-C", str(found[0].folder), "rev-list", "--count", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert counted.stdout.strip() == "1"
    assert sorted(path.name for path in (tmp_path / "clones").iterdir()) == ["a+shop"]


def test_a_clone_that_is_there_is_not_made_again(service: Searched, tmp_path: Path) -> None:
    shop(tmp_path / "origin")
    service.repositories = [about("a/shop", 100, (tmp_path / "origin").as_uri())]
    clone_all(selection(service), tmp_path / "clones")
    (tmp_path / "origin").rename(tmp_path / "moved")
    found, unusable = clone_all(selection(service), tmp_path / "clones")
    assert [each.name for each in found] == ["a/shop"]
    assert unusable == {}


def test_the_corpus_stage_takes_what_the_search_found(service: Searched, tmp_path: Path) -> None:
    revision = shop(tmp_path / "origin")
    service.repositories = [about("a/shop", 100, (tmp_path / "origin").as_uri())]
    folder = run(
        Config(
            output=tmp_path / "corpus",
            github=selection(service),
            quality=Quality(as_of="2026-06-01"),
            validation_share=1e-9,
            workers=1,
        )
    )
    manifest = stage.manifest_of(folder)
    assert manifest is not None
    (repository,) = manifest["repositories"]
    assert (repository["origin"], repository["commit"]) == ("github", revision)


def test_a_token_is_sent_where_the_environment_has_one(
    service: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(search(selection(service, token_variable="SOME_TOKEN")))
    monkeypatch.setenv("SOME_TOKEN", "secret")
    list(search(selection(service, token_variable="SOME_TOKEN")))
    assert service.authorizations == ["", "Bearer secret"]
