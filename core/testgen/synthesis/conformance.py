"""Whether a value belongs to a type, as far as its source tells: yes, no, or not known.

Types are read as Elixir's specs mean them, so that `no` can be shown to a user as a contradiction. What
cannot be decided from source alone (a pid, a closure, a type of a module that is not there) is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from testgen.synthesis.analysis import Function, Module, Spec
from testgen.synthesis.reader import read
from testgen.synthesis.terms import (
    FALSE,
    NIL,
    TRUE,
    Atom,
    Built,
    Float,
    Int,
    ListOf,
    Map,
    Raw,
    Str,
    Term,
    Tuple,
)
from testgen.synthesis.type_tree import Type

Verdict: TypeAlias = bool | None
"""True and False are certain; None is not known."""

_SIGILS = (("~D[", "Date"), ("~T[", "Time"), ("~N[", "NaiveDateTime"), ("~U[", "DateTime"), ("~r", "Regex"))


def wanted_types(function: Function, spec: Spec, num_args: int) -> tuple[Type, ...] | None:
    """The spec's types of the arguments that a call with `num_args` gives, defaults left out as Elixir leaves
    them out: the rightmost first. None where the spec is of another arity.
    """
    if len(spec.args) != function.arity or num_args > function.arity:
        return None
    missing = function.arity - num_args
    optional = [place for place, default in enumerate(function.arg_defaults) if default is not None]
    if missing > len(optional):
        return None
    left_out = set(optional[len(optional) - missing :])
    return tuple(kind for place, kind in enumerate(spec.args) if place not in left_out)


def accepts(function: Function, spec: Spec, args: Sequence[Term], module: Module) -> Verdict:
    """Whether a spec of the function takes these arguments; False where their number differs."""
    wanted = wanted_types(function, spec, len(args))
    if wanted is None:
        return False
    return every(conforms(term, kind, module) for term, kind in zip(args, wanted, strict=True))


def is_specific(wanted: Type) -> bool:
    """Whether a type says what it wants; `map()`, `list()` and `term()` take more than their author meant."""
    if wanted.kind in ("any", "term", "var", "remote") and wanted.resolved is None:
        return False
    if wanted.kind in ("map", "struct", "keyword") and not wanted.fields:
        return False
    if wanted.kind in ("list", "tuple") and not wanted.of:
        return False
    parts = (*wanted.of, *(each.value for each in wanted.fields))
    return all(map(is_specific, parts)) and (wanted.resolved is None or is_specific(wanted.resolved))


def conforms(term: Term, wanted: Type, module: Module) -> Verdict:
    """Whether the term is of the type; `module` is the one whose types and struct are meant."""
    if isinstance(term, Built):
        return _made(term, wanted, module)
    if isinstance(term, Raw) and wanted.kind not in ("any", "term", "union", "none"):
        return _written(term.source, wanted, module)
    check = _CHECKS.get(wanted.kind)
    return check(term, wanted, module) if check else None


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """False where one is, else not known where one is not, else True."""
    found = list(verdicts)
    return False if False in found else None if None in found else True


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """True where one is, else not known where one is not, else False."""
    found = list(verdicts)
    return True if True in found else None if None in found else False


def _made(term: Built, wanted: Type, module: Module) -> Verdict:
    """A value that calls made: what it holds is known only of a constructor without arguments."""
    if wanted.kind in ("any", "term", "var"):
        return True
    if wanted.kind == "union":
        return some(_made(term, each, module) for each in wanted.of)
    if term.steps or not term.source.endswith("()") or not term.made_of:
        return None
    return True if wanted.kind == "struct" and _last(term.made_of) == _last(wanted.module) else None


def _written(source: str, wanted: Type, module: Module) -> Verdict:
    """Source that is no literal: a sigil tells its struct, a binary in brackets its kind."""
    if wanted.kind in ("remote", "opaque") and wanted.resolved is not None:
        return _written(source, wanted.resolved, module)
    if source.startswith("<<"):
        return True if wanted.kind in ("binary", "bitstring") else None
    struct = next((name for opening, name in _SIGILS if source.startswith(opening)), "")
    if struct and wanted.kind in _PLAIN_KINDS:
        return False
    if struct and wanted.kind == "struct" and wanted.module:
        return wanted.module == struct
    if re.match(r"(?:fn\b|&)", source) and wanted.kind in _PLAIN_KINDS:
        return False
    return None


_PLAIN_KINDS = frozenset(
    {
        *("integer", "non_neg_integer", "pos_integer", "neg_integer", "range", "float", "number"),
        *("boolean", "atom", "literal", "string", "binary", "list", "charlist", "keyword", "tuple"),
    }
)

_Check = Callable[[Term, Type, Module], Verdict]


def _integer(lowest: int | None = None, highest: int | None = None) -> _Check:
    def check(term: Term, _: Type, __: Module) -> Verdict:
        return (
            isinstance(term, Int)
            and (lowest is None or term.value >= lowest)
            and (highest is None or term.value <= highest)
        )

    return check


def _last(module: str) -> str:
    """Tests may write a module by its alias: the last part is what both have."""
    return module.rsplit(".", 1)[-1]


def _kind(*classes: type) -> _Check:
    return lambda term, _type, _module: isinstance(term, classes)


def _range(term: Term, wanted: Type, _: Module) -> Verdict:
    if not isinstance(term, Int):
        return False
    above = wanted.first is None or term.value >= wanted.first
    return above and (wanted.last is None or term.value <= wanted.last)


def _list(term: Term, wanted: Type, module: Module) -> Verdict:
    if not isinstance(term, ListOf):
        return False
    if not term.items:
        return not wanted.nonempty
    return every(conforms(item, wanted.of[0], module) for item in term.items) if wanted.of else True


def _tuple(term: Term, wanted: Type, module: Module) -> Verdict:
    if not isinstance(term, Tuple):
        return False
    if not wanted.of:
        return True if term.items else None
    if len(term.items) != len(wanted.of):
        return False
    return every(conforms(item, each, module) for item, each in zip(term.items, wanted.of, strict=True))


def _union(term: Term, wanted: Type, module: Module) -> Verdict:
    return some(conforms(term, each, module) for each in wanted.of)


def _literal(term: Term, wanted: Type, _: Module) -> Verdict:
    meant = read(wanted.source)
    if isinstance(term, Atom) and isinstance(meant, Atom) and term.name[:1].isupper():
        return _last(term.name) == _last(meant.name)
    return term == meant if wanted.source else None


def _map(term: Term, wanted: Type, module: Module) -> Verdict:
    if not isinstance(term, Map):
        return False
    return _fields(term, wanted, module) if wanted.fields else True


def _fields(term: Map, wanted: Type, module: Module) -> Verdict:
    """Named keys hold what they promise and are there; keys of no name are not looked at."""
    held = dict(term.pairs)
    named = {read(each.key): each for each in wanted.fields if each.key}
    verdicts: list[Verdict] = []
    for key, each in named.items():
        if key in held:
            verdicts.append(conforms(held[key], each.value, module))
        elif each.required and term.struct is None:
            verdicts.append(False)
    if len(named) < len(wanted.fields):
        verdicts.append(None if set(held) - set(named) else True)
    return every(verdicts)


def _struct(term: Term, wanted: Type, module: Module) -> Verdict:
    if not isinstance(term, Map) or term.struct is None:
        return False
    if wanted.module and _last(wanted.module) != _last(term.struct):
        return False
    return _fields(_with_defaults(term, module), wanted, module)


def _with_defaults(term: Map, module: Module) -> Map:
    """The module's own struct with the fields that its source leaves out."""
    struct = module.struct
    if struct is None or term.struct is None or _last(module.name) != _last(term.struct):
        return term
    named = {key for key, _ in term.pairs}
    left_out = [(Atom(name), read(source)) for name, source in struct.fields if Atom(name) not in named]
    return Map((*term.pairs, *left_out), struct=term.struct)


