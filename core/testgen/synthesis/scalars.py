"""Values that hold no others: numbers, strings, atoms, functions, dates; and what they are made from.

What is mined from the module comes before what anybody would try, the ordinary before the edges. Lists, maps,
structs and everything else that holds values are in `values`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from testgen.synthesis import words
from testgen.synthesis.analysis import Literal, Module
from testgen.synthesis.reader import read
from testgen.synthesis.terms import FALSE, NIL, TRUE, Atom, Built, Float, Int, ListOf, Raw, Str, Term
from testgen.synthesis.type_tree import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """What the module's own text offers: integers and their neighbours, strings, atoms."""

    integers: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    strings: tuple[str, ...] = ()
    atoms: tuple[str, ...] = ()
    keys: tuple[Term, ...] = ()
    """Atoms and strings of the function itself that may be keys of a map it reads."""
    kinds: tuple[str, ...] = ()
    """Kinds of value that the called functions work on, such as `date` where `Date.compare/2` is called."""

    @classmethod
    def of(cls, literals: Iterable[Literal]) -> Mined:
        """Sorted into kinds, each once, in the order written."""
        terms = [read(literal.source) for literal in literals]
        return cls(
            integers=_once(term.value for term in terms if isinstance(term, Int)),
            floats=_once(term.value for term in terms if isinstance(term, Float)),
            strings=_once(term.value for term in terms if isinstance(term, Str)),
            atoms=_once(
                term.name
                for term in terms
                if isinstance(term, Atom)
                and term.name not in ("nil", "true", "false", "ok", "error")
                and not term.name[:1].isupper()
            ),
        )


