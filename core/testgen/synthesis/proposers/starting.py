"""What starting a process does: the name it is registered by, and options that it refuses.

Whether the operations then work is the other proposers' to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses, option_values
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.proposers.starts import NOT_OPERATIONS, takes_handle
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject, variable_for
from testgen.synthesis.terms import Atom, Int, ListOf, Raw, Term, Tuple, to_source

_OPERATIONS = 4
_TRAPPING = "Process.flag(:trap_exit, true)"
_NAME = Atom("name")
_ODD_VALUES: tuple[Term, ...] = (Int(-1), Int(0), Atom("nil"), Raw('"two"'))


class Starting:
    """Proposes calls by a registered name, and starts that fail."""

    name = "starting"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Nothing where the module is no process that is started by `start_link`."""
        starter = next((f for f in subject.module.functions if f.name == "start_link"), None)
        if starter is None or not subject.is_process or 1 not in starter.arities:
            return
        initial = next((f for f in subject.module.functions if f.signature == "init/1"), None)
        if _reads_name(starter):
            yield from _by_name(subject)
        if initial is not None and _may_refuse(initial):
            yield from _refused(starter, initial, subject)


def _reads_name(starter: Function) -> bool:
    return any(each.source == ":name" for each in starter.literals) or any(
        "name" in (name or "") for name in starter.arg_names
    )


def _by_name(subject: Subject) -> Iterator[Candidate]:
    """Operations on the process by the name that it was given."""
    name = Atom(variable_for(subject.module.name))
    start = f"start_supervised!({{{subject.shown_as}, name: {to_source(name)}}})"
    operations = [
        function
        for function in subject.functions
        if function.kind == "def" and function.name not in NOT_OPERATIONS and takes_handle(function, subject)
    ]
    for function in sorted(operations, key=lambda each: each.arity)[:_OPERATIONS]:
        spec = function.specs[0] if function.specs else None
        choices = by_spec(function, spec, subject, (), 3) if spec else guesses(function, subject, ())
        rows: list[list[Term]] = [[name], *choices[1:]]
        for arguments in combine(rows[: min(function.arities)], 2):
            yield called(
                subject.module.name,
                function.name,
                arguments,
                shown_as=subject.shown_as,
                arity=function.arity,
                origin=Starting.name,
                setup=(start,),
                reusable=False,
            )


def _may_refuse(initial: Function) -> bool:
    return any(each.source in (":stop", ":ignore") for each in initial.literals)


def _refused(starter: Function, initial: Function, subject: Subject) -> Iterator[Candidate]:
    """`start_link` with options that are out of bounds; the test lives on, since it traps exits."""
    keys = [
        pair.items[0]
        for term in option_values(initial)
        if isinstance(term, ListOf)
        for pair in term.items
        if isinstance(pair, Tuple)
    ]
    read = [key for key in dict.fromkeys(keys) if isinstance(key, Atom) and _is_read(key, initial)]
    bounds = [Int(int(n)) for n in initial_numbers(initial)]
    argument = starter.arg_names[-1].strip("_") if starter.arg_names else ""
    given: list[Term] = [ListOf((Tuple((key, value)),)) for value in (*_ODD_VALUES, *bounds) for key in read]
    if not read or argument not in ("opts", "options", "args", "config"):
        given += [*_ODD_VALUES, *bounds]
    for value in given[:24]:
        yield called(
            subject.module.name,
            "start_link",
            (value,),
            shown_as=subject.shown_as,
            arity=starter.arity,
            origin=Starting.name,
            setup=(_TRAPPING,),
            reusable=False,
        )


_NOT_OPTIONS = frozenset(
    ["ok", "error", "stop", "ignore", "noreply", "reply", "continue", "hibernate", "name"]
)


def _is_read(key: Atom, initial: Function) -> bool:
    return key.name not in _NOT_OPTIONS and bool(initial.literals)


def initial_numbers(initial: Function) -> list[str]:
    """Numbers written in `init/1`, and their neighbours below and above."""
    found = [int(each.source) for each in initial.literals if re.fullmatch(r"-?\d+", each.source)]
    return [str(number) for each in dict.fromkeys(found) for number in (each - 1, each + 1)][:6]
