"""Ways to start a stateful module: under the test's supervisor, by a function that gives a process or table,
or not at all where functions find the state by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testgen.synthesis import words
from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, clause_choices, guesses, option_values
from testgen.synthesis.refinement import inferred_at, refined
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Subject, starts_a_process, variable_for
from testgen.synthesis.terms import Atom, Int, ListOf, Term, Tuple, arguments_source
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import TABLE, values

_STARTS = 4
NOT_OPERATIONS = frozenset({"start_link", "start", "child_spec", "stop"})
"""Names of functions that start or end a process rather than work on it."""
_NO_OPTIONS = frozenset(
    map(Atom, ["ok", "error", "stop", "reply", "noreply", "continue", "ignore", "hibernate", "name"])
)
_RESETS = frozenset({"clear", "reset", "flush", "delete_all", "truncate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Lines that make the state, and the variable that holds it (empty where functions know where it is)."""

    lines: tuple[str, ...] = ()
    handle: str = ""


def starts(subject: Subject) -> list[Start]:
    """Ways to start it, the most usual first; the first without a handle where functions find it by name."""
    found = [*_supervised(subject), *_made(subject), *_tables(subject)]
    if not any(start.handle for start in found):
        found = [*found[:1], Start(lines=reset_lines(subject)), *found[1:2]]
    return list(dict.fromkeys(found))


def _tables(subject: Subject) -> Iterator[Start]:
    """A table for a module that is given one, and that makes none itself."""
    asked = (kind for function in subject.functions for kind in function.inferred)
    if any(kind.kind == "table" for kind in asked):
        yield Start(lines=TABLE.steps, handle=TABLE.var)


def reset_lines(subject: Subject) -> tuple[str, ...]:
    """The call that empties the module's state, where it has one."""
    reset = next((f for f in subject.functions if f.name in _RESETS and f.arity == 0), None)
    return (f"{subject.shown_as}.{reset.name}()",) if reset else ()


def _supervised(subject: Subject) -> Iterator[Start]:
    starter = next((f for f in subject.module.functions if f.name == "start_link"), None)
    if starter is None:
        return
    handle = handle_name(subject)
    binding = f"{handle} = " if handle else ""
    has_child_spec = any(f.signature == "child_spec/1" for f in subject.module.functions) or bool(
        {"GenServer", "Agent", "Supervisor", "GenStage", "Task"} & set(subject.module.uses)
    )
    for arguments in _start_arguments(starter, subject):
        shown = arguments_source(arguments)
        if has_child_spec and 1 in starter.arities and len(arguments) == 1:
            plain = shown in ("", "[]") and 0 not in starter.arities
            child = subject.shown_as if plain else f"{{{subject.shown_as}, {shown}}}"
        else:
            child = f"%{{id: {subject.shown_as}, start: {{{subject.shown_as}, :start_link, [{shown}]}}}}"
        yield Start(lines=(f"{binding}start_supervised!({child})",), handle=handle)


def _start_arguments(starter: Function, subject: Subject) -> list[tuple[Term, ...]]:
    initial = next((f for f in subject.module.functions if f.signature == "init/1"), None)
    options = _options(initial) if initial else []
    choices = by_spec(starter, starter.specs[0], subject, (), 6) if starter.specs else []
    if not choices or any(not each for each in choices):
        choices = guesses(starter, subject, ())
    if starter.arity and words.kind_for(starter.arg_names[-1] if starter.arg_names else "") == "keyword":
        read = _options_read(initial, subject) if initial else []
        choices = [
            *choices[:-1],
            [ListOf(), *read[:2], *options, *read[2:], *_unnamed(option_values(starter)[1:9])[:2]],
        ]
    elif starter.arity == 1 and initial and not starter.specs:
        matched = [t for clause in initial.clauses for t in clause_choices(initial, clause, subject, ())[0]]
        choices = [[*choices[0][:2], *matched, *choices[0][2:]]]
    arities = sorted(set(starter.arities), key=lambda arity: arity != 1)
    return [row for arity in arities for row in combine(choices[:arity], _STARTS * 2)][: _STARTS * 2]


