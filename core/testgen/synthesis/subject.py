"""What proposers work from: the module under test, and what is known so far from running candidates."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from testgen.mutation import Mutant
from testgen.synthesis.analysis import Function, Module
from testgen.synthesis.candidate import Candidate, Observation, Status
from testgen.synthesis.reader import read
from testgen.synthesis.refinement import VAGUE
from testgen.synthesis.scalars import Context, Mined
from testgen.synthesis.stub import Stub
from testgen.synthesis.terms import Atom, Built, Int, ListOf, Map, Raw, Str, Term
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import WORKED_ON
from testgen.synthesis.words import variable_for as variable_for

_CALLBACKS = frozenset(
    [
        "init/1",
        "handle_call/3",
        "handle_cast/2",
        "handle_info/2",
        "handle_continue/2",
        "terminate/2",
        "code_change/3",
        "format_status/2",
        "child_spec/1",
        "start/2",
        "stop/1",
        "callback_mode/0",
        "__struct__/0",
        "__struct__/1",
        "__info__/1",
        "behaviour_info/1",
        "impl_for/1",
        "impl_for!/1",
        "__impl__/1",
        "__protocol__/1",
    ]
)
_PROCESS_BEHAVIOURS = frozenset(
    {"GenServer", "Agent", "GenStage", "gen_server", ":gen_server", ":gen_statem"}
)


_OTHER_FRAMES = frozenset({"Supervisor", "DynamicSupervisor", "Application", ":supervisor", ":gen_event"})
_CALLED_BY_PROCESSES = frozenset(
    [
        *("init/1", "handle_call/3", "handle_cast/2", "handle_info/2", "handle_continue/2", "terminate/2"),
        *("start/2", "stop/1", "code_change/3", "callback_mode/0"),
    ]
)


@dataclass(frozen=True)
class Subject:
    """A module to write tests for, with the functions that were asked for."""

    module: Module
    shown_as: str
    """How tests write the module's name: an alias's last part."""
    functions: tuple[Function, ...]
    siblings: tuple[Module, ...] = ()
    """All modules of the file."""
    home: str = ""
    """The module whose test module its tests go to, where that is not its own: an implementation has none."""
    aliases: tuple[tuple[str, str], ...] = ()
    """Short names that its tests use, each with the full one."""
    stubs: tuple[Stub, ...] = ()
    """Modules that its tests define for the code to call."""
    existing_tests: str = ""
    """Source of tests that call the module already; their calls are seeds."""

    struct_of: tuple[str, str] = ("", "")
    """How tests write the module whose struct an implementation is for, and its name."""

    @property
    def observed_aliases(self) -> tuple[tuple[str, str], ...]:
        """Short names while candidates run: a test file defines the stubs itself."""
        return (*self.aliases, *((stub.name, stub.full_name) for stub in self.stubs))

    @property
    def home_module(self) -> str:
        """The module whose test module its tests go to."""
        return self.home or self.module.name

    @cached_property
    def mined(self) -> Mined:
        """Literals of the whole module."""
        inside = [literal for function in self.module.functions for literal in function.literals]
        return Mined.of((*self.module.literals, *inside))

    @cached_property
    def field_types(self) -> dict[str, Type]:
        """Types of the fields of the module's own struct, as far as its code tells them."""
        everything = (*self.module.functions, *self.module.private_functions)
        found: dict[str, Type] = {}
        for node in (each for function in everything for kind in function.inferred for each in kind.walk()):
            if node.kind == "struct" and node.module == self.module.name:
                for each in node.fields:
                    if each.value.kind not in VAGUE:
                        found.setdefault(each.key.lstrip(":"), each.value)
        if self.struct_of[1]:
            firsts = (function.inferred[0] for function in self.module.functions if function.inferred)
            found |= {f.key.lstrip(":"): f.value for kind in firsts for f in kind.fields if f.key}
        return found

    @cached_property
    def implementers(self) -> tuple[str, ...]:
        """Modules of the file that implement this one as a behaviour, as tests write them."""
        found = [
            each.name
            for each in self.siblings
            if self.module.name in each.behaviours and each.kind == "module"
        ]
        return tuple(name.replace(f"{self.module.name}.", f"{self.shown_as}.", 1) for name in found)

    @cached_property
    def is_process(self) -> bool:
        """Whether the module is started as a process of its own."""
        starts = any(f.name.startswith("start") and f.arity <= 2 for f in self.module.functions)
        named = {*self.module.behaviours, *(use.split(",")[0].strip() for use in self.module.uses)}
        return starts and bool(named & _PROCESS_BEHAVIOURS or self._starts_a_process())

    @cached_property
    def is_framed(self) -> bool:
        """Whether a process of the language or of OTP calls its callbacks: `init/1` of another behaviour is a
        function like others.
        """
        named = {*self.module.behaviours, *(use.split(",")[0].strip() for use in self.module.uses)}
        return bool(named & (_PROCESS_BEHAVIOURS | _OTHER_FRAMES))

    def _starts_a_process(self) -> bool:
        return any(
            starts_a_process(function) and function.name.startswith("start")
            for function in self.module.functions
        )

    @cached_property
    def all_calls(self) -> frozenset[tuple[str, str]]:
        """Module and name of every function that the module's code calls."""
        everything = (*self.module.functions, *self.module.private_functions)
        return frozenset((c.module or "", c.function) for function in everything for c in function.calls)

    @cached_property
    def keeps_state(self) -> bool:
        """Whether functions of the module keep state outside of what they return."""
        return any(
            name in _STATE_MODULES or (name, function) in _STATE_CALLS for name, function in self.all_calls
        )

    @cached_property
    def reads_input(self) -> frozenset[str]:
        """Functions (`name/arity`) that read standard input, themselves or through another of the module."""
        return self._that_call(_READS)

    @cached_property
    def harmful(self) -> frozenset[str]:
        """Functions that stop the VM, run programs or remove files, by themselves or through another."""
        return self._that_call(_HARMS)

    def _that_call(self, wanted: frozenset[tuple[str, str]]) -> frozenset[str]:
        everything = (*self.module.functions, *self.module.private_functions)
        found = {f.signature for f in everything if any((c.module, c.function) in wanted for c in f.calls)}
        for _ in range(3):
            found |= {
                f.signature
                for f in everything
                for c in f.calls
                if c.module is None and f"{c.function}/{c.arity}" in found
            }
        return frozenset(found)

    def is_callback(self, function: Function) -> bool:
        """Whether a framework calls it, so that a test had better go through the functions that people
        call.
        """
        return function.signature in _CALLBACKS and (
            self.is_framed or function.signature not in _CALLED_BY_PROCESSES
        )

    def context(self, function: Function, position: int, pool: tuple[Built, ...] = ()) -> Context:
        """Where an argument's value is wanted; literals of the function itself come first."""
        own = Mined.of(function.literals)
        mined = Mined(
            integers=tuple(dict.fromkeys((*own.integers, *self.mined.integers)))[:8],
            floats=tuple(dict.fromkeys((*own.floats, *self.mined.floats)))[:6],
            strings=tuple(dict.fromkeys((*own.strings, *self.mined.strings)))[:10],
            atoms=tuple(dict.fromkeys((*own.atoms, *self.mined.atoms)))[:10],
            keys=_keys(function),
            kinds=tuple(dict.fromkeys(WORKED_ON[c.module] for c in function.calls if c.module in WORKED_ON)),
        )
        return Context(
            module=self.module,
            shown_as=self.shown_as,
            mined=mined,
            pool=pool,
            arg_name=function.arg_names[position] if position < len(function.arg_names) else "",
            position=position,
            implementers=self.implementers,
            struct_of=self.struct_of[1],
            struct_as=self.struct_of[0],
            has_processes=self.is_process or self.keeps_state,
            field_types=self.field_types,
        )


