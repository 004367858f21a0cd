"""Types as the agent tells them: specs, and what it inferred from the code, as trees of typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Wire: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A node of a type tree; `kind` says which of the other fields mean something."""

    kind: str
    of: tuple[Type, ...] = ()
    fields: tuple[TypeField, ...] = ()
    args: tuple[Type, ...] = ()
    returns: Type | None = None
    resolved: Type | None = None
    module: str = ""
    name: str = ""
    source: str = ""
    first: int | None = None
    last: int | None = None
    nonempty: bool = False
    near: tuple[str, ...] = ()
    """Source of numbers that the code compares it with."""
    sizes: tuple[int, ...] = ()
    """Of a list: lengths that the code compares its length with."""
    rows: tuple[tuple[Type, ...], ...] = ()
    """Elements of lists whose length a pattern fixes."""
    callbacks: tuple[str, ...] = ()
    """Of a module: functions that are called on it, `name/arity`."""
    implementers: tuple[str, ...] = ()
    """Of a module: modules that have those functions."""
    text: TextType | None = None
    named: str = ""
    """A variable that the code binds such a value to."""
    any_arity: bool = False
    """Of a function: that nothing says how many arguments it takes."""

    @classmethod
    def from_wire(cls, wire: Wire | str | None) -> Type:
        """The tree from the agent's map; what is missing is `any`."""
        if wire is None:
            return cls(kind="any")
        if isinstance(wire, str):
            return cls(kind=wire)
        kind = str(wire.get("t", "any"))
        returns = wire.get("return")
        resolved = wire.get("resolved")
        return cls(
            kind=kind,
            of=tuple(cls.from_wire(each) for each in many(wire.get("of"))),
            fields=tuple(TypeField.from_wire(each) for each in many(wire.get("fields"))),
            args=tuple(cls.from_wire(each) for each in many(wire.get("args")) if each != "any"),
            returns=cls.from_wire(returns) if returns is not None else None,
            resolved=cls.from_wire(resolved) if resolved is not None else None,
            module=str(wire.get("module") or (wire.get("name") if kind == "struct" else "") or ""),
            name=str(wire.get("name") or ""),
            source=str(wire.get("source") or ""),
            first=_integer(wire.get("first")),
            last=_integer(wire.get("last")),
            nonempty=bool(wire.get("nonempty", False)),
            near=_texts(wire.get("near")),
            sizes=_sizes(wire.get("sizes")),
            rows=tuple(types(row) for row in many(wire.get("rows"))),
            callbacks=_texts(wire.get("callbacks")),
            implementers=_texts(wire.get("implementers")),
            text=TextType.from_wire(wire) if kind == "text" else None,
            named=str(wire.get("named") or ""),
            any_arity=kind == "function" and wire.get("args") in (None, "any"),
        )

    def walk(self) -> Iterator[Type]:
        """This type and those of its elements and fields."""
        yield self
        for each in (*self.of, *(field.value for field in self.fields)):
            yield from each.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextType:
    """What is known of a string besides that it is one."""

    words: tuple[str, ...] = ()
    """Texts that the code looks for in it."""
    literals: tuple[str, ...] = ()
    """Texts that it is compared with."""
    regexes: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    """What it is read as: integer, float, date, hex, json and the like."""
    sizes: tuple[int, ...] = ()
    """What its length is compared with."""
    numbers: tuple[str, ...] = ()
    """Source of numbers that what is read from it is compared with."""
    splits: tuple[Split, ...] = ()

    @classmethod
    def from_wire(cls, wire: Wire) -> TextType:
        """The text's facts from the agent's map."""
        return cls(
            words=_texts(wire.get("words")),
            literals=_texts(wire.get("literals")),
            regexes=_texts(wire.get("regexes")),
            formats=_texts(wire.get("formats")),
            sizes=_sizes(wire.get("sizes")),
            numbers=_texts(wire.get("numbers")),
            splits=tuple(Split.from_wire(each) for each in many(wire.get("splits"))),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A text that is split at a separator: into any number of parts, or into rows of fixed length."""

    separator: str
    of: Type
    rows: tuple[tuple[Type, ...], ...] = ()

    @classmethod
    def from_wire(cls, wire: Wire) -> Split:
        """A split from the agent's map."""
        return cls(
            separator=str(wire["separator"]),
            of=Type.from_wire(wire.get("of")),
            rows=tuple(types(row) for row in many(wire.get("parts"))),
        )


def types(wire: Any) -> tuple[Type, ...]:
    """Trees from a list of the agent's maps."""
    return tuple(Type.from_wire(each) for each in many(wire))


def _sizes(wire: Any) -> tuple[int, ...]:
    return tuple(int(each) for each in many(wire))


def _texts(wire: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in many(wire))


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeField:
    """One key of a map or struct type."""

    key: str
    """The key's source when it is a literal (`:name`), otherwise empty."""
    key_type: Type
    value: Type
    required: bool

    @classmethod
    def from_wire(cls, wire: Wire) -> TypeField:
        """A field from the agent's map."""
        key = wire.get("key")
        return cls(
            key=str(wire.get("key_source") or wire.get("name") or ""),
            key_type=Type.from_wire(key if isinstance(key, Mapping) else None),
            value=Type.from_wire(wire.get("value")),
            required=bool(wire.get("required", True)),
        )


def many(value: Any) -> Sequence[Any]:
    """A field of the wire as a sequence: what is missing is empty, a single value is alone in it."""
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else [value]


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) else None
