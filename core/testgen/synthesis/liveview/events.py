"""Events of a view: those that its code takes, and those that something sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from testgen.synthesis.analysis import Clause, Function, Module, Pattern
from testgen.synthesis.arguments import clause_choices
from testgen.synthesis.liveview.actions import Action, group_of
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import quote, to_source

_PER_CLAUSE = 4
_TO = re.compile(r'("(?:to|path|url|uri)" => )"[^"]*"')
"""What is given where a path is wanted."""
TEMPLATES = "\n<%# templates %>\n"
"""What stands between the code of a module and that of its templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What a module's `handle_event/3` takes."""

    names: tuple[str, ...]
    """In the order of its clauses."""
    takes_any: bool
    """Whether a clause takes whatever comes."""
    unsent: tuple[str, ...]
    """Those that neither the module nor a template beside it names anywhere else."""
    orphans: tuple[str, ...]
    """Those of them that nothing else in the file names either."""

    def handles(self, event: str) -> bool:
        """Whether a clause takes the event."""
        return self.takes_any or event in self.names

    @classmethod
    def of(cls, module: Module, source: str) -> Events:
        """The events of a module; `source` is the code of its file, then that of its templates."""
        clauses = event_clauses(module)
        names = [name for clause in clauses if (name := event_name(clause))]
        unsent = [name for name in dict.fromkeys(names) if not _sends(name, own_code(module, source))]
        return cls(
            names=tuple(dict.fromkeys(names)),
            takes_any=any(clause.patterns and not event_name(clause) for clause in clauses),
            unsent=tuple(unsent),
            orphans=tuple(name for name in unsent if not _sends(name, source)),
        )


def own_code(module: Module, source: str) -> str:
    """The part of a file's source that is the module's, and the templates."""
    lines = source.splitlines()
    own = lines[max(module.line - 1, 0) : module.end_line or len(lines)]
    return "\n".join(own) + source.partition(TEMPLATES)[2]


def _sends(name: str, source: str) -> bool:
    """Whether the event is named anywhere but in heads of handlers."""
    named = len(re.findall(rf"[\"']{re.escape(name)}[\"']", source))
    return named > len(re.findall(rf'handle_event\(\s*"{re.escape(name)}"', source))


def event_clauses(module: Module) -> tuple[Clause, ...]:
    """Clauses of `handle_event/3`."""
    function = module.function("handle_event/3")
    return function.clauses if function and not function.generated else ()


def event_name(clause: Clause) -> str:
    """The event that a clause of `handle_event/3` takes; empty where it takes more than one."""
    return _text(clause.patterns[0]) if clause.patterns else ""


def _text(pattern: Pattern) -> str:
    return pattern.source[1:-1] if pattern.source.startswith('"') and pattern.source.endswith('"') else ""


def with_templates(path: Path) -> str:
    """The source of a module's file, and of the templates that stand beside it under its name."""
    templates = sorted(path.parent.glob(f"{path.stem}*.heex"))
    code, *rest = (each.read_text(encoding="utf-8", errors="replace") for each in (path, *templates))
    return TEMPLATES.join((code, "\n".join(rest))) if rest else code


def pushed(subject: Subject, events: Events) -> Iterator[Action]:
    """Events that nothing on the page sends, as JavaScript would push them, with what their clauses take."""
    function = subject.module.function("handle_event/3")
    for clause in event_clauses(subject.module):
        name = event_name(clause)
        if function is None or name not in events.unsent:
            continue
        for params in _params(function, clause, subject):
            given = "" if params == "%{}" else f", {params}"
            yield Action(
                source=f"render_hook(view, {quote(name)}{given})",
                event=name,
                told=f"getting {params}" if given else f"getting {name}",
                group=group_of(name),
            )


def _params(function: Function, clause: Clause, subject: Subject) -> Sequence[str]:
    if clause.patterns[1].kind in ("var", "ignore"):
        return ["%{}"]
    choices = clause_choices(function, clause, subject, ())[1:2]
    sources = (to_source(row[0]) for row in combine(choices, _PER_CLAUSE))
    return list(dict.fromkeys(_TO.sub(r'\1"/somewhere"', source) for source in sources))