@dataclass
class Knowledge:
    """What running showed so far. Grows from round to round."""

    rng: random.Random
    seen: dict[str, tuple[int, Candidate, Observation | None]] = field(default_factory=dict)
    """Candidates by their source, with their id and what was observed."""
    pool: list[Built] = field(default_factory=list)
    survivors: tuple[Mutant, ...] = ()
    reached_by: dict[int, list[int]] = field(default_factory=dict)
    """Mutant to the candidates that reach its place."""
    by_id: dict[int, Candidate] = field(default_factory=dict)
    observations: dict[int, Observation] = field(default_factory=dict)
    works: set[str] = field(default_factory=set)
    """Functions (`name/arity`) that gave a value."""

    def remember(self, number: int, candidate: Candidate, observation: Observation) -> None:
        """Adds what was observed of a candidate."""
        self.seen[candidate.source] = (number, candidate, observation)
        self.by_id[number] = candidate
        self.observations[number] = observation
        if observation.status is Status.OK:
            self.works.add(candidate.function)
        for mutant in observation.covers:
            self.reached_by.setdefault(mutant, []).append(number)
        built = built_value(candidate, observation)
        if built is not None and len(self.pool) < 400:
            self.pool.append(built)

    def fine(self, signature: str) -> Iterator[tuple[Candidate, Observation]]:
        """Candidates of a function that gave a value."""
        for number, candidate in self.by_id.items():
            if candidate.function == signature and self.observations[number].status is Status.OK:
                yield candidate, self.observations[number]


