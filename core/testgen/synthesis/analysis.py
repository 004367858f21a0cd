"""What the agent found in a source file, as typed values: modules, functions, clauses, specs, types,
doctests.

Only reads the wire's maps; it decides nothing. Fields that an older agent does not send get their empty
value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from testgen.synthesis.type_tree import Type, Wire, many, types


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A node of a clause head's pattern; children by position, pairs for maps and structs."""

    kind: str
    source: str
    name: str = ""
    items: tuple[Pattern, ...] = ()
    pairs: tuple[tuple[str, Pattern], ...] = ()
    segments: tuple[str, ...] = ()
    """Source of the parts of a binary."""

    @classmethod
    def from_wire(cls, wire: Wire | None) -> Pattern:
        """The tree from the agent's map."""
        if wire is None:
            return cls(kind="ignore", source="_")
        return cls(
            kind=str(wire.get("p", "ignore")),
            source=str(wire.get("source") or "_"),
            name=str(wire.get("name") or wire.get("module") or ""),
            items=tuple(cls.from_wire(each) for each in _children(wire)),
            pairs=tuple(
                (str(each["key"]), cls.from_wire(each["value"])) for each in many(wire.get("fields"))
            ),
            segments=tuple(str(each) for each in many(wire.get("segments"))),
        )

    def walk(self) -> Iterator[Pattern]:
        """This node and all below it."""
        yield self
        for item in self.items:
            yield from item.walk()
        for _, value in self.pairs:
            yield from value.walk()


