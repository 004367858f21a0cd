"""Documents between fronts and daemon: what goes in comes out, and what does not fit is refused."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen import wire
from testgen.errors import WireInvalid
from testgen.test_kind import TestKind
from testgen.wire_codec import decode, decode_text, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
WORKSPACES = st.builds(wire.Workspace, root=NAME, trusted=st.booleans())
REQUESTS = st.one_of(
    st.builds(
        wire.GenerateRequest,
        version=st.just(1),
        key=TEXT,
        client=TEXT,
        workspace=WORKSPACES,
        path=NAME,
        functions=st.lists(TEXT).map(tuple),
        mutants=st.lists(TEXT).map(tuple),
        test_kind=st.sampled_from(TestKind),
        output=st.none() | TEXT,
        before=st.none() | TEXT,
        budget_s=st.floats(0.1, 3600),
        seed=st.integers(0, 2**31 - 1),
    ),
    st.builds(
        wire.CompleteRequest,
        version=st.just(1),
        key=TEXT,
        client=TEXT,
        workspace=WORKSPACES,
        path=NAME,
        call=NAME,
        setup=st.lists(TEXT).map(tuple),
        module=TEXT,
        aliases=st.lists(st.builds(wire.Alias, shown=NAME, module=NAME)).map(tuple),
    ),
)


@given(REQUESTS)
def test_a_request_survives_its_way_through_json(request: wire.JobRequest) -> None:
    assert decode_text(json.dumps(encode(request)), type(request)) == request


def test_the_version_is_the_first_field_of_every_document() -> None:
    documents = [
        kind
        for kind in vars(wire).values()
        if dataclasses.is_dataclass(kind) and any(each.name == "version" for each in dataclasses.fields(kind))
    ]
    assert len(documents) >= 12
    assert all(dataclasses.fields(kind)[0].name == "version" for kind in documents)


def test_a_client_ignores_fields_that_a_newer_daemon_sends() -> None:
    document = {"version": 1, "url": "http://127.0.0.1:1/", "new": {"deep": [1]}}
    assert decode(document, wire.Opened, lenient=True).url == "http://127.0.0.1:1/"
    with pytest.raises(WireInvalid, match="new"):
        decode(document, wire.Opened)


@pytest.mark.parametrize("version", [0, 2, -1])
def test_another_version_is_told_apart_from_a_mistake(version: int) -> None:
    with pytest.raises(WireInvalid, match="Update") as caught:
        decode({"version": version, "what": "ever"}, wire.Opened)
    assert caught.value.is_version


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"url": 3}, "document.url"),
        ({"url": True}, "True"),
        ({}, "url"),
        ({"url": "\ud800"}, "surrogates"),
        (["url"], "object"),
        (None, "object"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(document: object, says: str) -> None:
    with pytest.raises(WireInvalid, match=says):
        decode(document, wire.Opened)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_no_document_does_more_than_be_refused(document: object) -> None:
    try:
        decode(document, wire.GenerateRequest)
    except WireInvalid:
        return


def test_the_format_needs_no_compiled_package() -> None:
    """httpx takes libraries of compression where they are, and needs none."""
    code = (
        "import sys, testgen.wire_codec, testgen.wire, testgen.daemon_client\n"
        "print([m for m, v in sys.modules.items() if str(getattr(v, '__file__', '')).endswith('.so')\n"
        "       and 'site-packages' in v.__file__ and not m.startswith(('zstandard', 'brotli'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
