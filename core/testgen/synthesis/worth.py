"""Whether an observation makes a test that a colleague would write, and what speaks against it.

A test pins behaviour, so that behaviour must look meant: an exception that the code raises on purpose, or a
head that refuses an argument of a plausible kind, but not the crash of some inner function on nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, Observation, Oracle, Status
from testgen.synthesis.findings import is_own_head, raised_on_purpose, suspicion
from testgen.synthesis.plausibility import oddness
from testgen.synthesis.reader import read
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Atom, Built, Map, Raw, Term, to_source
from testgen.synthesis.type_tree import Type

_LONGEST_VALUE = 700
_SANDBOXED = re.compile(
    r":(?:erofs|eacces|eperm|nxdomain|econnrefused|enetunreach|ehostunreach)\b"
    r"|read-only file system|permission denied|connection refused|non-existing domain"
)
_RUNTIMES_OWN = re.compile(
    r"construction of binary failed|errors were found at the given arguments|argument error$"
    r"|the table identifier does not refer|cannot convert the given"
)
"""How the virtual machine words what nobody raised; other releases of it word it otherwise."""
_OWN_FOLDER = re.compile(r'testgen-tmp-dir|"/tmp/"? ?')
"""Where `tmp_dir` is here; in the user's own run it is elsewhere."""
_IMPROPER = 5.0
"""A list that does not end in a list comes of an argument that was none."""
_LONGEST_ASSERTION = 24
"""Lines."""
_NEVER = frozenset(
    [
        "UndefinedFunctionError",
        "CompileError",
        "SyntaxError",
        "TokenMissingError",
        "SystemLimitError",
        "BadArityError",
    ]
)
_MAY_BE_MEANT = frozenset(
    [
        "ArgumentError",
        "KeyError",
        "Enum.EmptyError",
        "ArithmeticError",
        "RuntimeError",
        "Enum.OutOfBoundsError",
        "File.Error",
        "MatchError",
    ]
)


def penalty(
    candidate: Candidate, observation: Observation, subject: Subject, knowledge: Knowledge
) -> float | None:
    """What is to be added to the candidate's cost; None where it must not become a test."""
    if not observation.status.is_assertable or not observation.assertion:
        return None
    if suspicion(candidate, observation, subject) is not None or _is_of_this_place(observation):
        return None
    if len(observation.value) > _LONGEST_VALUE or len(observation.assertion) > _LONGEST_ASSERTION:
        return None
    against = _outcome_penalty(candidate, observation, subject, knowledge)
    return None if against is None else against + oddness(candidate, subject)


def _is_of_this_place(observation: Observation) -> bool:
    """Whether what was seen comes of the sandbox, or of this very OTP: elsewhere it would be different."""
    told = "\n".join((*observation.assertion, observation.message))
    return bool(_SANDBOXED.search(told) or "<<131, " in told or _OWN_FOLDER.search(told))


def _outcome_penalty(
    candidate: Candidate, observation: Observation, subject: Subject, knowledge: Knowledge
) -> float | None:
    size = len(observation.value) / 60 + 0.5 * (len(observation.assertion) - 1)
    match observation.status:
        case Status.OK:
            return size + _shape_penalty(observation)
        case Status.RAISE:
            return _raise_penalty(candidate, observation, subject, knowledge)
        case _:
            return None if _is_crash_of_a_server(observation) else 6.0 + size


def _is_crash_of_a_server(observation: Observation) -> bool:
    """Whether the call ended since the process that was asked did: nobody means that to be so."""
    asked = re.search(r"\{:?(?:GenServer|gen_server|gen_statem), :call", "\n".join(observation.assertion))
    return asked is not None and not re.search(r"\{:(?:timeout|noproc|normal|shutdown), ", asked.string)


def _shape_penalty(observation: Observation) -> float:
    without_texts = re.sub(r'"(?:[^"\\]|\\.)*"', "", observation.value)
    improper = _IMPROPER if re.search(r" \| [^\]]*\]", without_texts) else 0.0
    return improper + _SHAPES.get(observation.shape, 0.0)


_SHAPES = {"pattern": 1.5, "io": 1.0, "log": 2.0, "receive": 1.0, "delta": 0.5}


