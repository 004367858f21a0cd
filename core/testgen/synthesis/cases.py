"""Selected candidates put together as test cases: named, grouped by function, related assertions sharing
one test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate, Observation, Oracle, Status
from testgen.synthesis.phrases import in_words, joined
from testgen.synthesis.reader import read, split
from testgen.synthesis.terms import Built, Map, Raw, Term, to_source
from testgen.synthesis.wording import Defaults, Inputs, circumstances, counted, first_free, outcome, sentence

_TOGETHER = 5
"""Most assertions that share a test."""
_WIDEST = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A candidate that was selected, with what was observed and what it kills."""

    id: int
    candidate: Candidate
    observation: Observation
    oracle: Oracle
    kills: frozenset[int]


READ_BACK = "File.read!(path)"
"""The call that looks at what the one before it wrote."""
TMP_DIR = "tmp_dir"
"""The variable of a test's own folder, which the tag of this name gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """A test to be written."""

    __test__ = False

    describe: str
    name: str
    lines: tuple[str, ...]
    oracle: Oracle
    made_of: tuple[int, ...]
    """Ids of its candidates."""
    isolated: bool
    context: tuple[str, ...] = ()
    """What it takes from a `setup`."""


def cases(chosen: Sequence[Chosen], module: Module, taken: dict[str, set[str]]) -> list[TestCase]:
    """Test cases in the order of the module's functions; `taken` are names already used, by describe.

    `taken` is added to, so that no name is given twice.
    """
    order = {function.signature: index for index, function in enumerate(module.functions)}
    ranked = sorted(chosen, key=lambda each: (order.get(each.candidate.function, 999), _rank(each), each.id))
    found: list[TestCase] = []
    for signature, members in groupby(ranked, key=lambda each: each.candidate.function):
        naming = _Naming(
            inputs=_inputs(module, signature),
            defaults=dict(module.struct.fields) if module.struct else {},
            taken=taken.setdefault(signature, set()),
        )
        found += _function_cases(list(members), signature, naming)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Naming:
    """What the names of one function's tests depend on."""

    inputs: Inputs
    defaults: Defaults
    taken: set[str]


def _rank(each: Chosen) -> tuple[int, int, float]:
    """Values before exceptions, plain calls before sequences, simple before elaborate."""
    return (each.observation.status is not Status.OK, len(each.candidate.setup) > 0, each.candidate.cost)


def _inputs(module: Module, signature: str) -> Inputs:
    function = module.function(signature)
    if function is None:
        return Inputs()
    guarded = frozenset(bound.arg for bound in function.guard_bounds)
    return Inputs(names=function.arg_names, guarded=guarded)


def _function_cases(members: Sequence[Chosen], signature: str, naming: _Naming) -> list[TestCase]:
    rows = [each.candidate.args for each in members]
    inputs = replace(naming.inputs, varying=_varying(rows), keys=_varying_keys(rows))
    naming = replace(naming, inputs=inputs)
    found = []
    for group in _grouped(members):
        contrast = _contrast(group, members, inputs) if len(group) == 1 else inputs
        name = _name(group, replace(naming, inputs=contrast))
        naming.taken.add(name)
        lines = _body(group)
        found.append(
            TestCase(
                describe=signature,
                name=name,
                lines=lines,
                context=(TMP_DIR,) if any(re.search(rf"\b{TMP_DIR}\b", line) for line in lines) else (),
                oracle=_weakest(group),
                made_of=tuple(each.id for each in group),
                isolated=all(map(_is_isolated, group)),
            )
        )
    return found


def _is_isolated(each: Chosen) -> bool:
    """Whether nothing that tests of other modules use takes part: what goes to stderr is everybody's."""
    text = "\n".join((*each.candidate.setup, *each.observation.assertion))
    return each.candidate.isolated and "_io(:stderr" not in text and "capture_log(" not in text


def _varying(rows: Sequence[tuple[Term, ...]]) -> frozenset[int]:
    """Places in which the calls of a function differ."""
    widest = max((len(row) for row in rows), default=0)
    differing = (i for i in range(widest) if len({row[i] if i < len(row) else None for row in rows}) > 1)
    return frozenset(differing)


def _varying_keys(rows: Sequence[tuple[Term, ...]]) -> dict[int, frozenset[Term]]:
    """By place, keys whose values differ between the maps that stand there."""
    found: dict[int, frozenset[Term]] = {}
    for place in range(max((len(row) for row in rows), default=0)):
        terms = [row[place] for row in rows if place < len(row)]
        maps = [dict(term.pairs) for term in terms if isinstance(term, Map)]
        if len(maps) > 1:
            keys = {key for each in maps for key in each}
            found[place] = frozenset(key for key in keys if len({each.get(key) for each in maps}) > 1)
    return found


