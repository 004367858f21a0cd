"""What ran before a call, in words: `after adding 'pen' and closing`.

Names of functions are verbs more often than not; those that are known get their `-ing`, others are said as
they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, groupby

from testgen.synthesis.phrases import joined, quoted
from testgen.synthesis.reader import read, split
from testgen.synthesis.terms import Atom, Float, Int, Str, Tuple, to_source

_VERB_LIST = (
    "abort accept acquire activate add advance allow append apply approve archive assign attach authorize "
    "bid block book borrow broadcast bump buy buy call cancel charge check claim clear close collect "
    "commit complete confirm connect consume count create credit deactivate debit decline decrement "
    "delete deliver deposit dequeue disable discard disconnect dispatch draw drop edit empty enable "
    "enqueue enter evict expire extend fetch fill find finish flush forget freeze get give grant handle "
    "hold increment insert invite invoke join kick leave lend load lock log make mark merge move "
    "notify open park pause pay peek pick place play pop post process promote publish pull push put read "
    "receive record redeem refund refuse register reject release remove rename renew replace report "
    "request reserve reset resolve restart restore resume retry return revoke rotate run save schedule "
    "search sell send set share shift ship sort spawn spend start step stop store submit subscribe swap "
    "take throw tick toggle touch track transfer trim undo unlock unpark unregister unsubscribe unwatch "
    "update upgrade use validate visit vote wait watch withdraw write "
)
_VERBS = frozenset(_VERB_LIST.split())
_DOUBLED_LIST = "bid cut drop get hit log map pop put reset run set ship step stop submit swap trim "
_DOUBLED = frozenset(_DOUBLED_LIST.split())
_LONGEST_ARGUMENT = 20


def gerund(function: str) -> str:
    """`add_item` is `adding item`; empty where the name starts with no verb that is known."""
    verb, _, rest = function.rstrip("?!").partition("_")
    if verb not in _VERBS:
        return ""
    if verb in _DOUBLED:
        doing = f"{verb}{verb[-1]}ing"
    elif verb.endswith("e") and not verb.endswith("ee"):
        doing = f"{verb[:-1]}ing"
    else:
        doing = f"{verb}ing"
    return f"{doing} {rest.replace('_', ' ')}".strip()


def before(setup: Sequence[str]) -> str:
    """Where the value comes from and what was done to it: `for Basket.open(1) after putting 'pen'`."""
    lines = [line for line in setup if not _is_preparation(line)]
    done = list(dropwhile(_is_clearing, (step for line in lines for step in _steps(line))))
    return f"after {joined(_runs(done))}" if done else ""


def _is_preparation(line: str) -> bool:
    """Whether a line only makes the test possible: a process started, exits trapped."""
    return line.startswith("{:ok,") or "start_supervised" in line or line == "Process.flag(:trap_exit, true)"


def registered_name(setup: Sequence[str]) -> str:
    """Source of the name that the process under test is registered by; empty where it is not."""
    found = (re.match(r"start_supervised!\(\{\w+, name: (:\w+)\}\)\Z", line) for line in setup)
    return next((each.group(1) for each in found if each), "")


def _is_clearing(step: tuple[str, str]) -> bool:
    """Whether a first step only makes sure that nothing is left of what ran before."""
    return step in (("resetting", ""), ("clearing", ""), ("flushing", ""))


def _runs(steps: Sequence[tuple[str, str]]) -> list[str]:
    """Steps in a row that do the same with other values become one: `putting 1, 2 and 3`."""
    told = []
    for doing, members in groupby(steps, key=lambda step: step[0]):
        values = [value for _, value in members]
        if all(values) and len(set(values)) == len(values):
            told.append(f"{doing} {joined(values)}")
        elif len(values) > 1:
            told.append(
                f"{f'{doing} {values[0]}'.strip()} {_times(len(values))}" if len(set(values)) == 1 else doing
            )
        else:
            told.append(doing)
    return told


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _steps(line: str) -> list[tuple[str, str]]:
    """Operations of a line, each with the argument that is worth saying."""
    if sent := re.match(r"send\(\w+, (.*)\)\Z", line):
        return [("receiving", sent.group(1))]
    bound = re.match(r"[a-z_]\w* = ", line)
    chain = re.sub(r"^\w+ = ", "", line).split(" |> ")
    calls = chain[1:] if len(chain) > 1 else chain
    found = []
    for call in calls:
        name = re.match(r"(?:[A-Z][\w.]*\.)?([a-z_]\w*[?!]?)\((.*)\)\Z", call, re.DOTALL)
        if name is None:
            continue
        arguments = split(name.group(2)) or []
        rest = arguments if len(chain) > 1 else _without_subject(arguments)
        if bound and len(chain) == 1 and rest == arguments:
            continue  # it makes the value rather than doing something with it
        doing = gerund(name.group(1))
        said = _said(rest[0]) if rest else ""
        found.append((doing, said) if doing else (f"calling {name.group(1)}", ""))
    return found


def _without_subject(arguments: list[str]) -> list[str]:
    """Arguments after the value that is worked on: a variable, a struct or a call."""
    if arguments and re.match(r"[a-z_]\w*\Z|%[A-Z]|[A-Z][\w.]*\.\w+\(", arguments[0]):
        return arguments[1:]
    return arguments


def _said(argument: str) -> str:
    """An argument that fits into a sentence; empty for others."""
    term = read(argument)
    if isinstance(term, Str):
        return quoted(term.value) if 0 < len(term.value.strip()) <= _LONGEST_ARGUMENT else ""
    if isinstance(term, (Int, Float, Atom, Tuple)) and len(argument) <= _LONGEST_ARGUMENT:
        return to_source(term)
    return ""
