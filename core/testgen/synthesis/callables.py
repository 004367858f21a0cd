"""Functions as arguments: captures and anonymous functions that answer what their caller needs."""

from __future__ import annotations

from collections.abc import Callable

from testgen.synthesis.scalars import Context, interleave
from testgen.synthesis.terms import Raw, Term, to_source
from testgen.synthesis.type_tree import Type

Values = Callable[[Type, Context, int], list[Term]]
"""Values of a type: `values.values`, handed in because it makes functions with what is here."""

_NUMERIC = frozenset(
    {"integer", "number", "float", "non_neg_integer", "pos_integer", "any", "var", "", "term"}
)
_ANYTHING = frozenset({"any", "var", "term"})
_MOST_ANSWERS = 5


def functions(kind: Type, context: Context, values: Values) -> list[Term]:
    """Functions of the wanted arity; of several arities where it is not known."""
    if kind.any_arity:
        return interleave(*(_plain(arity, "any", "any") for arity in (1, 2, 0)))
    arity = len(kind.args)
    taken = kind.args[0].kind if kind.args else ""
    returns = kind.returns.kind if kind.returns else "any"
    plain = _plain(arity, taken, returns)
    if kind.returns is None or returns in _ANYTHING or (arity and returns == "boolean"):
        return plain
    return [*_answering(kind.returns, arity, context, values), *plain]


def _plain(arity: int, taken: str, returns: str) -> list[Term]:
    return [Raw(source, weight=2.5) for source in functions_of(arity, taken, returns)]


def functions_of(arity: int, taken: str, returns: str) -> tuple[str, ...]:
    """Captures a person would pass, by how many arguments they take and what they should answer."""
    if arity == 0:
        return ("fn -> :ok end", "fn -> 42 end")
    if arity == 1 and returns == "boolean":
        return ("&(&1 > 1)", "&is_nil/1", "fn _ -> true end", "fn _ -> false end")
    if arity == 1 and taken in ("string", "binary", "text"):
        return ("&String.upcase/1", "&String.length/1", "& &1")
    if arity == 1:
        return (
            ("&(&1 * 2)", "& &1", "fn _ -> nil end", "&(&1 > 1)")
            if taken in _NUMERIC
            else ("& &1", "&inspect/1")
        )
    if arity == 2:
        return ("&(&1 + &2)", "&<=/2", "fn _, acc -> acc end", "&{&1, &2}")
    return (f"fn {', '.join(f'a{i}' for i in range(1, arity + 1))} -> a1 end",)


def _answering(returns: Type, arity: int, context: Context, values: Values) -> list[Term]:
    """Functions with a fixed answer, or one made of the last argument: `fn x -> {:cont, x} end`."""
    names = ["x"] if arity == 1 else [f"x{i}" for i in range(1, arity)] + ["acc"] * bool(arity)
    made = names[-1] if names else "1"
    found: list[Term] = []
    for answer in dict.fromkeys(_answers(returns, made, context, values)):
        used = made if _mentions(answer, made) else "_"
        taken = ", ".join([*("_" for _ in names[:-1]), used]) if names else ""
        found.append(Raw(f"fn {taken} -> {answer} end".replace("fn  ->", "fn ->"), weight=2.5))
    return found[:_MOST_ANSWERS]


def _mentions(answer: str, name: str) -> bool:
    return name in answer.replace("{", " ").replace("}", " ").replace(",", " ").replace("[", " ").split()


def _answers(returns: Type, made: str, context: Context, values: Values) -> list[str]:
    match returns.kind:
        case kind if kind in _ANYTHING:
            return [made]
        case "union":
            return [each for member in returns.of for each in _answers(member, made, context, values)[:2]]
        case "tuple" if returns.of:
            parts = [_answers(each, made, context, values)[:1] for each in returns.of]
            return ["{" + ", ".join(part[0] for part in parts) + "}"] if all(parts) else []
        case _:
            return [to_source(each) for each in values(returns, context.deeper(""), 3) if _is_short(each)]


def _is_short(term: Term) -> bool:
    return len(to_source(term)) <= 60