def _keyword(term: Term, wanted: Type, module: Module) -> Verdict:
    if not isinstance(term, ListOf):
        return False
    declared = {each.key.lstrip(":"): each.value for each in wanted.fields}
    verdicts: list[Verdict] = []
    for item in term.items:
        if not (isinstance(item, Tuple) and len(item.items) == 2 and isinstance(item.items[0], Atom)):
            return False
        name = item.items[0].name
        if declared and name not in declared:
            return False
        kind = declared.get(name) or (wanted.of[0] if wanted.of else Type(kind="any"))
        verdicts.append(conforms(item.items[1], kind, module))
    return every(verdicts)


def _resolved(term: Term, wanted: Type, module: Module) -> Verdict:
    if wanted.module == "Keyword":
        return _keyword(term, Type(kind="keyword"), module) if not wanted.args else None
    found = conforms(term, wanted.resolved, module) if wanted.resolved is not None else None
    return None if found is False and wanted.module.startswith(":") else found


def _opaque(term: Term, wanted: Type, module: Module) -> Verdict:
    """What another module keeps to itself may look like anything: only a match is certain."""
    found = _resolved(term, wanted, module)
    return None if found is False and _last(wanted.module) != _last(module.name) else found


def _charlist(term: Term, _: Type, __: Module) -> Verdict:
    if not isinstance(term, ListOf):
        return False
    return all(isinstance(item, Int) and item.value >= 0 for item in term.items)


def _iodata(term: Term, wanted: Type, module: Module) -> Verdict:
    if isinstance(term, ListOf):
        return every(
            isinstance(i, Int) or conforms(i, wanted, module) if not isinstance(i, Raw) else None
            for i in term.items
        )
    return isinstance(term, Str)


def _yes(_: Term, __: Type, ___: Module) -> Verdict:
    return True


def _no(_: Term, __: Type, ___: Module) -> Verdict:
    return False


_CHECKS: dict[str, _Check] = {
    "any": _yes,
    "term": _yes,
    "var": _yes,
    "none": _no,
    "integer": _integer(),
    "non_neg_integer": _integer(0),
    "pos_integer": _integer(1),
    "neg_integer": _integer(None, -1),
    "range": _range,
    "float": _kind(Float),
    "number": _kind(Int, Float),
    "string": _kind(Str),
    "binary": _kind(Str),
    "bitstring": _kind(Str),
    "atom": _kind(Atom),
    "module": _kind(Atom),
    "boolean": lambda term, _type, _module: term in (TRUE, FALSE),
    "list": _list,
    "tuple": _tuple,
    "union": _union,
    "literal": _literal,
    "map": _map,
    "struct": _struct,
    "keyword": _keyword,
    "remote": _resolved,
    "opaque": _opaque,
    "charlist": _charlist,
    "iodata": _iodata,
    "function": lambda term, _type, _module: False if term == NIL or not isinstance(term, Raw) else None,
    "pid": _no,
    "reference": _no,
    "port": _no,
}
