"""The modules of a source file, in the pieces that a prompt is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from testgen.prompt import Definition, ModuleText
from testgen.reading import syntax
from testgen.reading.syntax import Node, keyword, text

_PUBLIC = frozenset({"def", "defmacro", "defguard", "defdelegate"})
_PRIVATE = frozenset({"defp", "defmacrop", "defguardp"})
_HEADER_CALLS = frozenset({"use", "import", "alias", "require", "defstruct", "defexception", "plug"})
_FUNCTION_ATTRIBUTES = frozenset({"doc", "spec", "impl", "deprecated", "since", "dialyzer", "tag"})
_MAX_HEADER_CHARS = 1200
_PROMPT = re.compile(r"iex(?:\(\d+\))?>\s?(.*)")
_CONTINUED = re.compile(r"\.\.\.(?:\(\d+\))?>\s?(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeModule:
    """A module as the corpus keeps it."""

    text: ModuleText
    num_public: int
    num_documented: int
    uses: tuple[str, ...] = ()
    behaviours: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Expressions of `iex>` examples in its docs, one per prompt."""


@dataclass(slots=True)
class _Function:
    name: str
    arity: int
    num_defaults: int
    is_public: bool
    pieces: list[str] = field(default_factory=list)
    summary: str = ""
    is_documented: bool = False
    calls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Pending:
    """Attributes that stand before a definition and belong to it."""

    doc: str | None = None
    is_hidden: bool = False
    specs: list[str] = field(default_factory=list)


def modules_of(root: Node) -> Iterator[CodeModule]:
    """All modules of a file, nested ones under their full name."""
    yield from _modules(root.named_children, "")


def _modules(nodes: list[Node], outer: str) -> Iterator[CodeModule]:
    for node in nodes:
        if keyword(node) != "defmodule":
            continue
        name = module_name(node, outer)
        if name:
            yield _module(node, name)
            yield from _modules(syntax.statements(node), name)


def module_name(call: Node, outer: str) -> str:
    """The full name of a `defmodule`; empty where it is computed."""
    args = syntax.arguments(call)
    if not args or args[0].type != "alias":
        return ""
    name = text(args[0]).replace(" ", "")
    return f"{outer}.{name}" if outer and not name.startswith("Elixir.") else name


def _module(node: Node, name: str) -> CodeModule:
    header: list[str] = []
    uses: list[str] = []
    behaviours: list[str] = []
    examples: list[str] = []
    functions: dict[tuple[str, int], _Function] = {}
    pending = _Pending()
    for statement in syntax.statements(node):
        called = keyword(statement)
        if called in _PUBLIC or called in _PRIVATE:
            _add_clause(statement, called, functions, pending)
            pending = _Pending()
        elif called in _HEADER_CALLS:
            _keep(header, statement)
            if called == "use":
                uses.append(_written(statement))
        elif found := syntax.attribute(statement):
            _attribute(found, statement, pending, header, behaviours, examples)
    definitions = tuple(_definition(each) for each in functions.values())
    public = [each for each in functions.values() if each.is_public]
    return CodeModule(
        text=ModuleText(name=name, header=tuple(header), definitions=definitions),
        num_public=len(public),
        num_documented=sum(each.is_documented for each in public),
        uses=tuple(uses),
        behaviours=tuple(behaviours),
        examples=tuple(examples),
    )


def _attribute(
    found: tuple[str, Node],
    statement: Node,
    pending: _Pending,
    header: list[str],
    behaviours: list[str],
    examples: list[str],
) -> None:
    name, call = found
    args = syntax.arguments(call)
    if name in ("doc", "moduledoc"):
        doc = syntax.string_content(args[0]) if args else None
        examples.extend(_examples(doc or ""))
        if name == "doc":
            pending.doc = doc
            pending.is_hidden = doc is None
    elif name == "spec":
        pending.specs.append(syntax.dedented(statement))
    elif name == "behaviour" and args:
        behaviours.append(text(args[0]))
        _keep(header, statement)
    elif name not in _FUNCTION_ATTRIBUTES and name != "typedoc":
        _keep(header, statement)


def _keep(header: list[str], statement: Node) -> None:
    piece = syntax.dedented(statement)
    header.append(piece if len(piece) <= _MAX_HEADER_CHARS else piece[:_MAX_HEADER_CHARS] + " # ...")


def _written(use: Node) -> str:
    """`GenServer`, or `ShopWeb, :live_view`: what identifies a `use`."""
    return ", ".join(text(each) for each in syntax.arguments(use) if each.type in ("alias", "atom", "dot"))


def _add_clause(
    node: Node, called: str, functions: dict[tuple[str, int], _Function], pending: _Pending
) -> None:
    head = _head(node)
    if head is None:
        return
    name, args = head
    num_defaults = sum(_has_default(arg) for arg in args)
    key = (name, len(args))
    if key not in functions:
        functions[key] = _Function(name, len(args), num_defaults, called in _PUBLIC)
    function = functions[key]
    function.num_defaults = max(function.num_defaults, num_defaults)
    if pending.doc is not None and not function.summary:
        function.summary = summary(pending.doc)
    function.is_documented |= pending.doc is not None or pending.is_hidden
    function.pieces.extend([*pending.specs, syntax.dedented(node)])
    function.calls.extend(_local_calls(node, name))


def _head(node: Node) -> tuple[str, list[Node]] | None:
    """Name and arguments of a definition, a guard taken off."""
    args = syntax.arguments(node)
    head = args[0] if args else None
    while head is not None and head.type == "binary_operator":
        head = head.child_by_field_name("left")
    if head is None:
        return None
    if head.type == "identifier":
        return text(head), []
    name = keyword(head)
    return (name, syntax.arguments(head)) if name else None


def _has_default(arg: Node) -> bool:
    operator = arg.child_by_field_name("operator") if arg.type == "binary_operator" else None
    return operator is not None and text(operator) == "\\\\"


def _local_calls(node: Node, own: str) -> list[str]:
    names = dict.fromkeys(keyword(call) for call in syntax.calls_below(node))
    return [name for name in names if name and name != own and not name.startswith("def")]


def _definition(function: _Function) -> Definition:
    return Definition(
        name=function.name,
        arity=function.arity,
        num_defaults=function.num_defaults,
        is_public=function.is_public,
        source="\n".join(function.pieces),
        summary=function.summary,
        calls=tuple(dict.fromkeys(function.calls)),
    )


def summary(doc: str) -> str:
    """The first paragraph of a doc, as one or more stripped lines; what looks like an example ends it."""
    lines = []
    for line in doc.strip().splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith(("iex", "#", "```", "* ")):
            break
        lines.append(stripped)
    return "\n".join(lines)


def _examples(doc: str) -> Iterator[str]:
    """The expressions after `iex>`, lines after `...>` joined to them."""
    current: list[str] = []
    for line in doc.splitlines():
        stripped = line.strip()
        if found := _PROMPT.match(stripped):
            if current:
                yield "\n".join(current)
            current = [found.group(1)]
        elif (found := _CONTINUED.match(stripped)) and current:
            current.append(found.group(1))
        elif current:
            yield "\n".join(current)
            current = []
    if current:
        yield "\n".join(current)
