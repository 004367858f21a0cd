"""Modules that a test defines for the code under test to call: one that does what is asked, one that fails.

Where a function is given a module and calls functions on it, the test has to bring one. What each function
answers is taken from the `@callback`s of the file, one alternative of the return type per module; each tells
the test what it was called with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from testgen.synthesis.analysis import Module
from testgen.synthesis.reader import split
from testgen.synthesis.stub import Stub
from testgen.synthesis.subject import Subject

_MOST = 3
"""Modules for one set of callbacks."""
_UNKNOWN = (":ok", "{:error, :failed}", "{:ok, 3}")
"""Answers where no callback says what they are."""
_CALLBACK = re.compile(r"(?P<name>[a-z_]\w*[?!]?)\((?P<args>.*)\)\s*::\s*(?P<returns>.*)\Z", re.DOTALL)
_SAMPLES = {
    "String.t()": '"hello"',
    "binary": '"hello"',
    "integer": "3",
    "non_neg_integer": "3",
    "pos_integer": "3",
    "number": "3",
    "float": "1.5",
    "atom": ":other",
    "map": "%{}",
    "list": "[]",
    "keyword": "[]",
    "Date.t()": "~D[2024-02-29]",
    "nil": "nil",
    "true": "true",
    "false": "false",
}


def with_stubs(subject: Subject) -> Subject:
    """The subject with modules for those of its functions that are given one, where the file has none."""
    found: dict[tuple[str, ...], tuple[Stub, ...]] = {}
    functions = []
    for function in subject.functions:
        inferred = list(function.inferred)
        for place, kind in enumerate(inferred):
            if kind.kind == "module" and kind.callbacks and not kind.implementers:
                stubs = found.setdefault(kind.callbacks, tuple(_stubs(kind.callbacks, subject, len(found))))
                inferred[place] = replace(kind, implementers=tuple(stub.name for stub in stubs))
        functions.append(replace(function, inferred=tuple(inferred)))
    stubs = tuple(stub for members in found.values() for stub in members)
    return replace(subject, functions=tuple(functions), stubs=stubs) if stubs else subject


def _stubs(callbacks: Sequence[str], subject: Subject, number: int) -> Iterator[Stub]:
    known = {each.name: each for each in _declared((subject.module, *subject.siblings))}
    own = subject.module.name in {each.owner for each in known.values()} and all(
        name.rpartition("/")[0] in known for name in callbacks
    )
    answers = [_answers(known.get(name.rpartition("/")[0])) for name in callbacks]
    for which in range(min(_MOST, max(map(len, answers), default=0))):
        lines = [f"@behaviour {subject.shown_as}"] if own else []
        for name, alternatives in zip(callbacks, answers, strict=True):
            bare, _, arity = name.rpartition("/")
            callback = known.get(bare)
            names = callback.arguments if callback else tuple(f"arg{n + 1}" for n in range(int(arity)))
            answer = alternatives[min(which, len(alternatives) - 1)]
            lines += [*([""] if lines else []), *(["@impl true"] if own else [])]
            lines += _function(bare, names, answer)
        suffix = "" if number == 0 else str(number + 1)
        shown = f"{_NAMES[which]}{suffix}"
        full = f"{subject.module.name}Stubs.{shown}"
        yield Stub(name=shown, full_name=full, body=tuple(lines))


_NAMES = ("Succeeding", "Failing", "Answering")


def _function(name: str, arguments: Sequence[str], answer: str) -> list[str]:
    given = ", ".join(arguments)
    told = f"send(self(), {{:{name}{', ' if given else ''}{given}}})"
    return [f"def {name}({given}) do", f"  {told}", f"  {answer}", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Callback:
    owner: str
    name: str
    arguments: tuple[str, ...]
    returns: str


def _declared(modules: Sequence[Module]) -> Iterator[_Callback]:
    for module in modules:
        for text in module.callbacks:
            found = _CALLBACK.match(text.strip())
            if found is not None:
                arguments = split(found["args"]) or []
                yield _Callback(
                    owner=module.name,
                    name=found["name"],
                    arguments=tuple(_argument(each, n) for n, each in enumerate(arguments) if each),
                    returns=found["returns"].partition(" when ")[0],
                )


def _argument(source: str, number: int) -> str:
    """What a callback calls its argument, where it does."""
    named = re.match(r"([a-z_]\w*)\s*::", source)
    return named.group(1) if named else f"arg{number + 1}"


def _answers(callback: _Callback | None) -> list[str]:
    """A value for each alternative of what a callback returns."""
    if callback is None:
        return list(_UNKNOWN)
    found = [_value(each) for each in split(callback.returns, "|") or []]
    return list(dict.fromkeys(found)) or [":ok"]


def _value(source: str) -> str:
    text = source.strip()
    if text.startswith("{") and text.endswith("}"):
        parts = split(text[1:-1]) or []
        return (
            "{"
            + ", ".join(":failed" if each in ("term", "term()", "any()") else _value(each) for each in parts)
            + "}"
        )
    if re.fullmatch(r":[a-z_]\w*[?!]?|-?\d+|nil|true|false|\[\]", text):
        return text
    if text in ("boolean", "boolean()"):
        return "true"
    return _SAMPLES.get(text) or _SAMPLES.get(text.removesuffix("()")) or ":ok"