def _contrast(group: Sequence[Chosen], members: Sequence[Chosen], inputs: Inputs) -> Inputs:
    """What alone tells a test from one with another outcome: one argument, or one key of a map."""
    (mine,) = group
    for other in members:
        if _ended(other) == _ended(mine) or len(other.candidate.args) != len(mine.candidate.args):
            continue
        if other.candidate.setup != mine.candidate.setup or len(mine.candidate.args) == 0:
            continue
        pairs = list(zip(mine.candidate.args, other.candidate.args, strict=True))
        places = [place for place, (one, two) in enumerate(pairs) if one != two]
        if len(places) != 1:
            continue
        one, two = pairs[places[0]]
        if not (isinstance(one, Map) and isinstance(two, Map)):
            return replace(inputs, telling=frozenset(places))
        keys = {key for key, _ in one.pairs} | {key for key, _ in two.pairs}
        differing = frozenset(key for key in keys if dict(one.pairs).get(key) != dict(two.pairs).get(key))
        if len(differing) == 1 and differing <= {key for key, _ in one.pairs}:
            told = {**inputs.keys, places[0]: differing}
            return replace(inputs, telling=frozenset(places), keys=told)
    return replace(inputs, keys={**inputs.keys, **_own_keys(mine, members, inputs)})


def _own_keys(mine: Chosen, members: Sequence[Chosen], inputs: Inputs) -> dict[int, frozenset[Term]]:
    """Keys that hold what no other test has there, where many keys tell the tests apart."""
    found = {}
    for place, term in enumerate(mine.candidate.args):
        if not isinstance(term, Map) or len(term.pairs) < 2:
            continue
        others = [each.candidate.args[place] for each in members if len(each.candidate.args) > place]
        taken = {pair for each in others if isinstance(each, Map) and each != term for pair in each.pairs}
        own = frozenset(key for key, value in term.pairs if (key, value) not in taken)
        if own and len(own) < min(len(term.pairs), len(inputs.keys.get(place, term.pairs))):
            found[place] = own
    return found


def _ended(each: Chosen) -> tuple[str, str]:
    return each.observation.value, each.observation.exception


def _grouped(members: Sequence[Chosen]) -> list[list[Chosen]]:
    """Members that a person would put into one test: short calls with the same sort of outcome."""
    groups: dict[object, list[list[Chosen]]] = {}
    for each in members:
        key = _family(each)
        runs = groups.setdefault(key, [[]])
        if key is None or len(runs[-1]) >= _TOGETHER:
            runs.append([])
        runs[-1].append(each)
    merged = [run for key, runs in groups.items() for run in runs if run and key is not None]
    single = [[each] for run in groups.get(None, []) for each in run]
    first = {id(run): min(members.index(each) for each in run) for run in (*merged, *single)}
    return sorted((*merged, *single), key=lambda run: first[id(run)])


def _family(each: Chosen) -> object | None:
    """What candidates must share to be in one test; None for one that stands alone."""
    candidate, observation = each.candidate, each.observation
    if candidate.setup or not candidate.args or len(observation.assertion) != 1:
        return None
    if len(observation.assertion[0]) > _WIDEST or not all(_is_simple(term) for term in candidate.args):
        return None
    if len(candidate.args) > 2:
        return None
    if observation.status is Status.RAISE:
        return ("raises", outcome(observation), len(candidate.args), _message(observation))
    if observation.shape == "boolean" or observation.value in ("true", "false"):
        return ("boolean", observation.value, len(candidate.args))
    if observation.shape == "equal":
        return ("same value", observation.value, len(candidate.args))
    return None


def _message(observation: Observation) -> str:
    found = re.search(r'assert_raise\s*\(?[\w.]+,\s*("(?:[^"\\]|\\.)*"|~[rs].)', observation.assertion[0])
    return "with a message" if found else ""


def _is_simple(term: Term) -> bool:
    return not isinstance(term, Built) and len(to_source(term)) <= 24


def _name(group: Sequence[Chosen], naming: _Naming) -> str:
    found = first_free(_names(group, naming), naming.taken) or first_free(
        _by_call(group, naming), naming.taken
    )
    if found is not None:
        return found
    base = sentence(outcome(group[0].observation))
    numbered = (f"{base}, case {number}" for number in range(2, 10_000))
    return next(name for name in numbered if name not in naming.taken)