def _unnamed(options: list[Term]) -> list[Term]:
    """Without those that give the process a name: `starting` has that."""
    name = Atom("name")
    return [
        term
        for term in options
        if isinstance(term, ListOf)
        and not any(isinstance(pair, Tuple) and pair.items[0] == name for pair in term.items)
    ]


def _options_read(initial: Function, subject: Subject) -> list[Term]:
    """Options of the types that `init/1` asks of them: all together first, then one at a time."""
    asked = inferred_at(initial, 0)
    if asked.kind != "keyword" or not asked.fields:
        return []
    found = values(asked, subject.context(initial, 0), 8)
    return sorted(found, key=lambda term: -len(term.items) if isinstance(term, ListOf) else 0)[:4]


def _options(initial: Function) -> list[Term]:
    """Options that `init/1` reads: each with small numbers, since capacities are reached sooner then."""
    single = [term for term in option_values(initial) if isinstance(term, ListOf) and term.items]
    pairs = [pair for term in single for pair in term.items if isinstance(pair, Tuple)]
    keys = [key for key in dict.fromkeys(pair.items[0] for pair in pairs) if key not in _NO_OPTIONS][:4]
    small: list[Term] = [ListOf((Tuple((key, Int(value))),)) for value in (1, 2) for key in keys]
    together: list[Term] = [ListOf(tuple(Tuple((key, Int(2))) for key in keys))] if len(keys) > 1 else []
    return [*small[:4], *together, *small[4:]]


def _made(subject: Subject) -> Iterator[Start]:
    """Functions other than `start_link` that give a process or a table."""
    for maker in subject.functions:
        if maker.name == "start_link" or not (starts_a_process(maker) or _gives_handle(maker)):
            continue
        handle = handle_name(subject) or variable_for(subject.module.name)
        spec = maker.specs[0] if maker.specs else None
        choices = by_spec(maker, spec, subject, (), 4) if spec else guesses(maker, subject, ())
        left = handle if spec is None or _is_handle(spec.returns) else f"{{:ok, {handle}}}"
        for arity in sorted(set(maker.arities)):
            for arguments in combine(choices[:arity], 3):
                shown = arguments_source(arguments)
                yield Start(lines=(f"{left} = {subject.shown_as}.{maker.name}({shown})",), handle=handle)


def _gives_handle(function: Function) -> bool:
    return any(_is_handle(spec.returns) for spec in function.specs)


def _is_handle(wanted: Type) -> bool:
    return wanted.kind in ("pid", "reference", "port", "table") or (
        wanted.kind in ("remote", "opaque") and wanted.module in (":ets", "ets", "GenServer", "Agent")
    )


def handle_name(subject: Subject) -> str:
    """The variable for the process: what the module's own functions call it; empty when they find it by its
    name.
    """
    named = [f.arg_names[0].strip("_") for f in subject.functions if takes_handle(f, subject) and f.arg_names]
    if not named:
        return ""
    first = max(set(named), key=named.count)
    return first if first.isidentifier() and first != "name" else "pid"


def takes_handle(function: Function, subject: Subject) -> bool:
    """Whether the first argument is the process or table."""
    if not function.arity or function.name in NOT_OPERATIONS or subject.is_callback(function):
        return False
    for spec in function.specs:
        if spec.args:
            wanted = refined(spec.args[0], inferred_at(function, 0))
            resolved = wanted.resolved or wanted
            return _is_handle(wanted) or _is_handle(resolved) or wanted.name in ("server", "agent")
    name = function.arg_names[0].strip("_") if function.arg_names else ""
    if inferred_at(function, 0).kind in ("table", "pid"):
        return True
    own = variable_for(subject.module.name)
    return words.kind_for(name) == "pid" or name in (
        own,
        own.rsplit("_", 1)[-1],
        "agent",
        "process",
        "name",
        "table",
    )
