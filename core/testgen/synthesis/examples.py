"""The module's doctests as ExUnit runs them: which hold, and what they kill together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from testgen.synthesis.subject import Subject
from testgen.synthesis.workbench import Workbench

_FUNCTION = re.compile(r"([a-z_][\w]*[?!]?/\d+)\s*\(\d+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What `doctest Module` is worth."""

    kills: frozenset[int]
    failing: tuple[str, ...]
    """Functions (`name/arity`) whose examples do not hold."""
    notes: tuple[str, ...]


def run_examples(bench: Workbench, subject: Subject, mutants: Sequence[int]) -> Examples | None:
    """Runs the module's doctests; None where it has none that ExUnit finds."""
    if not any(function.doctests for function in subject.module.functions) and not subject.module.doctests:
        return None
    name = f"{subject.module.name}DoctestsTest"
    loaded, errors, _ = bench.load_tests(sources=[(f"{name}.exs", _source(name, subject.module.name, ()))])
    if errors or not loaded:
        return None
    failing, notes = _failing(bench)
    if failing is None:
        return Examples(kills=frozenset(), failing=(), notes=notes)
    if failing:
        loaded, errors, _ = bench.load_tests(
            sources=[(f"{name}.exs", _source(name, subject.module.name, failing))]
        )
        if errors or not loaded:
            return Examples(kills=frozenset(), failing=failing, notes=notes)
        bench.baseline()
    killed = {mutant for mutant, status, _ in bench.run_mutants(mutants) if status == "killed"}
    return Examples(kills=frozenset(killed), failing=failing, notes=notes)


def _failing(bench: Workbench) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Functions with an example that fails, None where one cannot be told apart; and words about each."""
    failed = [run for run in bench.baseline().values() if run.status not in ("passed", "skipped")]
    names: list[str] = []
    notes: list[str] = []
    for run in failed:
        found = _FUNCTION.search(run.id)
        notes.append(f"a doctest does not hold: {run.id.strip()}")
        if not found:
            return None, tuple(notes)
        names.append(found.group(1))
    return tuple(dict.fromkeys(names)), tuple(notes)


def _source(name: str, module: str, left_out: Sequence[str]) -> str:
    pairs = ", ".join(f"{each.rpartition('/')[0]}: {each.rpartition('/')[2]}" for each in left_out)
    options = f", except: [{pairs}]" if pairs else ""
    return f"defmodule {name} do\n  use ExUnit.Case\n  doctest {module}{options}\nend\n"