def _children(wire: Wire) -> Iterable[Any]:
    """Children by position: of a list or tuple, a cons (the tail last), both sides of a match, the rest of
    a prefix.
    """
    for names in (("of",), ("heads", "tail"), ("left", "right"), ("rest",)):
        found = [each for name in names for each in many(wire.get(name))]
        if found:
            return found
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctestLine:
    """One `iex>` expression and what its author says it gives."""

    expr: str
    expected: str | None
    raises: tuple[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctest:
    """One example: lines that share their bindings."""

    line: int
    lines: tuple[DoctestLine, ...]

    @classmethod
    def from_wire(cls, wire: Wire) -> Doctest:
        """A doctest from the agent's map."""
        return cls(
            line=int(wire.get("line") or 0), lines=tuple(_doctest_line(each) for each in many(wire["lines"]))
        )


def _doctest_line(wire: Wire) -> DoctestLine:
    raises = wire.get("raises")
    pair = (str(raises.get("exception", "")), str(raises.get("message", ""))) if raises else None
    return DoctestLine(expr=str(wire["expr"]), expected=wire.get("expected"), raises=pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A literal written in the module."""

    kind: str
    source: str
    line: int = 0

    @classmethod
    def from_wire(cls, wire: Wire) -> Literal:
        """A literal from the agent's map."""
        return cls(kind=str(wire["kind"]), source=str(wire["source"]), line=int(wire.get("line") or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One `@spec` of a function."""

    source: str
    args: tuple[Type, ...]
    returns: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of a function."""

    line: int
    args: tuple[str, ...]
    guard: str | None
    patterns: tuple[Pattern, ...]
    variables: Mapping[str, Type] = field(default_factory=dict, compare=False)
    """Types inferred for the variables of its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledFunction:
    """A function that the code calls; `module` is None for a local or imported one."""

    module: str | None
    function: str
    arity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A value that a guard compares an argument with; `measure` is the function around the argument, if
    any.
    """

    arg: int
    value: str
    measure: str | None = None

    @classmethod
    def from_wire(cls, wire: Wire) -> Bound:
        """A bound from the agent's map."""
        return cls(arg=int(wire["arg"]), value=str(wire["value"]), measure=wire.get("measure"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A public function or macro of a module."""

    name: str
    arity: int
    kind: str
    line: int
    end_line: int = 0
    doc: str | None = None
    generated: bool = False
    """Whether a macro made it: the source does not show it."""
    defaults: int = 0
    arg_names: tuple[str, ...] = ()
    arg_defaults: tuple[str | None, ...] = ()
    """Source of the default at each place, None where there is none."""
    clauses: tuple[Clause, ...] = ()
    specs: tuple[Spec, ...] = ()
    doctests: tuple[Doctest, ...] = ()
    literals: tuple[Literal, ...] = ()
    guard_bounds: tuple[Bound, ...] = ()
    calls: tuple[CalledFunction, ...] = ()
    raises: tuple[str, ...] = ()
    inferred: tuple[Type, ...] = ()
    """A type for each argument as the code uses it; `any` where it does not tell."""

    @property
    def signature(self) -> str:
        """`name/arity`, as in a `describe`."""
        return f"{self.name}/{self.arity}"

    @property
    def arities(self) -> range:
        """Arities it can be called with, default arguments left out or given."""
        return range(self.arity - self.defaults, self.arity + 1)

    @classmethod
    def from_wire(cls, wire: Wire) -> Function:
        """A function from the agent's map."""
        return cls(
            name=str(wire["name"]),
            arity=int(wire["arity"]),
            kind=str(wire.get("kind", "def")),
            line=int(wire.get("line") or 0),
            end_line=int(wire.get("end_line") or 0),
            doc=wire.get("doc"),
            generated=bool(wire.get("generated", False)),
            defaults=int(wire.get("defaults") or 0),
            arg_names=tuple(str(name) for name in many(wire.get("arg_names"))),
            arg_defaults=tuple(many(wire.get("arg_defaults"))),
            clauses=tuple(_clause(each) for each in many(wire.get("clauses"))),
            specs=tuple(_spec(each) for each in many(wire.get("specs"))),
            doctests=tuple(Doctest.from_wire(each) for each in many(wire.get("doctests"))),
            literals=tuple(Literal.from_wire(each) for each in many(wire.get("literals"))),
            guard_bounds=tuple(Bound.from_wire(each) for each in many(wire.get("guard_bounds"))),
            calls=tuple(_called(each) for each in many(wire.get("calls"))),
            raises=tuple(str(each["exception"]) for each in many(wire.get("raises"))),
            inferred=types(wire.get("inferred")),
        )


def _clause(wire: Wire) -> Clause:
    return Clause(
        line=int(wire.get("line") or 0),
        args=tuple(str(each) for each in many(wire.get("args"))),
        guard=wire.get("guard"),
        patterns=tuple(Pattern.from_wire(each) for each in many(wire.get("patterns"))),
        variables={str(name): Type.from_wire(each) for name, each in (wire.get("variables") or {}).items()},
    )


def _spec(wire: Wire) -> Spec:
    args = tuple(Type.from_wire(each) for each in many(wire.get("args")))
    return Spec(source=str(wire.get("source", "")), args=args, returns=Type.from_wire(wire.get("return")))


def _called(wire: Wire) -> CalledFunction:
    module = wire.get("module")
    return CalledFunction(
        module=str(module) if module else None,
        function=str(wire["function"]),
        arity=int(wire.get("arity") or 0),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StructShape:
    """A module's struct: its fields with the source of their defaults."""

    fields: tuple[tuple[str, str], ...]
    enforced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedType:
    """A `@type` of the module."""

    name: str
    arity: int
    kind: str
    tree: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """A function that makes a value of its module's type."""

    function: str
    args: tuple[Type, ...]
    tagged: bool = False
    """Whether it answers `{:ok, value}`."""

    @classmethod
    def from_wire(cls, wire: Wire) -> Maker:
        """A maker from the agent's map."""
        return cls(
            function=str(wire["function"]), args=types(wire.get("args")), tagged=bool(wire.get("tagged"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Constructors:
    """How values of another module's struct are made, and changed: steps take the value first."""

    makers: tuple[Maker, ...] = ()
    steps: tuple[Maker, ...] = ()

    @classmethod
    def from_wire(cls, wire: Wire) -> Constructors:
        """Constructors from the agent's map."""
        return cls(
            makers=tuple(Maker.from_wire(each) for each in many(wire.get("makers"))),
            steps=tuple(Maker.from_wire(each) for each in many(wire.get("steps"))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of the file."""

    name: str
    line: int = 0
    end_line: int = 0
    kind: str = "module"
    doctests: tuple[Doctest, ...] = ()
    struct: StructShape | None = None
    behaviours: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ()
    """Sources of the callbacks that it declares: `deliver(to :: String.t()) :: :ok`."""
    types: tuple[NamedType, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    """Names of module attributes with the source of their values."""
    literals: tuple[Literal, ...] = ()
    functions: tuple[Function, ...] = ()
    private_functions: tuple[Function, ...] = ()
    constructors: Mapping[str, Constructors] = field(default_factory=dict, compare=False)
    """By the name of the module whose values they make."""

    @classmethod
    def from_wire(cls, wire: Wire) -> Module:
        """A module from the agent's map."""
        return cls(
            name=str(wire["name"]),
            line=int(wire.get("line") or 0),
            end_line=int(wire.get("end_line") or 0),
            kind=str(wire.get("kind") or "module"),
            doctests=tuple(Doctest.from_wire(each) for each in many(wire.get("doctests"))),
            struct=_struct(wire.get("struct")),
            behaviours=tuple(str(each) for each in many(wire.get("behaviours"))),
            uses=tuple(str(each) for each in many(wire.get("uses"))),
            callbacks=tuple(str(each) for each in many(wire.get("callbacks"))),
            types=tuple(_named_type(each) for each in many(wire.get("types"))),
            attributes=tuple((str(a["name"]), str(a["source"])) for a in many(wire.get("attributes"))),
            literals=tuple(Literal.from_wire(each) for each in many(wire.get("literals"))),
            functions=tuple(Function.from_wire(each) for each in many(wire.get("functions"))),
            private_functions=tuple(Function.from_wire(each) for each in many(wire.get("private_functions"))),
            constructors={
                str(name): Constructors.from_wire(each)
                for name, each in (wire.get("constructors") or {}).items()
            },
        )

    @property
    def short_name(self) -> str:
        """The last part of the name, as an alias gives it."""
        return self.name.rsplit(".", 1)[-1]

    def function(self, signature: str) -> Function | None:
        """The function with this `name/arity`, default arguments counted."""
        name, _, arity = signature.rpartition("/")
        found = (f for f in self.functions if f.name == name and int(arity or -1) in f.arities)
        return next(found, None)


def _struct(wire: Wire | None) -> StructShape | None:
    if wire is None:
        return None
    fields = tuple((str(each["name"]), str(each.get("default") or "nil")) for each in many(wire["fields"]))
    return StructShape(fields=fields, enforced=tuple(str(each) for each in many(wire.get("enforced"))))


def _named_type(wire: Wire) -> NamedType:
    return NamedType(
        name=str(wire["name"]),
        arity=int(wire.get("arity") or 0),
        kind=str(wire.get("kind") or "type"),
        tree=Type.from_wire(wire.get("tree")),
    )
