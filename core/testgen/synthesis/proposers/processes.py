"""Stateful modules: a process is started (or a table made), operations run in order, the last answer is the
result.

A process that can be supervised is started by `start_supervised!`, so that each test has its own and none
is left behind; a function that gives a pid or a table is called. A module that keeps its state in the
application's environment, or in a process that the application starts, is driven without a start. Callbacks
are not called directly: messages are sent, and functions called, as users would.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.synthesis import words
from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, clause_choices, guesses, option_values
from testgen.synthesis.candidate import Candidate, Status
from testgen.synthesis.patterns import inputs
from testgen.synthesis.subject import Knowledge, Subject, starts_a_process, variable_for
from testgen.synthesis.terms import Atom, Int, ListOf, Raw, Term, Tuple, arguments_source, to_source, weight
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import combine

_STARTS = 4
_TRIES = 3
"""Candidates that show whether a way to start works."""
_PER_OPERATION = 5
_PAIRS = 50
_LONGER = 50
_LONGEST = 4
_NOT_OPERATIONS = frozenset({"start_link", "start", "child_spec", "stop"})
_NO_OPTIONS = frozenset(
    map(Atom, ["ok", "error", "stop", "reply", "noreply", "continue", "ignore", "hibernate", "name"])
)
_RESETS = frozenset({"clear", "reset", "flush", "delete_all", "truncate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Lines that make the state, and the variable that holds it (empty where functions know where it is)."""

    lines: tuple[str, ...] = ()
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call on the state, or one message to it."""

    function: Function | None
    source: str
    args: tuple[Term, ...]


class Processes:
    """Proposes short sequences of operations on one process or table."""

    name = "processes"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """One operation, then two, then seeded longer ones, for each way to start."""
        if not (subject.is_process or subject.keeps_state):
            return
        starts = _starts(subject)
        fates = [_fate(start, knowledge) for start in starts]
        first = next((i for i, fate in enumerate(fates) if fate is not False), len(starts))
        streams = [
            _sequenced(subject, start, knowledge, few=number != first, tried=fates[number] is True)
            for number, start in enumerate(starts)
            if fates[number] is not False
        ]
        for row in itertools.zip_longest(*streams):
            yield from (candidate for candidate in row if candidate is not None)


def _fate(start: Start, knowledge: Knowledge) -> bool | None:
    """Whether the start works; None while it was hardly tried."""
    size = len(start.lines)
    seen = [o for _, c, o in knowledge.seen.values() if o is not None and c.setup[:size] == start.lines]
    if any(observation.status is not Status.INVALID for observation in seen):
        return True
    return False if len(seen) >= _TRIES else None


def _sequenced(
    subject: Subject, start: Start, knowledge: Knowledge, *, few: bool, tried: bool
) -> Iterator[Candidate]:
    steps = _operations(subject, start)
    sequences = _sequences(steps, knowledge, few=few)
    made = (_candidate(subject, start, sequence) for sequence in sequences)
    usable = (candidate for candidate in made if candidate is not None)
    return itertools.islice(usable, _TRIES if few and not tried else None)


def _starts(subject: Subject) -> list[Start]:
    found = [*_supervised(subject), *_made(subject)]
    if not any(start.handle for start in found):
        found = [*found[:1], Start(lines=reset_lines(subject)), *found[1:2]]
    return list(dict.fromkeys(found))


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
        choices = [*choices[:-1], [ListOf(), *options, *option_values(starter)[1:3]]]
    elif starter.arity == 1 and initial and not starter.specs:
        matched = [t for clause in initial.clauses for t in clause_choices(initial, clause, subject, ())[0]]
        choices = [[*choices[0][:2], *matched, *choices[0][2:]]]
    arities = sorted(set(starter.arities), key=lambda arity: arity != 1)
    return [row for arity in arities for row in combine(choices[:arity], _STARTS * 2)][: _STARTS * 2]


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
    return wanted.kind in ("pid", "reference", "port") or (
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
    if not function.arity or function.name in _NOT_OPERATIONS or subject.is_callback(function):
        return False
    for spec in function.specs:
        if spec.args:
            wanted = spec.args[0]
            resolved = wanted.resolved or wanted
            return _is_handle(wanted) or _is_handle(resolved) or wanted.name in ("server", "agent")
    name = function.arg_names[0].strip("_") if function.arg_names else ""
    own = variable_for(subject.module.name)
    return words.kind_for(name) == "pid" or name in (
        own,
        own.rsplit("_", 1)[-1],
        "agent",
        "process",
        "name",
        "table",
    )


def _operations(subject: Subject, start: Start) -> list[Step]:
    shared: dict[str, list[Term]] = {}
    steps: list[Step] = []
    for function in subject.functions:
        made_it = any(f".{function.name}(" in line for line in start.lines)
        if (
            function.name in _NOT_OPERATIONS
            or made_it
            or subject.is_callback(function)
            or function.kind != "def"
        ):
            continue
        handle = start.handle if takes_handle(function, subject) else ""
        steps += _calls(function, subject, handle, shared)
    return [*steps, *_messages(subject, start)]


def _calls(
    function: Function, subject: Subject, handle: str, shared: dict[str, list[Term]]
) -> Iterator[Step]:
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 5) if spec else guesses(function, subject, ())
    choices = [_shared(function, position, each[:5], shared) for position, each in enumerate(choices)]
    if handle:
        choices = [[Raw(handle, weight=0.5)], *choices[1:]]
    for arity in sorted(set(function.arities)):
        for arguments in combine(choices[:arity], _PER_OPERATION):
            shown = arguments_source(arguments)
            yield Step(
                function=function, source=f"{subject.shown_as}.{function.name}({shown})", args=arguments
            )


def _shared(function: Function, position: int, own: list[Term], shared: dict[str, list[Term]]) -> list[Term]:
    """The same few values for arguments of the same name, so that one call finds what another put there."""
    name = function.arg_names[position].strip("_") if position < len(function.arg_names) else ""
    if not name:
        return own
    known = shared.setdefault(name, own[:2])
    return list(dict.fromkeys((*known, *own)))[:5]


def _messages(subject: Subject, start: Start) -> list[Step]:
    """Messages that the clauses of `handle_info/2` match."""
    handler = next((f for f in subject.module.functions if f.signature == "handle_info/2"), None)
    steps: list[Step] = []
    for clause in handler.clauses if handler and subject.is_process else ():
        for message in inputs(clause.patterns[0], {}, lambda _name, _facts: [Raw('"hello"')], 2):
            source = f"send({start.handle or subject.shown_as}, {to_source(message)})"
            steps.append(Step(function=None, source=source, args=(message,)))
    return steps


def _sequences(steps: Sequence[Step], knowledge: Knowledge, *, few: bool) -> Iterator[tuple[Step, ...]]:
    yield from ((step,) for step in _spread(steps, 10 if few else 30))
    plain = _spread(steps, 8 if few else 12)
    pairs = list(itertools.product(plain, plain))
    knowledge.rng.shuffle(pairs)
    pairs.sort(key=lambda pair: sum(map(weight, (*pair[0].args, *pair[1].args))))
    yield from pairs[: 16 if few else _PAIRS]
    for _ in range(0 if not steps else _LONGER // (3 if few else 1)):
        length = knowledge.rng.randint(2, _LONGEST)
        yield tuple(
            knowledge.rng.choice(plain if knowledge.rng.random() < 0.6 else steps) for _ in range(length)
        )


def _spread(steps: Sequence[Step], count: int) -> list[Step]:
    """The first few of each function in turn, so that no function takes all places."""
    by_function: dict[str, list[Step]] = {}
    for step in steps:
        by_function.setdefault(step.function.signature if step.function else "", []).append(step)
    rows = itertools.zip_longest(*by_function.values())
    return [step for row in rows for step in row if step is not None][:count]


def _candidate(subject: Subject, start: Start, sequence: Sequence[Step]) -> Candidate | None:
    last = sequence[-1]
    if last.function is None:
        return None
    return Candidate(
        function=last.function.signature,
        module=subject.module.name,
        setup=(*start.lines, *(step.source for step in sequence[:-1])),
        call=last.source,
        args=last.args,
        origin=Processes.name,
        reusable=False,
        isolated=bool(start.lines) and bool(start.handle),
    )
