"""Stateful modules: a process is started (or a table made), operations run in order, the last answer is the
result.

A process that can be supervised is started by `start_supervised!`, so that each test has its own and none
is left behind; a function that gives a pid or a table is called. A module that keeps its state in the
application's environment, or in a process that the application starts, is driven without a start. Callbacks
are not called directly: messages are sent, and functions called, as users would.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, Status
from testgen.synthesis.patterns import inputs
from testgen.synthesis.proposers.starts import NOT_OPERATIONS, Start, starts, takes_handle
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import (
    Atom,
    Int,
    Raw,
    Str,
    Term,
    arguments_source,
    steps,
    to_source,
    weight,
)

_TRIES = 3
"""Candidates that show whether a way to start works."""
_PER_OPERATION = 5
_PAIRS = 50
_LONGER = 50
_LONGEST = 4
_GIVERS, _ASKERS = 3, 3
_MESSAGES = 3
_FILLINGS = (4, 6)


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
        ways = starts(subject)
        fates = [_fate(start, knowledge) for start in ways]
        first = next((i for i, fate in enumerate(fates) if fate is not False), len(ways))
        streams = [
            _sequenced(subject, start, knowledge, few=number != first, tried=fates[number] is True)
            for number, start in enumerate(ways)
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
    known = _operations(subject, start)
    sequences = itertools.chain(
        _sequences(known, _on_state(known, start), knowledge, few=few),
        () if few else _filling(known, subject, start),
    )
    made = (_candidate(subject, start, sequence) for sequence in sequences)
    usable = (candidate for candidate in made if candidate is not None)
    return itertools.islice(usable, _TRIES if few and not tried else None)


def _operations(subject: Subject, start: Start) -> list[Step]:
    shared: dict[str, list[Term]] = {}
    found: list[Step] = []
    for function in subject.functions:
        made_it = any(f".{function.name}(" in line for line in start.lines)
        if (
            function.name in NOT_OPERATIONS
            or made_it
            or subject.is_callback(function)
            or function.kind != "def"
        ):
            continue
        handle = start.handle if takes_handle(function, subject) else ""
        found += _calls(function, subject, handle, shared)
    return [*found, *_messages(subject, start)]


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
    found: list[Step] = []
    for clause in handler.clauses if handler and subject.is_process else ():
        for message in inputs(clause.patterns[0], {}, lambda _name, _facts: [Raw('"hello"')], 2):
            source = f"send({start.handle or subject.shown_as}, {to_source(message)})"
            found.append(Step(function=None, source=source, args=(message,)))
    return found


def _on_state(known: Sequence[Step], start: Start) -> list[Step]:
    """Steps that have the handle among their arguments, where there is one: the others change nothing."""
    handle = re.compile(rf"\b{re.escape(start.handle)}\b")
    found = [step for step in known if start.handle and handle.search(step.source)]
    return found or list(known)


def _sequences(
    known: Sequence[Step], working: Sequence[Step], knowledge: Knowledge, *, few: bool
) -> Iterator[tuple[Step, ...]]:
    yield from ((step,) for step in _spread(known, 10 if few else 30))
    plain = _spread(working, 8 if few else 12)
    pairs = list(itertools.product(plain, plain))
    knowledge.rng.shuffle(pairs)
    pairs.sort(key=lambda pair: sum(map(weight, (*pair[0].args, *pair[1].args))))
    yield from pairs[: 16 if few else _PAIRS]
    if not few:
        yield from _around_messages(working, plain, knowledge)
    for _ in range(0 if not known else _LONGER // (3 if few else 1)):
        length = knowledge.rng.randint(2, _LONGEST)
        yield tuple(
            knowledge.rng.choice(plain if knowledge.rng.random() < 0.6 else working) for _ in range(length)
        )


def _around_messages(
    working: Sequence[Step], plain: Sequence[Step], knowledge: Knowledge
) -> list[tuple[Step, ...]]:
    """Each message between two operations: what it changes shows in what comes after."""
    messages = [step for step in working if step.function is None][:_MESSAGES]
    operations = [step for step in plain if step.function is not None]
    found = list(itertools.product(operations, messages, operations))
    return knowledge.rng.sample(found, min(len(found), _PAIRS * 2))


def _filling(known: Sequence[Step], subject: Subject, start: Start) -> Iterator[tuple[Step, ...]]:
    """The same operation again and again with other values, then each that only asks: what is full, or has
    forgotten, shows.
    """
    givers = {s.function.signature: s for s in reversed(known) if s.function and len(s.args) > 1}
    askers = {s.function.signature: s for s in reversed(known) if s.function and len(s.args) <= 1}
    for giver in list(givers.values())[-_GIVERS:]:
        for count in _FILLINGS:
            filled = tuple(_with_first(giver, value, subject, start) for value in _others(giver, count))
            if all(filled):
                steps = tuple(step for step in filled if step is not None)
                yield steps
                for asker in list(askers.values())[-_ASKERS:]:
                    yield (*steps, asker)


def _others(step: Step, count: int) -> list[Term]:
    """Different values for the first argument after the process."""
    if isinstance(step.args[1], Int):
        return [Int(number) for number in range(1, count + 1)]
    if isinstance(step.args[1], Atom):
        return [Atom(letter) for letter in "abcdefgh"[:count]]
    return [Str(letter) for letter in "abcdefgh"[:count]]


def _with_first(step: Step, value: Term, subject: Subject, start: Start) -> Step | None:
    if step.function is None or not isinstance(step.args[0], Raw) or step.args[0].source != start.handle:
        return None
    args = (step.args[0], value, *step.args[2:])
    source = f"{subject.shown_as}.{step.function.name}({arguments_source(args)})"
    return Step(function=step.function, source=source, args=args)


def _spread(known: Sequence[Step], count: int) -> list[Step]:
    """The first few of each function in turn, so that no function takes all places."""
    by_function: dict[str, list[Step]] = {}
    for step in known:
        by_function.setdefault(step.function.signature if step.function else "", []).append(step)
    rows = itertools.zip_longest(*by_function.values())
    return [step for row in rows for step in row if step is not None][:count]


def _setup(start: Start, sequence: Sequence[Step]) -> tuple[str, ...]:
    """The start, what arguments need to be made of, and all steps but the last."""
    needed = (line for step in sequence for argument in step.args for line in steps(argument))
    fresh = [line for line in dict.fromkeys(needed) if line not in start.lines]
    return (*start.lines, *fresh, *(step.source for step in sequence[:-1]))


def _candidate(subject: Subject, start: Start, sequence: Sequence[Step]) -> Candidate | None:
    last = sequence[-1]
    if last.function is None:
        return None
    return Candidate(
        function=last.function.signature,
        module=subject.module.name,
        setup=_setup(start, sequence),
        call=last.source,
        args=last.args,
        origin=Processes.name,
        reusable=False,
        isolated=bool(start.lines) and bool(start.handle),
    )
