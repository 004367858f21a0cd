"""Turns Python values into Erlang external terms and back, through the codec of erlang_py.

Covers what the agent's protocol carries: `None`, booleans, integers, floats, strings, lists and maps with
string keys. Strings travel as binaries; an atom other than `nil`, `true` and `false`, a tuple or anything
else that is not data is a protocol error, and so is a binary that is not UTF-8.

    {"id": 7, "ok": [1, "a"]}  <->  %{"id" => 7, "ok" => [1, "a"]}

A list of small integers arrives as a "string" of bytes, which is how Erlang writes it: `[104, 105]` is bytes
`hi`, and comes back as the list that it is.
"""

from __future__ import annotations

from typing import Any

import erlang

from testgen.errors import AgentProtocol

_NIL = erlang.OtpErlangAtom(b"nil")


def encode(value: object) -> bytes:
    """The external term of `value`. Raises `TypeError` for what the protocol does not carry."""
    return bytes(erlang.term_to_binary(_to_term(value)))


def decode(data: bytes) -> Any:
    """The value of an external term. Raises `AgentProtocol` where it is no term, or none of the
    protocol's.
    """
    try:
        return _from_term(erlang.binary_to_term(data))
    except AgentProtocol:
        raise
    except (
        erlang.ParseException,
        UnicodeDecodeError,
        ValueError,
        TypeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise AgentProtocol(f"The agent sent {len(data)} bytes that are no message: {error}") from error


def _to_term(value: object) -> Any:
    if value is None:
        return _NIL
    if isinstance(value, str):
        return erlang.OtpErlangBinary(value.encode("utf-8"))
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {_key(key): _to_term(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_term(item) for item in value]
    raise TypeError(f"the agent's protocol carries no {type(value).__name__}: {value!r}")


def _key(key: object) -> Any:
    if not isinstance(key, str):
        raise TypeError(f"keys are strings, not {key!r}")
    return erlang.OtpErlangBinary(key.encode("utf-8"))


def _from_term(term: Any) -> Any:
    kind = type(term)
    if kind is erlang.OtpErlangBinary:
        return _text(term)
    if kind is dict:
        return {_text(key): _from_term(value) for key, value in term.items()}
    if kind is list:
        return [_from_term(item) for item in term]
    if kind is int or kind is bool or kind is float:
        return term
    if kind is bytes:  # how Erlang writes a list of small integers
        return list(term)
    if kind is erlang.OtpErlangAtom and term.value in (b"nil", "nil"):
        return None
    raise AgentProtocol(f"The agent sent {term!r}, which its protocol does not carry.")


def _text(term: Any) -> str:
    if type(term) is not erlang.OtpErlangBinary or term.bits != 8:
        raise AgentProtocol(f"The agent sent {term!r} where a string belongs.")
    return str(term.value, "utf-8")
