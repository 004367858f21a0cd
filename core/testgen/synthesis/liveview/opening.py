"""How a view is opened in a test: by its route where the router has one, isolated otherwise; and what the
test module needs at its top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from testgen.synthesis.liveview.facts import Facts, Route
from testgen.synthesis.liveview.visits import Mount
from testgen.synthesis.render import Frame
from testgen.synthesis.terms import quote

_SEGMENT = re.compile(r"[:*](\w+)")
_BY_NAME = {"id": "1", "name": "ann", "slug": "a-slug", "token": "abc"}


def mounts(module: str, shown_as: str, facts: Facts, strings: Sequence[str]) -> list[Mount]:
    """Ways to open a view, the plainest first; `strings` are what the module's heads compare parts of the
    path with.
    """
    conn = "conn" if facts.conn_case else "build_conn()"
    routes = facts.routes_of(module)
    if not routes:
        return [Mount(source=f"live_isolated({conn}, {shown_as})")]
    paths = dict.fromkeys(path for route in routes for path in _paths(route, strings))
    return [
        Mount(source=f"live({conn}, {quote(path)})", told=f"at {path}" if len(paths) > 1 else "")
        for path in paths
    ]


def _paths(route: Route, strings: Sequence[str]) -> list[str]:
    names = _SEGMENT.findall(route.path)
    if not names:
        return [route.path]
    plain = {name: _BY_NAME.get(name, "1" if name.endswith("_id") else "something") for name in names}
    rows = [plain, *({**plain, names[-1]: value} for value in strings if re.match(r"[\w-]+\Z", value))]
    return [_filled(route.path, row) for row in rows[:6]]


def _filled(path: str, row: Mapping[str, str]) -> str:
    return _SEGMENT.sub(lambda found: row[found.group(1)], path)


def frame(facts: Facts) -> Frame:
    """The top of the test module: the project's case template for connections, where it has one."""
    if facts.conn_case:
        return Frame(use=facts.conn_case, imports=("Phoenix.LiveViewTest",))
    return Frame(
        imports=("Phoenix.ConnTest", "Phoenix.LiveViewTest"), attributes=(f"@endpoint {facts.endpoint}",)
    )


def prelude(aliases: Sequence[tuple[str, str]]) -> str:
    """What has to be in force where a visit is tried out."""
    return "\n".join(f"alias {full}, as: {short}, warn: false" for short, full in aliases)