def _keys(function: Function) -> tuple[Term, ...]:
    """Atoms and strings of a function that look like keys: words, and no tags of results."""
    terms = (read(literal.source) for literal in function.literals)
    found = [
        term
        for term in terms
        if (isinstance(term, Str) and re.fullmatch(r"[a-z][a-z0-9_-]{1,24}", term.value))
        or (
            isinstance(term, Atom)
            and term.name.isidentifier()
            and term.name not in _TAGS
            and term.name.islower()
        )
    ]
    return tuple(dict.fromkeys(found))


_TAGS = frozenset({"ok", "error", "nil", "true", "false"})
_STRUCT = re.compile(r"%([A-Z][\w.]*)\{")
_OK_STRUCT = re.compile(r"\{:ok, (%([A-Z][\w.]*)\{.*)\}\Z", re.DOTALL)
_OPAQUE = re.compile(r"#([A-Z][\w.]*)<")
_INLINE_AT_MOST = 26
_MAKES = re.compile(r"(new|init|empty|build|create|from_|make|parse|start|of_|singleton)")


def built_value(candidate: Candidate, observation: Observation) -> Built | None:
    """The value a candidate gave, as something that other calls can take; None where it is not worth
    keeping.
    """
    if observation.status is not Status.OK or not candidate.reusable or len(observation.value) > 600:
        return None
    name = candidate.function.rpartition("/")[0]
    if found := _OK_STRUCT.match(observation.value):
        var = variable_for(found.group(2))
        line = f"{{:ok, {var}}} = {candidate.call}"
        return Built(var, var, (*candidate.setup, line), made_of=found.group(2), weight=candidate.cost)
    struct = _STRUCT.match(observation.value) or _OPAQUE.match(observation.value)
    maker = bool(_MAKES.match(name)) or not candidate.args
    if struct is None and not maker:
        return None
    made_of = struct.group(1) if struct else None
    if struct is None and isinstance(read(observation.value), (Int, Atom, ListOf)) and candidate.args:
        return None
    return bind(candidate, variable_for(made_of or candidate.module), made_of)


def bind(candidate: Candidate, var: str, made_of: str | None) -> Built:
    """The candidate's value: inline when the call is short, otherwise bound to a variable first."""
    weight = max(0.8, candidate.cost - 1.5)
    if len(candidate.call) <= _INLINE_AT_MOST and not candidate.setup:
        return Built(candidate.call, var, made_of=made_of, weight=weight)
    chained = as_pipe(candidate)
    return Built(var, var, (*chained[0], f"{var} = {chained[1]}"), made_of=made_of, weight=weight)


