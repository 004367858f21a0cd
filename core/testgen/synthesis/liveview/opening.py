"""How a view is opened in a test, by its route or isolated, and what the test module needs at its top."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from testgen.synthesis.liveview.facts import Facts, Route
from testgen.synthesis.liveview.visits import Mount
from testgen.synthesis.render import Frame
from testgen.synthesis.subject import Subject
from testgen.synthesis.terms import quote

_SEGMENT = re.compile(r"[:*](\w+)")
_BY_NAME = {"id": "1", "name": "ann", "slug": "a-slug", "token": "abc"}
_IN_SESSION = re.compile(r'\bsession(?:\[|, )"(\w+)"')
_PATHS = 6


def mounts(subject: Subject, facts: Facts, source: str) -> list[Mount]:
    """Ways to open a view, the plainest first, then with what its code looks for in the session."""
    conn = "conn" if facts.conn_case else "build_conn()"
    session = _session(subject, source)
    routes = facts.routes_of(subject.module.name)
    if not routes:
        plain = Mount(source=f"live_isolated({conn}, {subject.shown_as})")
        full = f"live_isolated({conn}, {subject.shown_as}, session: {session})"
        return [plain, Mount(source=full, told="with a session")] if session else [plain]
    strings = _parts(subject)
    paths = list(dict.fromkeys(path for route in routes for path in _paths(route, strings)))[:_PATHS]
    found = [
        Mount(source=f"live({conn}, {quote(path)})", told=f"at {path}" if len(paths) > 1 else "")
        for path in paths
    ]
    if session:
        with_session = f"{conn} |> init_test_session({session})"
        found.append(Mount(source=f"{with_session} |> live({quote(paths[0])})", told="with a session"))
    return found


def _session(subject: Subject, source: str) -> str:
    """A session with all that the view looks for; empty where it looks for nothing."""
    mount = subject.module.function("mount/3")
    heads = [clause.patterns[1] for clause in (mount.clauses if mount else ()) if len(clause.patterns) > 1]
    named = [key.strip('"') for head in heads for each in head.walk() for key, _ in each.pairs]
    names = dict.fromkeys([*named, *_IN_SESSION.findall(source)])
    pairs = [f"{quote(name)} => {quote(_BY_NAME.get(name, f'some {name}'))}" for name in names]
    return f"%{{{', '.join(pairs)}}}" if pairs else ""


def _parts(subject: Subject) -> list[str]:
    """Words that the view compares parts of its path with."""
    literals = [*subject.mined.strings]
    return [text for text in literals if re.match(r"[\w-]+\Z", text)]


def _paths(route: Route, strings: Sequence[str]) -> list[str]:
    names = _SEGMENT.findall(route.path)
    if not names:
        return [route.path]
    plain = {name: _BY_NAME.get(name, "1" if name.endswith("_id") else "something") for name in names}
    return [_filled(route.path, row) for row in (plain, *({**plain, names[-1]: value} for value in strings))]


def _filled(path: str, row: Mapping[str, str]) -> str:
    return _SEGMENT.sub(lambda found: row[found.group(1)], path)


def frame(facts: Facts, *, is_rendered: bool = False) -> Frame:
    """The top of the test module: the project's case template for connections, where it has one.

    `is_rendered` is for function components, whose tests write templates and open nothing.
    """
    if is_rendered:
        return Frame(imports=("Phoenix.LiveViewTest",))
    if facts.conn_case:
        return Frame(use=facts.conn_case, imports=("Phoenix.LiveViewTest",))
    return Frame(
        imports=("Phoenix.ConnTest", "Phoenix.LiveViewTest"), attributes=(f"@endpoint {facts.endpoint}",)
    )


def prelude(aliases: Sequence[tuple[str, str]]) -> str:
    """What has to be in force where a visit is tried out."""
    return "\n".join(f"alias {full}, as: {short}, warn: false" for short, full in aliases)