def _names(group: Sequence[Chosen], naming: _Naming) -> Iterable[str]:
    first = group[0]
    inputs = naming.inputs
    happened = outcome(first.observation, first.candidate.args, naming.defaults, inputs.names)
    if len(group) == 1 and first.candidate.call == READ_BACK:
        written = happened.replace("returns", "writes", 1)
        yield from (written, f"{written} to the file")
    if len(group) == 1:
        first = replace(first, candidate=told(first.candidate))
        if first.candidate.call.startswith("with_io("):
            inputs = replace(inputs, names=("input", *inputs.names))
        refused = first.observation.exception.endswith("FunctionClauseError")
        yield from (f"{happened} {way}" for way in circumstances(first.candidate, inputs, refused=refused))
        return
    within = replace(inputs, varying=_varying([each.candidate.args for each in group]))
    shown = [_inputs_in_words(each.candidate, within) for each in group]
    yield f"{happened} for {_listed(shown)}"
    yield f"{happened} for {', '.join(shown[:2])} and {len(shown) - 2} more" if len(shown) > 2 else happened
    yield f"{happened} for inputs such as {shown[0]}"


def _by_call(group: Sequence[Chosen], naming: _Naming) -> Iterable[str]:
    """Where words fail, the call itself."""
    if len(group) == 1:
        happened = outcome(group[0].observation, group[0].candidate.args, naming.defaults)
        yield f"{happened} from {group[0].candidate.call}"
        yield happened


_INPUT = re.compile(r'with_io\(("(?:[^"\\]|\\.)*"), fn -> (.*) end\)\Z', re.DOTALL)
_CALL = re.compile(r"(?:[A-Z][\w.]*\.)?[a-z_]\w*[?!]?\((.*?)\)(?: \|> .*)?\Z", re.DOTALL)


def told(candidate: Candidate) -> Candidate:
    """The candidate with arguments to tell, read from its call where it is not a plain one."""
    if candidate.args:
        return candidate
    read_from = _INPUT.match(candidate.call)
    call = read_from.group(2) if read_from else candidate.call
    found = _CALL.match(call)
    sources = split(found.group(1)) if found and not candidate.setup else None
    terms = tuple(map(read, sources or ()))
    if any(isinstance(term, Raw) and re.match(r"[a-z_]\w*\Z", term.source) for term in terms):
        terms = ()
    return replace(candidate, args=((read(read_from.group(1)), *terms) if read_from else terms))


def _inputs_in_words(candidate: Candidate, inputs: Inputs) -> str:
    """An input among several: arguments in brackets where there is more than one."""
    args = candidate.args
    places = [place for place in range(len(args)) if place in inputs.varying] or list(range(len(args)))
    words = [counted(args[place], inputs.name(place)) or in_words(args[place]) for place in places]
    if len(words) == 1:
        return words[0]
    countable = all(counted(args[place], inputs.name(place)) for place in places)
    return " and ".join(words) if countable else f"({', '.join(words)})"


def _listed(shown: Sequence[str]) -> str:
    """Inputs in a row: `a parcel with 5 grams and one with length 9`, `1 year and 2 orders, or …`."""
    if any(" and " in each for each in shown):
        return ", or ".join(shown)
    noun = shown[0].partition(" with ")[0]
    rest = [each.replace(f"{noun} with ", "one with ", 1) for each in shown[1:]]
    return joined([shown[0], *rest])


def _weakest(group: Sequence[Chosen]) -> Oracle:
    order = list(Oracle)
    return max((each.oracle for each in group), key=order.index)


def _body(group: Sequence[Chosen]) -> tuple[str, ...]:
    lines: list[str] = []
    for each in group:
        setup = without_unused((*each.candidate.setup,), each.observation.assertion)
        lines += [*setup, *([""] if len(setup) > 1 else []), *each.observation.assertion]
    return tuple(lines)


_BINDING = re.compile(r"^([a-z_]\w*) = (.*)\Z", re.DOTALL)
_OK_BINDING = re.compile(r"^\{:ok, ([a-z_]\w*)\} = ", re.DOTALL)


def without_unused(setup: Sequence[str], following: Sequence[str]) -> tuple[str, ...]:
    """Setup lines without variables that nothing after them reads: the compiler would warn."""
    kept: list[str] = []
    later = list(following)
    for line in reversed(setup):
        binding = _BINDING.match(line) or _OK_BINDING.match(line)
        if binding and not any(re.search(rf"\b{binding.group(1)}\b", text) for text in later):
            line = (
                line.replace(binding.group(1), f"_{binding.group(1)}", 1)
                if line[0] == "{"
                else binding.group(2)
            )
        kept.append(line)
        later.append(line)
    return tuple(reversed(kept))


def renamed(case: TestCase, name: str) -> TestCase:
    """The case under another name."""
    return replace(case, name=name)