def _raise_penalty(
    candidate: Candidate, observation: Observation, subject: Subject, knowledge: Knowledge
) -> float | None:
    exception = observation.exception
    function = subject.module.function(candidate.function)
    if exception in _NEVER:
        return None
    by_accident = bool(_RUNTIMES_OWN.match(observation.message))
    if observation.deliberate or (exception in raised_on_purpose(subject) and not by_accident):
        return 1.0
    if candidate.oracle is Oracle.DOCTEST:
        return 0.5
    if exception == "FunctionClauseError":
        return _head_refuses(candidate, observation, subject, knowledge, function)
    if exception not in _MAY_BE_MEANT or function is None:
        return None
    return 5.0 if function.specs and _accepts(function, candidate) else None


def _head_refuses(
    candidate: Candidate,
    observation: Observation,
    subject: Subject,
    knowledge: Knowledge,
    function: Function | None,
) -> float | None:
    """A guard that turns away an argument of the right kind is behaviour, and so is one that tests the kind;
    otherwise a wrong kind of argument is nonsense.
    """
    if function is None or not is_own_head(function, observation, subject):
        return None
    accepted = [{_sort(term) for term in terms} for terms in _accepted(candidate, knowledge)]
    if not accepted or len(accepted) != len(candidate.args):
        return None
    pairs = list(zip(candidate.args, accepted, strict=True))
    strange = [place for place, (term, sorts) in enumerate(pairs) if _sort(term) not in sorts]
    if strange:
        return _wrong_kind(candidate, strange, function)
    return 3.0 if any(clause.guard for clause in function.clauses) else 8.0


_SIMPLEST = 4
"""Most arguments of a call that shows what a guard refuses."""


def is_simple(candidate: Candidate) -> bool:
    """Whether it is one short call of plain data."""
    return not candidate.setup and len(candidate.args) <= _SIMPLEST and len(candidate.call) <= 60


def _wrong_kind(candidate: Candidate, strange: Sequence[int], function: Function) -> float | None:
    """One plain argument of a kind that a guard asks about is behaviour; anything else is nonsense."""
    if len(strange) != 1 or isinstance(candidate.args[strange[0]], Built) or not is_simple(candidate):
        return None
    names = [clause.args[strange[0]] for clause in function.clauses if len(clause.args) > strange[0]]
    guards = " ".join(clause.guard or "" for clause in function.clauses)
    return 7.0 if any(re.search(rf"is_\w+\({re.escape(name)}\b", guards) for name in names) else None


def _sort(term: Term) -> object:
    """What kind of thing a term is, as far as a function's heads tell kinds apart."""
    match term:
        case Atom("nil"):
            return "nil"
        case Built(_, var, _, made_of):
            return made_of.rsplit(".", 1)[-1] if made_of else var
        case Map(_, str() as struct):
            return struct.rsplit(".", 1)[-1]
        case Raw(source):
            return "function" if re.match(r"fn\b|&", source) else source[:2]
        case _:
            return type(term)


def _accepted(candidate: Candidate, knowledge: Knowledge) -> list[list[Term]]:
    rows = [
        fine.args for fine, _ in knowledge.fine(candidate.function) if len(fine.args) == len(candidate.args)
    ]
    return [list(column) for column in zip(*rows, strict=True)] if rows else []


def _accepts(function: Function, candidate: Candidate) -> bool:
    """Whether the spec promises to take these arguments; candidates made from it do, others may not."""
    return candidate.origin in ("specs", "doctests", "existing tests", "sequences") and bool(function.specs)


def oracle(candidate: Candidate, observation: Observation, function: Function | None) -> Oracle | None:
    """Where the expected value comes from, now that it was observed; None when a promise does not hold."""
    if candidate.oracle is Oracle.DOCTEST:
        if candidate.expected is None or _same(candidate.expected, observation.value):
            return Oracle.DOCTEST
        return Oracle.OBSERVED
    if candidate.oracle is Oracle.LAW:
        holds = observation.status is Status.OK and _same(candidate.expected or "", observation.value)
        return Oracle.LAW if holds else None
    if function is not None and observation.status is Status.OK and _only_result(function, observation.value):
        return Oracle.SPEC
    return candidate.oracle


def _same(expected: str, observed: str) -> bool:
    left, right = read(expected), read(observed)
    return left == right or to_source(left).replace(" ", "") == to_source(right).replace(" ", "")


def _only_result(function: Function, value: str) -> bool:
    """Whether every spec allows one result, and this is it: `:ok`, `true`, a literal."""
    returns = [spec.returns for spec in function.specs]
    return bool(returns) and all(_is_literal(each, value) for each in returns)


def _is_literal(returns: Type, value: str) -> bool:
    return returns.kind == "literal" and _same(returns.source, value)
