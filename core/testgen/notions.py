"""What a prompt says of the behaviours and libraries that a module uses, one line each.

The lines are `notions.json`, made from the ontology of the training package by `testgen-train ontology`;
never edited by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

NOTIONS = Path(__file__).with_name("notions.json")
_AT_MOST = 2


@cache
def _lines() -> dict[str, str]:
    found: dict[str, str] = json.loads(NOTIONS.read_text(encoding="utf-8"))
    return found


def lines_for(written: Iterable[str]) -> str:
    """The lines that fit what a module writes after `use` and `@behaviour`, at most two.

    `use GenServer, restart: :temporary` is `GenServer`; `use ShopWeb, :live_view` is what `:live_view`
    stands for.
    """
    found: dict[str, None] = {}
    for argument in written:
        for part in (each.strip() for each in argument.split(",")):
            if line := _lines().get(part):
                found[line] = None
    return "\n".join(list(found)[:_AT_MOST])
