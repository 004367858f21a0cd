"""Which modules and functions of a file a generation is about, and how its tests will name them."""

from __future__ import annotations

from collections.abc import Sequence

from testgen.errors import NothingTestable, PathUnusable
from testgen.synthesis.additions import ModuleOutline
from testgen.synthesis.analysis import Function, Module
from testgen.synthesis.implementations import implementation
from testgen.synthesis.report import LeftAlone
from testgen.synthesis.stubbing import with_stubs
from testgen.synthesis.subject import Subject

_UNTESTABLE = {
    "protocol": "a protocol has no code of its own; its implementations are tested through their structs",
    "behaviour": "a behaviour only names callbacks; test a module that implements it",
}
_ONLY_MACROS = "it has only macros, which run while other code is compiled; test a module that uses them"
_FROM_THE_COMPILER = frozenset(
    {"__struct__", "__info__", "module_info", "behaviour_info", "__using__", "child_spec"}
)


def subjects(
    modules: Sequence[Module],
    wanted: Sequence[str],
    outline: Sequence[ModuleOutline],
    existing: str,
    path: str,
) -> tuple[list[Subject], list[LeftAlone]]:
    """What to write tests for, and the functions that are left out at once, with the reason.

    Raises NothingTestable where nothing is left, PathUnusable for a function that the file does not have.
    """
    _check_wanted(modules, wanted, path)
    found: list[Subject] = []
    aside: list[LeftAlone] = []
    names = {module.name: _shown_as(module, modules, outline) for module in modules}
    for module in modules:
        if module.kind in _UNTESTABLE:
            aside.append(LeftAlone(function=module.name, reason=_UNTESTABLE[module.kind]))
            continue
        if module.functions and all(f.kind == "defmacro" for f in module.functions):
            aside.append(LeftAlone(function=module.name, reason=_ONLY_MACROS))
            continue
        functions = [f for f in module.functions if not wanted or f.signature in wanted]
        testable = tuple(f for f in functions if _is_testable(f))
        if testable and module.kind == "impl":
            found.append(implementation(module, testable, names, modules))
        elif testable:
            shown = names[module.name]
            subject = Subject(
                module=module,
                shown_as=shown,
                functions=testable,
                siblings=tuple(modules),
                aliases=((shown, module.name),) if shown != module.name else (),
                existing_tests=existing,
            )
            # What is added to a file that is there are single tests: they bring no modules.
            found.append(subject if outline else with_stubs(subject))
    if not found:
        raise NothingTestable(_nothing(modules, aside, path), "Name a file with public functions.")
    return found, aside


def _is_testable(function: Function) -> bool:
    if function.generated and function.signature in ("exception/1", "message/1"):
        return False
    return function.name not in _FROM_THE_COMPILER and not function.name.startswith("__")


def _check_wanted(modules: Sequence[Module], wanted: Sequence[str], path: str) -> None:
    known = [function.signature for module in modules for function in module.functions]
    missing = [each for each in wanted if not any(module.function(each) for module in modules)]
    if missing:
        raise PathUnusable(
            f"{path} has no public function {missing[0]}.",
            f"It has {', '.join(known[:12])}{', …' if len(known) > 12 else ''}." if known else "",
        )


def _shown_as(module: Module, modules: Sequence[Module], outline: Sequence[ModuleOutline]) -> str:
    """An alias's last part, or what the existing test file calls it; the full name where that would be
    ambiguous.
    """
    for each in outline:
        if name := each.name_of(module.name):
            return name
    short = module.short_name
    others = [
        other
        for other in modules
        if other.kind != "impl" and other.name != module.name and other.short_name == short
    ]
    taken = any(shown == short for each in outline for shown, _, _ in each.aliases)
    taken = taken or short in _namespaces(module)
    return module.name if others or taken or module.kind == "impl" else short


def _namespaces(module: Module) -> set[str]:
    """First parts of the modules that the code names: `Plug` where it calls `Plug.Conn`, which an alias
    `MyApp.Plug` would hide.
    """
    everything = (*module.functions, *module.private_functions)
    called = {call.module or "" for function in everything for call in function.calls}
    heads = [each for function in everything for clause in function.clauses for each in clause.patterns]
    named = {each.name for head in heads for each in head.walk() if each.kind == "struct"}
    return {name.partition(".")[0] for name in called | named if "." in name}


def _nothing(modules: Sequence[Module], aside: Sequence[LeftAlone], path: str) -> str:
    if aside and len(aside) == len(modules):
        return f"{path}: {aside[0].function}: {aside[0].reason}."
    names = ", ".join(module.name for module in modules)
    return f"{path} has no public function that a test could call ({names})."
