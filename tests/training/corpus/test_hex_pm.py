"""Packages from a service that speaks Hex.pm's API: pages, versions, checksums, limits, and going on after a
stop.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="httpx, of the training extras, is not installed")
pytest.importorskip("tree_sitter_elixir", reason="the parser of the training extras is not installed")

from testgen_training import stage
from testgen_training.corpus import Config, run
from testgen_training.corpus.extraction import extract
from testgen_training.corpus.hex_pm import HexSelection, download
from testgen_training.corpus.quality import Quality
from testgen_training.corpus.records import CallRecord
from testgen_training.corpus.web import Manners
from testgen_training.errors import ServiceDown, SourceUnusable
from tests.training.repositories import CART, CART_TEST, MIT
from tests.training.service import Answer, Service, running

QUICK = Manners(pause_s=0.0, first_retry_s=0.01, attempts=4, longest_wait_s=5.0)
FILES = {"LICENSE": MIT, "lib/cart.ex": CART, "test/cart_test.exs": CART_TEST}


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as found:
        yield found


def selection(service: Service, **about: Any) -> HexSelection:
    return HexSelection(
        api=f"{service.url}/api", archives=f"{service.url}/tarballs", **{"manners": QUICK, **about}
    )


def listed(name: str, stable: str | None = "1.0.0") -> dict[str, Any]:
    return {"name": name, "latest_stable_version": stable, "releases": [{"version": "2.0.0-rc.1"}]}


def test_the_list_is_read_page_by_page_and_the_newest_stable_versions_are_taken(
    service: Service, tmp_path: Path
) -> None:
    service.serve_list([listed("a"), listed("b")], [listed("c"), listed("only_rc", None)])
    for name in ("a", "b", "c"):
        service.serve_package(name, "1.0.0", FILES)
    found, unusable = download(selection(service), tmp_path)
    assert [each.name for each in found] == ["a-1.0.0", "b-1.0.0", "c-1.0.0"]
    assert unusable == {}
    assert [each.touched() for each in found] == ["2026-03-04"] * 3


def test_no_more_packages_are_taken_than_were_asked_for(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a"), listed("b")], [listed("c")])
    for name in ("a", "b", "c"):
        service.serve_package(name, "1.0.0", FILES)
    found, _ = download(selection(service, max_packages=1), tmp_path)
    assert [each.name for each in found] == ["a-1.0.0"]
    assert not any("page=2" in each for each in service.asked)


def test_a_chosen_version_is_taken_in_place_of_the_newest(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a"), listed("b")])
    service.serve_package("a", "0.9.0", FILES)
    service.serve_package("b", "1.0.0", FILES)
    found, _ = download(selection(service, versions={"a": "0.9.0"}), tmp_path)
    assert [each.name for each in found] == ["a-0.9.0", "b-1.0.0"]


def test_a_package_is_a_repository_like_any_other(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("shop")])
    archive = service.serve_package("shop", "1.0.0", FILES)
    ((package,), _) = download(selection(service), tmp_path)
    extracted = extract(package, 100_000)
    assert extracted.commit == f"sha256:{hashlib.sha256(archive).hexdigest()}"
    assert extracted.licences == {"MIT": 2}
    assert sum(isinstance(each, CallRecord) for each in extracted.records) == 3


def test_an_archive_with_a_wrong_checksum_is_refused_and_not_kept(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a"), listed("b")])
    service.serve_package("a", "1.0.0", FILES, checksum="00" * 32)
    service.serve_package("b", "1.0.0", FILES)
    found, unusable = download(selection(service), tmp_path)
    assert [each.name for each in found] == ["b-1.0.0"]
    assert "checksum" in unusable["a-1.0.0"]
    assert [path.name for path in tmp_path.iterdir()] == ["b-1.0.0.tar"]


def test_an_archive_that_was_cut_off_before_it_was_listed_is_refused(
    service: Service, tmp_path: Path
) -> None:
    service.serve_list([listed("a")])
    archive = service.serve_package("a", "1.0.0", FILES)[:5000]
    service.routes["/tarballs/a-1.0.0.tar"] = archive
    about = {"checksum": hashlib.sha256(archive).hexdigest(), "inserted_at": "2026-03-04"}
    service.routes["/api/packages/a/releases/1.0.0"] = json.dumps(about).encode()
    _, unusable = download(selection(service), tmp_path)
    assert "cut off or damaged" in unusable["a-1.0.0"]


def test_an_archive_whose_inner_checksum_is_wrong_is_refused(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a")])
    archive = bytearray(service.serve_package("a", "1.0.0", FILES))
    place = bytes(archive).index(b'<<"name">>')
    archive[place : place + 10] = b'<<"nome">>'
    service.routes["/tarballs/a-1.0.0.tar"] = bytes(archive)
    about = {"checksum": hashlib.sha256(archive).hexdigest(), "inserted_at": "2026-03-04"}
    service.routes["/api/packages/a/releases/1.0.0"] = json.dumps(about).encode()
    _, unusable = download(selection(service), tmp_path)
    assert "inner checksum" in unusable["a-1.0.0"]


def test_an_archive_that_is_there_is_not_asked_for_again(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a")])
    service.serve_package("a", "1.0.0", FILES)
    download(selection(service), tmp_path)
    service.asked.clear()
    download(selection(service), tmp_path)
    assert not any("/tarballs/" in each for each in service.asked)


def test_an_archive_that_is_there_and_damaged_is_asked_for_again(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a")])
    archive = service.serve_package("a", "1.0.0", FILES)
    (tmp_path / "a-1.0.0.tar").write_bytes(archive[:100])
    download(selection(service), tmp_path)
    assert (tmp_path / "a-1.0.0.tar").read_bytes() == archive


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(status=500),
        Answer(status=429),
        Answer(status=429, headers={"retry-after": "0"}),
        Answer(status=403, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}),
        Answer(body=b"[", is_cut_off=True),
    ],
    ids=["failure", "limit", "limit with a time", "limit of GitHub's kind", "cut off"],
)
def test_a_service_that_fails_once_is_asked_again(service: Service, tmp_path: Path, trouble: Answer) -> None:
    service.serve_list([listed("a")])
    service.serve_package("a", "1.0.0", FILES)
    service.troubles["/api/packages"] = [trouble]
    found, _ = download(selection(service), tmp_path)
    assert [each.name for each in found] == ["a-1.0.0"]


def test_a_rate_limit_is_waited_for(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a")])
    service.serve_package("a", "1.0.0", FILES)
    service.troubles["/tarballs/a-1.0.0.tar"] = [Answer(status=429, headers={"retry-after": "1"})]
    started_s = time.monotonic()
    download(selection(service), tmp_path)
    assert time.monotonic() - started_s >= 1.0


def test_a_rate_limit_that_is_too_long_ends_the_run_with_what_to_do(service: Service, tmp_path: Path) -> None:
    service.troubles["/api/packages"] = [Answer(status=429, headers={"retry-after": "7200"})]
    with pytest.raises(ServiceDown, match="7200 s") as caught:
        download(selection(service), tmp_path)
    assert "later" in caught.value.next_step


def test_requests_keep_their_distance(service: Service, tmp_path: Path) -> None:
    service.serve_list([listed("a")])
    service.serve_package("a", "1.0.0", FILES)
    started_s = time.monotonic()
    download(selection(service, manners=Manners(pause_s=0.1)), tmp_path)
    assert time.monotonic() - started_s >= 0.1 * (len(service.asked) - 1)


def test_a_service_that_goes_down_in_mid_run_ends_it_and_the_next_run_takes_what_is_missing(
    service: Service, tmp_path: Path
) -> None:
    service.serve_list([listed("a"), listed("b")], [listed("c")])
    for name in ("a", "b", "c"):
        service.serve_package(name, "1.0.0", FILES)
    second = service.routes.pop("/api/packages?sort=recent_downloads&page=2")
    service.routes["/api/packages?sort=recent_downloads&page=2"] = b"not json"
    wanted = Config(
        output=tmp_path / "corpus",
        hex=selection(service),
        quality=Quality(as_of="2026-06-01"),
        validation_share=1e-9,
        workers=1,
    )
    with pytest.raises(SourceUnusable, match="no JSON"):
        run(wanted)
    assert len(list((tmp_path / "corpus/downloads/hex").glob("*.tar"))) == 2
    service.routes["/api/packages?sort=recent_downloads&page=2"] = second
    service.asked.clear()
    run(wanted)
    assert [each for each in service.asked if "/tarballs/" in each] == ["/tarballs/c-1.0.0.tar"]
    manifest = stage.manifest_of(tmp_path / "corpus")
    assert manifest is not None
    assert [(each["name"], each["origin"]) for each in manifest["repositories"]] == [
        ("a-1.0.0", "hex"),
        ("b-1.0.0", "hex"),
        ("c-1.0.0", "hex"),
    ]


def test_a_service_that_is_not_there_is_said_to_be_down(tmp_path: Path) -> None:
    away = HexSelection(api="http://127.0.0.1:9/api", manners=QUICK)
    with pytest.raises(ServiceDown, match="4 attempts"):
        download(away, tmp_path)
