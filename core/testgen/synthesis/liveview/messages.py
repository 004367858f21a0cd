"""Messages that a view's `handle_info` waits for, as its clause heads tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from testgen.synthesis.analysis import Clause, Module
from testgen.synthesis.arguments import clause_choices
from testgen.synthesis.liveview.actions import Action, Vocabulary
from testgen.synthesis.liveview.events import event_clauses
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import to_source

_PER_CLAUSE = 6


_SUBSCRIBED = re.compile(r'PubSub\.subscribe\(\s*([A-Z][\w.]*),\s*("(?:[^"\\#]|\\.)*")')


def broadcasts(source: str, messages: Sequence[Action]) -> Iterator[Action]:
    """The messages as they come from a topic that the view's code subscribes to: one of each sort."""
    for server, topic in dict.fromkeys(_SUBSCRIBED.findall(source)):
        for message in messages:
            sent = message.source.removeprefix("send(view.pid, ").removesuffix(")")
            yield replace(
                message,
                source=f"Phoenix.PubSub.broadcast({server}, {topic}, {sent})",
                told=message.told.replace("getting", "hearing", 1),
            )


def messages(subject: Subject) -> Iterator[Action]:
    """Messages for each clause, the plainest first."""
    function = subject.module.function("handle_info/2")
    if function is None or function.generated:
        return
    for clause in function.clauses:
        if clause.patterns and clause.patterns[0].kind in ("var", "ignore"):
            continue
        choices = clause_choices(function, clause, subject, ())
        sources = dict.fromkeys(to_source(row[0]) for row in combine(choices[:1], _PER_CLAUSE))
        for source in sources:
            if "socket" in source:
                continue
            yield Action(
                source=f"send(view.pid, {source})", event="", told=f"getting {source}", group="messages"
            )


def vocabulary(module: Module) -> Vocabulary:
    """Words that a visitor of the view might type, and keys that it knows."""
    functions = (*module.functions, *module.private_functions)
    literals = [*module.literals, *(each for function in functions for each in function.literals)]
    integers = [int(each.source) for each in literals if each.kind == "integer" and _is_plain(each.source)]
    keys = [key for clause in event_clauses(module) for key in _keys(clause)]
    return Vocabulary(
        integers=tuple(n for n in dict.fromkeys(integers) if abs(n) < 1_000_000 and n not in (0, 1)),
        keys=tuple(dict.fromkeys(keys)),
    )


def _is_plain(source: str) -> bool:
    return source.lstrip("-").isdigit()


def _keys(clause: Clause) -> Iterator[str]:
    for pattern in clause.patterns[1:2]:
        for key, value in pattern.pairs:
            if key == '"key"' and value.source.startswith('"'):
                yield value.source.strip('"')