def _once(values: Iterable[object]) -> tuple:  # type: ignore[type-arg]
    return tuple(dict.fromkeys(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a value is wanted: the module, what was mined, the argument's name, how deep it lies."""

    module: Module
    shown_as: str
    """How tests write the module's name."""
    mined: Mined = field(default_factory=Mined)
    pool: tuple[Built, ...] = ()
    """Values that the module's functions made."""
    arg_name: str = ""
    position: int = 0
    depth: int = 0
    implementers: tuple[str, ...] = ()
    """Modules that implement the module under test, where it is a behaviour."""
    struct_of: str = ""
    """The module whose struct an implementation is for, and how tests write it."""
    struct_as: str = ""
    has_processes: bool = False
    """Whether the module has processes of its own: then no other process will do."""
    visiting: frozenset[str] = frozenset()
    field_types: Mapping[str, Type] = field(default_factory=dict)
    """Types of the fields of the module's own struct, as its code uses them."""

    @property
    def turn(self) -> int:
        """Which of several ordinary values comes first: arguments differ by their position, pieces of them by
        their name, so that pieces of one name are equal.
        """
        return sum(map(ord, self.arg_name)) if self.depth and self.arg_name else self.position

    def deeper(self, name: str | None = None) -> Context:
        """The context of a part, a level down."""
        return replace(self, depth=self.depth + 1, arg_name=self.arg_name if name is None else name)


def integer(kind: Type, context: Context) -> list[Term]:
    """Ordinary integers, those near what it is compared with, the edges, and those near the module's own."""
    named = words.number_for(context.arg_name)
    ordinary = named if named else Int((3, 2, 5, 4)[context.turn % 4])
    compared = [term.value for term in map(read, kind.near) if isinstance(term, Int)]
    near = [*_near(compared)]
    return [
        ordinary,
        *near[:4],
        *map(Int, (0, 1, -1, 2, 10)),
        *near[4:],
        *_near(context.mined.integers),
        Int(100),
        Int(-7),
    ]


def _near(integers: Sequence[int]) -> list[Term]:
    around = [value + step for step in (0, 1, -1) for value in integers if abs(value) < 10**9]
    return [Int(value) for value in around]


def non_negative(kind: Type, context: Context) -> list[Term]:
    """Integers from zero up."""
    return [term for term in integer(kind, context) if isinstance(term, Int) and term.value >= 0]


def positive(kind: Type, context: Context) -> list[Term]:
    """Integers from one up."""
    return [term for term in integer(kind, context) if isinstance(term, Int) and term.value > 0]


def negative(kind: Type, context: Context) -> list[Term]:
    """Integers below zero."""
    found = [Int(-1), Int(-5), *integer(kind, context)]
    return [term for term in found if isinstance(term, Int) and term.value < 0]


def integer_range(kind: Type, context: Context) -> list[Term]:
    """Both ends of a range, its middle, and what lies inside it."""
    first = kind.first if kind.first is not None else 0
    last = kind.last if kind.last is not None else first + 10
    named = [term for term in integer(kind, context) if isinstance(term, Int) and first <= term.value <= last]
    return [*named[:1], Int(first), Int(last), Int((first + last) // 2), *named]


def floating(kind: Type, context: Context) -> list[Term]:
    """Ordinary floats, those that the module names, and the edges."""
    named = words.number_for(context.arg_name)
    ordinary = Float(float(named.value)) if named else Float((2.5, 1.5, 4.0)[context.position % 3])
    mined = [Float(value + step) for step in (0.0, 0.5, -0.5) for value in context.mined.floats]
    near = [Float(float(value)) for value in context.mined.integers if abs(value) < 10**6]
    compared = [Float(float(term.value)) for term in map(read, kind.near) if isinstance(term, (Int, Float))]
    return [
        ordinary,
        *compared,
        Float(0.0),
        Float(1.0),
        Float(-1.5),
        *mined,
        *near,
        Float(0.125),
        Float(99.99),
    ]


def number(kind: Type, context: Context) -> list[Term]:
    """Integers and floats in turn."""
    return interleave(integer(kind, context), floating(kind, context))


def interleave(*lists: Sequence[Term]) -> list[Term]:
    """One of each list in turn."""
    rows = itertools.zip_longest(*lists)
    return [term for row in rows for term in row if term is not None]


def string(_: Type, context: Context) -> list[Term]:
    """A string that suits the name, the empty one, those that the module names, and the odd ones."""
    named = words.string_for(context.arg_name, context.module.short_name)
    ordinary = named or Str(("hello", "world", "abc")[context.turn % 3])
    mined = [Str(text) for text in context.mined.strings if len(text) <= 60]
    inside = [Str(f"a{text}b") for text in context.mined.strings if 0 < len(text) <= 3]
    return [ordinary, Str(""), *interleave(mined, _PLAIN_TEXTS), *inside]


_PLAIN_TEXTS = tuple(
    Str(text)
    for text in (
        "a",
        "Hello World",
        "foo-bar",
        "fooBar",
        "HTTPServer",
        "foo bar baz",
        "foo_bar",
        "  padded ",
        "123",
        "Élan naïve",
        "a\nb",
        "aa",
    )
)


def bitstring(kind: Type, context: Context) -> list[Term]:
    """Strings, and binaries that are none."""
    return [*string(kind, context)[:6], Raw("<<1, 2, 3>>"), Raw("<<0>>"), Raw("<<255, 0>>")]


def atom(_: Type, context: Context) -> list[Term]:
    """Atoms that the module names, and some that it does not."""
    return [*map(Atom, context.mined.atoms), Atom("a"), Atom("other"), NIL]


def boolean(_: Type, __: Context) -> list[Term]:
    """Both."""
    return [TRUE, FALSE]


STANDARD: dict[str, tuple[Term, ...]] = {
    "Range": (Raw("1..3"), Raw("5..1//-1"), Raw("0..10//5")),
    "MapSet": (Raw("MapSet.new([1, 2])"), Raw("MapSet.new()")),
    "Regex": (Raw("~r/l+/"), Raw("~r/^a/i")),
    "URI": (Raw('URI.parse("https://example.com/path?q=1")'),),
    "Version": (Raw('Version.parse!("1.2.3")'),),
}


OPAQUE: dict[str, tuple[Term, ...]] = {
    ":queue": (Raw(":queue.from_list([1, 2])"), Raw(":queue.new()")),
    ":gb_trees": (Raw(":gb_trees.empty()"), Raw(":gb_trees.insert(1, :a, :gb_trees.empty())")),
    ":gb_sets": (Raw(":gb_sets.from_list([1, 2])"), Raw(":gb_sets.new()")),
    ":sets": (Raw(":sets.from_list([1, 2])"), Raw(":sets.new()")),
    ":ordsets": (Raw(":ordsets.from_list([1, 2])"), Raw(":ordsets.new()")),
    ":orddict": (Raw("[a: 1]"), Raw(":orddict.new()")),
    ":array": (Raw(":array.from_list([1, 2])"), Raw(":array.new()")),
    ":dict": (Raw(":dict.from_list(a: 1)"), Raw(":dict.new()")),
    ":digraph": (Raw(":digraph.new()"),),
    ":atomics": (Raw(":atomics.new(3, [])"),),
    ":counters": (Raw(":counters.new(3, [])"),),
}
"""Values of OTP's own types, which only its functions make."""


def charlist(_: Type, __: Context) -> list[Term]:
    """A charlist, and the empty one."""
    return [Raw('~c"hello"'), ListOf()]


def iodata(_: Type, __: Context) -> list[Term]:
    """Nested and flat iodata."""
    return [ListOf((Str("a"), ListOf((Str("b"),)), Str("c"))), Str("abc"), ListOf(), Raw('["a", ?b]')]
