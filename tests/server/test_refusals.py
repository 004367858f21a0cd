"""What a daemon refuses, and in which words: strangers, other versions, too much, too far."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from testgen import wire
from testgen.wire_codec import encode
from tests.daemon import DaemonProcess, generation

CART = "lib/shop/cart.ex"


@pytest.fixture
def http(daemon: DaemonProcess) -> Iterator[httpx.Client]:
    endpoint = daemon.endpoint
    with httpx.Client(
        base_url=endpoint.base_url,
        transport=httpx.HTTPTransport(uds=endpoint.socket) if endpoint.socket else None,
        headers={"Authorization": f"Bearer {endpoint.token}", wire.VERSION_HEADER: "1"},
        trust_env=False,
    ) as client:
        yield client


def asked(http: httpx.Client, cart: Path, **changes: object) -> httpx.Response:
    document = encode(generation(cart, CART, budget_s=0.5))
    return http.post("/v1/jobs/generate", json={**document, **changes})


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic abc"])
def test_without_the_token_there_is_no_answer(http: httpx.Client, token: str) -> None:
    answer = http.get("/v1/status", headers={"Authorization": token})
    assert answer.status_code == 401
    assert answer.json()["code"] == "token"


def test_a_page_in_a_browser_gets_no_answer(http: httpx.Client) -> None:
    headers = {"Authorization": "", "Origin": "https://example.org"}
    assert http.get("/v1/status", headers=headers).status_code == 401
    preflight = http.options(
        "/v1/jobs/generate", headers={**headers, "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 401
    assert "access-control-allow-origin" not in preflight.headers


def test_a_name_that_resolves_to_this_machine_is_not_enough(http: httpx.Client) -> None:
    answer = http.get("/v1/status", headers={"Host": "rebound.example.org"})
    assert answer.status_code == 403


@pytest.mark.parametrize("version", ["0", "2", "", "one"])
def test_another_version_gets_a_clear_answer(http: httpx.Client, version: str) -> None:
    answer = http.get("/v1/status", headers={wire.VERSION_HEADER: version})
    assert answer.status_code == 426
    assert answer.json()["code"] == "wire_version"
    assert "Update" in answer.json()["next_step"]


def test_a_body_of_another_version_gets_the_same_answer(http: httpx.Client, cart: Path) -> None:
    answer = asked(http, cart, version=2)
    assert answer.status_code == 426
    assert answer.json()["code"] == "wire_version"


def test_a_body_that_is_too_large_is_not_read(http: httpx.Client, cart: Path) -> None:
    answer = asked(http, cart, before="x" * (wire.LARGEST_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "body_too_large"


def test_a_body_that_hides_its_length_is_not_read_to_its_end(http: httpx.Client) -> None:
    pieces = (b"x" * (1 << 20) for _ in range(12))
    try:
        answer = http.post("/v1/jobs/generate", content=pieces, headers={"Content-Type": "application/json"})
    except (httpx.WriteError, httpx.ReadError):
        return  # the daemon hung up, which is as good an answer
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"budget_s": 0}, "budget_s"),
        ({"budget_s": "much"}, "much"),
        ({"functions": "total/1"}, "list"),
        ({"test_kind": "doctest"}, "doctest"),
        ({"path": ""}, "path"),
        ({"path": None}, "None"),
        ({"workspace": {}}, "root"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_with_its_place(
    http: httpx.Client, cart: Path, changes: dict[str, object], says: str
) -> None:
    answer = asked(http, cart, **changes)
    assert answer.status_code == 400
    assert says in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"budget_s": NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_document_at_all_is_refused(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/v1/jobs/generate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "wire_invalid"


def test_another_media_type_is_refused(http: httpx.Client) -> None:
    assert http.post("/v1/jobs/generate", content=b"path=/etc").status_code == 415


def test_a_function_that_is_none_is_refused(http: httpx.Client, cart: Path) -> None:
    answer = asked(http, cart, functions=["total"])
    assert answer.status_code == 400
    assert "NAME/ARITY" in answer.json()["message"]


def test_an_untrusted_folder_runs_nothing(http: httpx.Client, cart: Path) -> None:
    answer = asked(http, cart, workspace={"root": str(cart), "trusted": False})
    assert answer.status_code == 403
    assert answer.json()["code"] == "untrusted"


@pytest.mark.parametrize("path", ["/etc/passwd", "lib/shop/cart.ex", "../cart.ex", "/etc/../etc/hosts.ex"])
def test_a_path_outside_the_workspace_is_refused(http: httpx.Client, cart: Path, path: str) -> None:
    answer = asked(http, cart, path=path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "outside_workspace"


def test_a_path_that_climbs_out_of_the_workspace_is_refused(http: httpx.Client, cart: Path) -> None:
    assert asked(http, cart, path=f"{cart}/lib/../../other/lib/a.ex").status_code == 403


def test_a_symbolic_link_out_of_the_workspace_is_refused(
    http: httpx.Client, cart: Path, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "mix.exs").symlink_to(cart / "mix.exs")
    (inner / "lib").symlink_to(cart / "lib")
    answer = asked(http, inner, path=str(inner / CART), workspace={"root": str(inner), "trusted": True})
    assert answer.status_code == 403
    assert str(cart) in answer.json()["message"]


def test_an_output_outside_the_workspace_is_refused(http: httpx.Client, cart: Path, tmp_path: Path) -> None:
    assert asked(http, cart, output=str(tmp_path / "a_test.exs")).status_code == 403


def test_a_project_above_the_workspace_is_refused_with_what_to_open(http: httpx.Client, cart: Path) -> None:
    answer = asked(http, cart, workspace={"root": str(cart / "lib"), "trusted": True})
    assert answer.status_code == 403
    assert f"Open {cart}" in answer.json()["next_step"]


@pytest.mark.parametrize("path", ["missing.ex", "lib", "mix.lock", "nul\0.ex"])
def test_a_path_that_is_no_source_file_is_refused_in_words(http: httpx.Client, cart: Path, path: str) -> None:
    answer = asked(http, cart, path=f"{cart}/{path}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "path_unusable"


@pytest.mark.parametrize("what", ["", "/events", "/result"])
def test_an_unknown_job_is_said_to_be_unknown(http: httpx.Client, what: str) -> None:
    answer = http.get(f"/v1/jobs/nothing{what}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_result_of_a_job_that_runs_is_not_there_yet(http: httpx.Client, cart: Path) -> None:
    job = asked(http, cart, key=os.urandom(4).hex()).json()["id"]
    assert http.get(f"/v1/jobs/{job}/result").status_code == 409
    assert http.post(f"/v1/jobs/{job}/cancel").status_code == 202


def test_what_there_is_not_is_refused_as_json(http: httpx.Client) -> None:
    assert http.get("/v2").json()["code"] == "not_found"
    assert http.delete("/v1/jobs").json()["code"] == "method"
    wanted = http.put("/v1/models/chosen", json={"version": 1, "model": "none such"})
    assert wanted.status_code == 422
    assert "none such" in wanted.json()["message"]


def test_requests_that_were_refused_are_counted(http: httpx.Client) -> None:
    http.get("/v1/status", headers={"Authorization": ""})
    metrics = http.get("/metrics").text
    assert 'testgen_requests_refused_total{code="token"}' in metrics
    assert "testgen_queue_jobs" in metrics
