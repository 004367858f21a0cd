"""JSON documents to the types of `testgen.wire` and back, by cattrs: strictly on the way in.

Strict means that a number is no string and that an unknown key is refused, with words that name the place.
`lenient` is for clients: a newer daemon may send fields that they do not know.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

from cattrs import Converter, transform_error
from cattrs.v import format_exception

from testgen.errors import WireInvalid
from testgen.wire import WIRE_VERSION

_T = TypeVar("_T")


def encode(value: Any) -> dict[str, Any]:
    """The document of a value, for a JSON writer."""
    document: dict[str, Any] = _converter(strict=True).unstructure(value)
    return document


def decode(document: object, kind: type[_T], *, lenient: bool = False) -> _T:
    """The value that a document describes.

    Raises WireInvalid where it does not fit, WireVersionUnknown where it says that it is of another version.
    """
    if not isinstance(document, dict):
        raise WireInvalid(f"a JSON object is wanted, not {_named(document)}")
    said = document.get("version", WIRE_VERSION)
    if type(said) is int and said != WIRE_VERSION:
        raise WireInvalid.of_version(said)
    try:
        return _converter(strict=not lenient).structure(document, kind)
    except Exception as error:
        told = transform_error(error, path="document", format_exception=_in_words)
        raise WireInvalid("; ".join(told)) from error


def decode_text(text: str | bytes, kind: type[_T], *, lenient: bool = False) -> _T:
    """As `decode`, from text. Raises WireInvalid where it is not JSON, too."""
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireInvalid(f"not JSON: {error}") from error
    return decode(document, kind, lenient=lenient)


@cache
def _converter(*, strict: bool) -> Converter:
    converter = Converter(forbid_extra_keys=strict)
    for kind in (str, bool, int, float):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook_factory(_is_tuple, _from_list)
    return converter


def _exactly(kind: type[Any]) -> Callable[[Any, Any], Any]:
    """A hook that takes a JSON value of this kind and no other; a whole number passes for a float."""

    def hook(value: Any, wanted: Any) -> Any:
        if wanted is not kind and issubclass(wanted, Enum):
            return wanted(value)
        if type(value) is kind:
            if kind is str:
                value.encode("utf-8")  # a lone surrogate, which JSON can write, is no text
            return value
        if kind is float and type(value) is int:
            return float(value)
        raise ValueError(f"{_named(value)} where {kind.__name__} is wanted")

    return hook


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _from_list(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """A hook for `tuple[X, ...]` that takes nothing but a list: text would pass for one of characters."""
    items: Any = list.__class_getitem__(get_args(kind)[0])

    def hook(value: Any, _kind: Any) -> Any:
        if not isinstance(value, list):
            raise ValueError(f"{_named(value)} where a list is wanted")
        return tuple(converter.structure(value, items))

    return hook


def _in_words(error: BaseException, kind: type[Any] | None) -> str:
    return str(error) if isinstance(error, ValueError) else format_exception(error, kind)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _named(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
