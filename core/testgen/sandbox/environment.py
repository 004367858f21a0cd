"""The environment of sandboxed code: a short list of names, so that keys and tokens stay outside.

A variable that is not on the list is gone, whatever its name: lists of forbidden names always miss one. A
project names what its tests need in `.testgen.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ALLOWED = frozenset(
    {
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "MIX_HOME",
        "MIX_ARCHIVES",
        "MIX_TARGET",
        "MIX_XDG",
        "HEX_HOME",
        "TESTGEN_HEX_DIR",
        "SOURCE_DATE_EPOCH",
    }
)


def reduced(environment: Mapping[str, str], also: Iterable[str] = ()) -> dict[str, str]:
    """The variables of `environment` that are allowed, or named in `also`, and a UTF-8 locale where it has
    none.
    """
    named = ALLOWED.union(also)
    kept = {name: value for name, value in environment.items() if name in named or name.startswith("LC_")}
    locale = kept.get("LC_ALL") or kept.get("LC_CTYPE") or kept.get("LANG") or ""
    if "utf-8" not in locale.lower() and "utf8" not in locale.lower():
        kept["LC_ALL"] = "C.UTF-8"
    return kept
