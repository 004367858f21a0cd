"""The OpenAPI document tells the truth: schemathesis sends a daemon what it allows and what it forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from testgen import wire
from testgen_server import openapi
from testgen_server.app import Api
from tests.command_line import CommandLine
from tests.daemon import DaemonProcess, daemon_process


def refuses_what_is_wrong(ctx: Any, response: Any, case: Case) -> bool | None:
    """As schemathesis has it, but that a missing version (426) counts as refused."""
    return None if response.status_code == 426 else negative_data_rejection(ctx, response, case)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    refuses_what_is_wrong,
]
LEFT_OUT = ("/v1/stop", "/v1/jobs/{job_id}/events")  # ends the daemon; never ends
SCHEMA = schemathesis.openapi.from_dict(openapi.document())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if found.ok().path not in LEFT_OUT]
CASES = [
    pytest.param(operation, mode, id=f"{mode.value} {operation.method} {operation.path}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or list(operation.body)  # without a body there is nothing to get wrong
]


@pytest.fixture(scope="module")
def listening(testgen: CommandLine) -> Iterator[DaemonProcess]:
    with daemon_process(testgen, "--port", "0") as daemon:
        yield daemon


@pytest.mark.parametrize(("operation", "mode"), CASES)
@pytest.mark.filterwarnings("ignore")
def test_answers_are_what_the_document_says(
    listening: DaemonProcess, operation: APIOperation[Any, Any], mode: GenerationMode
) -> None:
    endpoint = listening.endpoint
    headers = {"Authorization": f"Bearer {endpoint.token}", wire.VERSION_HEADER: "1"}

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def send(case: Case) -> None:
        case.headers = {**case.headers, **headers}
        case.call_and_validate(base_url=endpoint.base_url, headers=headers, checks=CHECKS)

    send()


def test_every_route_is_in_the_document_and_nothing_else(listening: DaemonProcess) -> None:
    routes = Api(None, status=None, stop=None, open_dashboard=None).application().routes  # type: ignore[arg-type]
    served = {
        (route.path, method.lower()) for route in routes for method in route.methods if method != "HEAD"
    }
    described = {(path, method) for path, item in openapi.document()["paths"].items() for method in item}
    assert served == described


def test_every_field_of_a_request_has_its_limits_in_the_document() -> None:
    schema = openapi.document()["components"]["schemas"]["GenerateRequest"]
    assert schema["properties"]["budget_s"]["maximum"] == 3600
    assert schema["properties"]["version"]["const"] == wire.WIRE_VERSION
    assert schema["additionalProperties"] is False
    assert re.fullmatch(r"#/components/schemas/\w+", schema["properties"]["workspace"]["$ref"])
