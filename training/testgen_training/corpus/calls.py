"""Calls in test code: which function of which module, with which arguments, and whether they stand alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from testgen.reading import syntax
from testgen.reading.syntax import Node, keyword, text

_KERNEL = frozenset(
    [
        "self",
        "make_ref",
        "to_string",
        "to_charlist",
        "hd",
        "tl",
        "elem",
        "length",
        "map_size",
        "inspect",
        "node",
    ]
)
"""Functions without a module before them that every argument may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call with its module resolved through the aliases in scope."""

    module: str
    """Full name; empty for a local or imported function."""
    shown_as: str
    """How the module is written."""
    function: str
    args: tuple[str, ...]
    is_closed: bool
    """Whether no argument refers to a variable or to a function defined elsewhere in the test."""


@dataclass(slots=True)
class Names:
    """What short module names mean in a file."""

    aliases: dict[str, str] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)

    def resolve(self, written: str) -> str:
        """The full name of a module as written."""
        first, dot, rest = written.partition(".")
        return f"{self.aliases.get(first, first)}{dot}{rest}"

    def learn(self, statement: Node, current: str) -> None:
        """Takes in an `alias` or `import`; anything else is ignored."""
        called = keyword(statement)
        args = syntax.arguments(statement) if called in ("alias", "import") else []
        if not args:
            return
        for name in _named(args[0], current):
            full = self.resolve(name)
            if called == "import":
                self.imports.append(full)
            else:
                self.aliases[_renamed(args) or full.rpartition(".")[2]] = full


def _named(node: Node, current: str) -> list[str]:
    """`A.B`, or each of `A.{B, C}`; `__MODULE__` is the module at hand."""
    if node.type == "alias":
        return [text(node).replace(" ", "")]
    if node.type != "dot":
        return [current] if text(node) == "__MODULE__" else []
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return []
    outer = text(left).replace("__MODULE__", current)
    inner = [right] if right.type == "alias" else right.named_children
    return [f"{outer}.{text(each)}" for each in inner if each.type in ("alias", "dot")]


def _renamed(args: list[Node]) -> str:
    """The name after `as:`."""
    for arg in args[1:]:
        for pair in arg.named_children if arg.type == "keywords" else []:
            parts = pair.named_children
            if len(parts) == 2 and text(parts[0]).strip() == "as:":
                return text(parts[1])
    return ""


def calls_in(node: Node, names: Names) -> Iterable[Call]:
    """Every call below the node whose function is named outright."""
    for call in syntax.calls_below(node):
        found = _called(call, names)
        if found is not None:
            module, shown_as, function = found
            args = _with_piped(call)
            yield Call(
                module=module,
                shown_as=shown_as,
                function=function,
                args=tuple(map(text, args)),
                is_closed=all(map(is_closed, args)),
            )


def _called(call: Node, names: Names) -> tuple[str, str, str] | None:
    called = syntax.target(call)
    if called is None:
        return None
    if called.type == "identifier":
        return "", "", text(called)
    if called.type != "dot":
        return None
    left, right = called.child_by_field_name("left"), called.child_by_field_name("right")
    if left is None or right is None or left.type != "alias" or right.type != "identifier":
        return None
    written = text(left).replace(" ", "")
    return names.resolve(written), written, text(right)


def _with_piped(call: Node) -> list[Node]:
    """The arguments, with what is piped into the call before them."""
    args = syntax.arguments(call)
    parent = call.parent
    if parent is None or parent.type != "binary_operator":
        return args
    operator, left = parent.child_by_field_name("operator"), parent.child_by_field_name("left")
    if operator is not None and text(operator) == "|>" and left is not None and left != call:
        return [left, *args]
    return args


def is_closed(node: Node) -> bool:
    """Whether the expression means the same outside of the test that it stands in."""
    bound: set[str] = set()
    for each in syntax.walk(node):
        if each.type == "stab_clause":
            left = each.child_by_field_name("left")
            bound |= (
                {text(name) for name in syntax.walk(left) if name.type == "identifier"} if left else set()
            )
        elif each.type == "ERROR":
            return False
    return all(
        text(each) in bound or _is_function_name(each)
        for each in syntax.walk(node)
        if each.type == "identifier"
    )


def _is_function_name(identifier: Node) -> bool:
    parent = identifier.parent
    if parent is None:
        return False
    if parent.type == "dot":
        left = parent.child_by_field_name("left")
        return left is not None and left.type in ("alias", "atom") and left != identifier
    return parent.type == "call" and syntax.target(parent) == identifier and text(identifier) in _KERNEL


def imported(call: Call, imports: Iterable[str], definitions: Mapping[str, frozenset[str]]) -> str:
    """The imported module that a local call goes to; empty where none defines such a function."""
    for module in imports:
        if call.function in definitions.get(module, frozenset()):
            return module
    return ""