def as_pipe(candidate: Candidate) -> tuple[tuple[str, ...], str]:
    """Setup and expression, a chain of operations on one value joined by pipes.

    `cart = Cart.new() |> Cart.add("a")` and then `Cart.add(cart, "b")` become one chain of three calls.
    """
    first = candidate.args[0] if candidate.args else None
    if not isinstance(first, Built) or not candidate.call.count(f"({first.source}"):
        return candidate.setup, candidate.call
    head, _, rest = candidate.call.partition(f"({first.source}")
    rest = rest.removeprefix(",").lstrip()
    last = candidate.setup[-1] if candidate.setup else ""
    if first.source == first.var and last.startswith(f"{first.var} = ") and first.steps == candidate.setup:
        return candidate.setup[:-1], f"{last.removeprefix(f'{first.var} = ')} |> {head}({rest}"
    if first.source != first.var:
        return candidate.setup, f"{first.source} |> {head}({rest}"
    return candidate.setup, candidate.call


def is_plain(term: Term) -> bool:
    """Whether the term is data alone, with nothing that must be run first."""
    return not isinstance(term, (Built, Raw, Map)) or (isinstance(term, Map) and not term.struct)


_STATE_MODULES = frozenset({":ets", "Agent", "GenServer", ":persistent_term"})
_STATE_CALLS = frozenset({("Application", "put_env"), ("Process", "put"), ("Registry", "register")})


def starts_a_process(function: Function) -> bool:
    """Whether the function starts a process, or makes a table, that others then take."""
    return any(
        (
            call.module in ("GenServer", "Agent", "Task", "Supervisor", "DynamicSupervisor")
            and call.function.startswith("start")
        )
        or (call.module == ":ets" and call.function == "new")
        for call in function.calls
    )


_HARMS = frozenset(
    [
        *(("System", name) for name in ("halt", "stop", "restart", "cmd", "shell", "reboot")),
        *((":init", name) for name in ("stop", "restart", "reboot")),
        *(("File", name) for name in ("rm", "rm!", "rm_rf", "rm_rf!", "rmdir", "rmdir!")),
        (":erlang", "halt"),
        (":os", "cmd"),
        ("Port", "open"),
        ("Node", "connect"),
    ]
)
_READS = frozenset(("IO", name) for name in ("gets", "read", "getn", "binread", "stream", "binstream"))
_GLOBAL_CALLS = frozenset(
    {
        ("Application", "put_env"),
        ("Application", "delete_env"),
        ("System", "put_env"),
        ("System", "delete_env"),
        ("Logger", "configure"),
        ("Process", "register"),
        ("File", "cd"),
        ("File", "cd!"),
        (":persistent_term", "put"),
    }
)
_WRITES = frozenset(
    {"write", "write!", "rm", "rm!", "mkdir", "mkdir_p", "mkdir_p!", "rename", "cp", "open", "touch"}
)


def shares_state(subject: Subject) -> bool:
    """Whether the module touches what all tests of a VM share, so that its tests had better not be async."""
    module = subject.module
    atoms = {literal.source for literal in module.literals}
    atoms |= {each.source for f in (*module.functions, *module.private_functions) for each in f.literals}
    calls = subject.all_calls
    return (
        bool(calls & _GLOBAL_CALLS)
        or any(name == "File" and function in _WRITES for name, function in calls)
        or ((":ets", "new") in calls and ":named_table" in atoms)
        or any(_registers_a_name(function) for function in (*module.functions, *module.private_functions))
    )


def _registers_a_name(function: Function) -> bool:
    """Whether a process is started under a name that is written there, not one that the caller gives."""
    named = any(literal.source == ":name" for literal in function.literals)
    given = any(call.module == "Keyword" for call in function.calls)
    starts = any(call.module in _STARTERS and call.function.startswith("start") for call in function.calls)
    return named and starts and not given


_STARTERS = frozenset(
    {"Agent", "GenServer", "Registry", "Supervisor", "DynamicSupervisor", "Task.Supervisor"}
)
