"""The OpenAPI document, made from the types of `testgen.wire` (schemas by msgspec) and a table of requests.

The table says for each request what it takes and answers; `app` has the functions. A test sends what the
document allows and what it does not (schemathesis), and compares the answers with it.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from testgen import wire


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operation:
    method: str
    path: str
    does: str
    answers: Any
    """A wire type, or a media type."""
    takes: type[Any] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()

    @property
    def on_job(self) -> bool:
        return "{job_id}" in self.path


_SUBMIT = (400, 403, 409, 413, 415, 422, 429)
_RESULTS = wire.GenerateResult | wire.ScoreResult | wire.CompleteResult
_OPERATIONS = (
    _Operation(method="get", path="/v1/status", does="How the daemon is.", answers=wire.Status),
    _Operation(method="get", path="/v1/jobs", does="The jobs it knows.", answers=wire.Jobs),
    *(
        _Operation(
            method="post",
            path=f"/v1/jobs/{kind.value}",
            does=(request.__doc__ or "").strip(),
            takes=request,
            answers=wire.JobStatus,
            status=202,
            refusals=_SUBMIT,
        )
        for request, kind in wire.KINDS.items()
    ),
    _Operation(method="get", path="/v1/jobs/{job_id}", does="One job.", answers=wire.JobStatus),
    _Operation(
        method="get",
        path="/v1/jobs/{job_id}/events",
        does="What happens to it, from Last-Event-ID on, as server-sent events whose data are `Event`s.",
        answers="text/event-stream",
        refusals=(400,),
    ),
    _Operation(
        method="get",
        path="/v1/jobs/{job_id}/result",
        does="What came out of it.",
        answers=_RESULTS,
        refusals=(409, 410),
    ),
    _Operation(
        method="post",
        path="/v1/jobs/{job_id}/cancel",
        does="Ends it; what it found is kept.",
        answers=wire.JobStatus,
        status=202,
    ),
    _Operation(method="get", path="/v1/models", does="Models, and the one in use.", answers=wire.Models),
    _Operation(
        method="put",
        path="/v1/models/chosen",
        does="Which model proposes from the next job on.",
        takes=wire.ChooseModel,
        answers=wire.Models,
        refusals=(400, 413, 415, 422),
    ),
    _Operation(method="post", path="/v1/dashboard", does="Opens the page for people.", answers=wire.Opened),
    _Operation(method="post", path="/v1/stop", does="Ends the daemon.", answers=wire.Status),
    _Operation(method="get", path="/metrics", does="Counters for Prometheus.", answers="text/plain"),
    _Operation(method="get", path="/openapi.json", does="This document.", answers="application/json"),
)
_TYPES = (*wire.KINDS, wire.ChooseModel, wire.Status, wire.Jobs, wire.Event, wire.Problem, wire.Opened,
          wire.GenerateResult, wire.ScoreResult, wire.CompleteResult)  # fmt: skip


@cache
def document() -> dict[str, Any]:
    """The document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "testgen daemon",
            "version": version("testgen"),
            "description": f"Version {wire.WIRE_VERSION} of the wire format.",
        },
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _described(operation: _Operation) -> dict[str, Any]:
    statuses = {*operation.refusals, 401, 403, 426, *([404] if operation.on_job else [])}
    if operation.path in ("/metrics", "/openapi.json"):
        statuses.discard(426)
    answer = {"description": operation.does, "content": _content(operation.answers)}
    described: dict[str, Any] = {
        "summary": operation.does,
        "parameters": list(_parameters(operation)),
        "responses": {
            str(operation.status): answer,
            **{str(status): _PROBLEM for status in sorted(statuses)},
        },
    }
    if operation.status == 202:
        described["responses"]["200"] = answer  # a key that was sent before; a job that was lost
    if operation.takes is not None:
        described["requestBody"] = {"required": True, "content": _content(operation.takes)}
    return described


def _parameters(operation: _Operation) -> Any:
    if operation.path not in ("/metrics", "/openapi.json"):
        yield {
            "name": wire.VERSION_HEADER,
            "in": "header",
            "required": True,
            "schema": {"const": str(wire.WIRE_VERSION), "type": "string"},
        }
    if operation.on_job:
        yield {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
    if operation.path.endswith("/events"):
        yield {
            "name": "Last-Event-ID",
            "in": "header",
            "schema": {"type": "string", "pattern": "^[0-9]{1,9}$"},
        }


def _content(kind: Any) -> dict[str, Any]:
    if isinstance(kind, str):
        schema = {"type": "object"} if kind == "application/json" else {"type": "string"}
        return {kind: {"schema": schema}}
    members = getattr(kind, "__args__", None) or (kind,)
    refs = [{"$ref": f"#/components/schemas/{each.__name__}"} for each in members]
    return {"application/json": {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}}


_PROBLEM = {"description": "Why not.", "content": _content(wire.Problem)}


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    for name, schema in found.items():
        kind = getattr(wire, name, None)  # enumerations from elsewhere have no fields
        if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
            _refine(schema, kind)
    return found


def _refine(schema: dict[str, Any], kind: type[Any]) -> None:
    """Adds what the type's fields say beyond their types."""
    if issubclass(kind, wire.Checked):
        schema["additionalProperties"] = False
    for each in fields(kind):
        described = schema["properties"][each.name]
        keywords = dict(each.metadata)
        if "anyOf" in described and keywords:
            described["anyOf"] = [
                {**one, **(keywords if one.get("type") != "null" else {})} for one in described["anyOf"]
            ]
        else:
            described.update(keywords)
        if each.default is MISSING and each.default_factory is MISSING and "required" in schema:
            assert each.name in schema["required"]
