"""The codec of the agent's channel, against itself and against a real Erlang."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen.errors import AgentProtocol
from testgen.terms import decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(VALUES)
def test_every_value_that_the_protocol_carries_comes_back_as_it_was(value: object) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=60))
def test_bytes_that_are_no_message_are_a_protocol_error_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(AgentProtocol):
        decode(data)


def test_erlang_reads_what_python_writes_and_python_what_erlang_writes(elixir: Path, tmp_path: Path) -> None:
    value = {
        "id": 7,
        "ok": [None, True, False, -1, 2**70, 1.5, "é\n😀", [], {}, [104, 105], {"x": [[1, 300]]}],
    }
    (tmp_path / "in").write_bytes(encode(value))
    script = """
    term = File.read!("in") |> :erlang.binary_to_term([:safe])
    big = 1_180_591_620_717_411_303_424
    items = [nil, true, false, -1, big, 1.5, "é\\n😀", [], %{}, [104, 105], %{"x" => [[1, 300]]}]
    ^term = %{"id" => 7, "ok" => items}
    File.write!("out", :erlang.term_to_binary(term))
    """
    subprocess.run(
        [str(elixir), "-e", script],
        cwd=tmp_path,
        check=True,
        timeout=60,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    assert decode((tmp_path / "out").read_bytes()) == value


@pytest.mark.parametrize(
    "data", [b"\x83w\x03foo", b"\x83h\x02a\x01a\x02", b"\x83m\x00\x00\x00\x01\xff", b"", b"\x83"]
)
def test_atoms_tuples_and_broken_text_are_refused(data: bytes) -> None:
    with pytest.raises(AgentProtocol):
        decode(data)


@pytest.mark.parametrize("value", [object(), {1: 2}, {"a": {3}}, b"bytes"])
def test_what_the_protocol_does_not_carry_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)
