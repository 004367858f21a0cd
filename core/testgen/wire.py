"""What fronts and the daemon say to each other: JSON documents, each with its version first.

The types are the format; `decode` refuses what they do not allow, and the daemon's OpenAPI document is made
from them. Kept free of compiled packages (cattrs, which the language server has anyway), so that an editor's
bundle can hold it. Which requests there are, and where, is the daemon's OpenAPI document.

A request carries its version twice: in the header `Testgen-Wire`, which every request has, and in its body
where it has one. Within a version, fields are only ever added, with defaults; a client ignores those that it
does not know, the daemon refuses them.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from typing import Any

from testgen.test_kind import TestKind

WIRE_VERSION = 1
"""Raised when a document changes its meaning."""
VERSION_HEADER = "Testgen-Wire"
LARGEST_BODY_BYTES = 8 << 20
"""Of a request; the longest known Elixir source file is a quarter of that."""


class JobKind(str, Enum):
    """What a job is for."""

    GENERATE = "generate"
    SCORE = "score"
    COMPLETE = "complete"


class JobState(str, Enum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Ended on request; its result holds what was found until then, where there was something."""
    LOST = "lost"
    """The daemon ended while the job was queued or running; nothing was written."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class EventKind(str, Enum):
    """What an event tells."""

    QUEUED = "queued"
    PHASE = "phase"
    CANDIDATE = "candidate"
    KILL = "kill"
    ACCEPTED = "accepted"
    WARNING = "warning"
    DONE = "done"


def limits(**keywords: Any) -> Any:
    """A field with JSON Schema keywords, which `decode` enforces and the OpenAPI document shows."""
    default = keywords.pop("default", MISSING)
    factory = keywords.pop("factory", MISSING)
    if factory is not MISSING:
        return field(default_factory=factory, metadata=keywords)
    return field(default=default, metadata=keywords)


class _Checked:
    """Checks the keywords of `limits` once a value is made. Raises ValueError."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if each.metadata and value is not None:
                _check(each.name, value, each.metadata)


def _check(name: str, value: Any, keywords: Any) -> None:
    length = len(value) if isinstance(value, (str, tuple)) else 0
    if "const" in keywords and value != keywords["const"]:
        raise ValueError(f"{name}: {value!r} is not {keywords['const']!r}")
    if "minimum" in keywords and value < keywords["minimum"]:
        raise ValueError(f"{name}: {value!r} is below {keywords['minimum']}")
    if "maximum" in keywords and value > keywords["maximum"]:
        raise ValueError(f"{name}: {value!r} is above {keywords['maximum']}")
    if length < max(keywords.get("minLength", 0), keywords.get("minItems", 0)):
        raise ValueError(f"{name}: is empty")
    if length > min(keywords.get("maxLength", length), keywords.get("maxItems", length)):
        raise ValueError(f"{name}: is too long ({length})")


def _version() -> Any:
    return limits(default=WIRE_VERSION, const=WIRE_VERSION)


def _path() -> Any:
    return limits(minLength=1, maxLength=4096)


def _key() -> Any:
    return limits(default="", maxLength=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(_Checked):
    """The folder that a client works in."""

    root: str = _path()
    """Absolute. Nothing outside it is read or run on the client's behalf."""
    trusted: bool = False
    """Whether its user lets code of it run. Jobs run code, so that they are refused where this is false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest(_Checked):
    """Tests for a source file."""

    version: int = _version()
    key: str = _key()
    """Names the request: sent twice, it makes one job. Empty: never the same as another."""
    client: str = limits(default="", maxLength=100)
    """Who asks, for people: `VS Code 1.109`."""
    workspace: Workspace
    path: str = _path()
    """The source file, absolute."""
    functions: tuple[str, ...] = limits(default=(), maxItems=1000)
    """`name/arity`; all public ones when empty."""
    mutants: tuple[str, ...] = limits(default=(), maxItems=1000)
    """Keys of the mutants that tests are wanted for; all when empty."""
    test_kind: TestKind = TestKind.EXUNIT
    output: str | None = None
    """The test file, absolute; by convention when null."""
    before: str | None = None
    """The test file's text as the editor has it, saved or not; read from disk when null."""
    budget_s: float = limits(default=60.0, minimum=0.1, maximum=3600)
    """Seconds that the search may take."""
    seed: int = limits(default=0, minimum=0, maximum=2**31 - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRequest(_Checked):
    """How many mutants of a source file its tests kill."""

    version: int = _version()
    key: str = _key()
    client: str = limits(default="", maxLength=100)
    workspace: Workspace
    path: str = _path()
    tests: tuple[str, ...] = limits(default=(), maxItems=1000)
    """Test files, absolute; by convention when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(_Checked):
    """What a test file calls which module: `Cart`, `Shop.Cart`."""

    shown: str = limits(minLength=1, maxLength=500)
    module: str = limits(minLength=1, maxLength=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteRequest(_Checked):
    """What may follow at a place of a test file that somebody is writing."""

    version: int = _version()
    key: str = _key()
    client: str = limits(default="", maxLength=100)
    workspace: Workspace
    path: str = _path()
    """The test file, absolute."""
    call: str = limits(minLength=1, maxLength=10_000)
    """The expression whose value is asked for."""
    setup: tuple[str, ...] = limits(default=(), maxItems=200)
    """Lines of the test before it, run first."""
    module: str = limits(default="", maxLength=500)
    """The module under test."""
    aliases: tuple[Alias, ...] = limits(default=(), maxItems=200)


JobRequest = GenerateRequest | ScoreRequest | CompleteRequest
KINDS: dict[type[Any], JobKind] = {
    GenerateRequest: JobKind.GENERATE,
    ScoreRequest: JobKind.SCORE,
    CompleteRequest: JobKind.COMPLETE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why something was not done: what happened, and what to do next."""

    version: int = WIRE_VERSION
    code: str
    """Machine-readable, never changes its meaning: `queue_full`, `outside_workspace`, `wire_version`, ..."""
    message: str
    next_step: str = ""
    exit_code: int | None = None
    """What the command line would exit with, for errors of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFound:
    """A test of a result."""

    __test__ = False

    module: str
    describe: str
    name: str
    oracle: str
    kills: int
    kills_alone: tuple[str, ...] = ()
    """Keys of the mutants that no other test of the file kills."""
    line: int = 0
    """Where it stands in the result's text, 1-based; 0 where it has no lines of its own (doctests)."""
    end_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A mutant that no test tells from the original. Positions as in `testgen.mutation`."""

    key: str
    operator: str
    function: str | None
    line: int
    column: int
    end_line: int
    end_column: int
    original: str
    replacement: str
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionScore:
    """What the tests kill of one function's mutants."""

    function: str
    mutants: int
    killed: int
    tests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateResult:
    """A test file that holds."""

    version: int = WIRE_VERSION
    source_path: str
    """Absolute, as are all paths of results."""
    test_path: str
    helper_path: str | None = None
    """A `test_helper.exs` that `mix test` needs and that is not there: to be made with `ExUnit.start()`."""
    before: str | None
    """What the test file was taken to hold; null: it did not exist."""
    text: str
    interrupted: bool
    tests: tuple[TestFound, ...]
    survivors: tuple[Survivor, ...]
    functions: tuple[FunctionScore, ...]
    report: dict[str, Any]
    """What `testgen generate --json` prints."""
    lines: tuple[str, ...]
    """What `testgen generate` prints, its first line left to the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreResult:
    """What a suite is worth."""

    version: int = WIRE_VERSION
    source_path: str
    tests: tuple[str, ...]
    num_tests: int
    counts: dict[str, int]
    score: float | None
    """Percent; null where there is nothing to count."""
    strict_score: float | None
    survivors: tuple[Survivor, ...]
    functions: tuple[FunctionScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteResult:
    """Lines that may follow, expected values observed; none where nothing can be said for sure."""

    version: int = WIRE_VERSION
    lines: tuple[str, ...]
    note: str = ""
    """Why there are none."""


JobResult = GenerateResult | ScoreResult | CompleteResult


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job as it is now."""

    version: int = WIRE_VERSION
    id: str
    kind: JobKind
    state: JobState
    path: str
    project: str
    client: str
    position: int | None = None
    """How many jobs are before it; null when it is not queued."""
    phase: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    submitted_at: float
    """Seconds since the epoch, as are all times."""
    started_at: float | None = None
    ended_at: float | None = None
    attempts: int = 0
    """How often it was begun: more than once where a VM was lost from outside."""
    problem: Problem | None = None
    has_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a job."""

    version: int = WIRE_VERSION
    seq: int
    """1, 2, 3 ... within the job."""
    kind: EventKind
    text: str
    at: float
    percent: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    test: TestFound | None = None
    state: JobState | None = None
    """With `done`: how the job ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs that the daemon knows, latest first."""

    version: int = WIRE_VERSION
    jobs: tuple[JobStatus, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that can be chosen, or an adapter of one."""

    id: str
    engine: str
    path: str
    size_bytes: int
    adapters: tuple[str, ...] = ()
    problem: str = ""
    """Why it cannot be used; empty where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models there are, and the one in use."""

    version: int = WIRE_VERSION
    models: tuple[Model, ...]
    chosen: str | None
    """Id; null: no model proposes."""
    adapter: str | None = None
    state: str = "off"
    """`off`, `loading`, `ready` or `failed`."""
    problem: str = ""
    loads: int = 0
    """How often a model was loaded since the daemon started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseModel(_Checked):
    """Which model proposes from the next job on; null: none."""

    version: int = _version()
    model: str | None = limits(default=None, maxLength=500)
    adapter: str | None = limits(default=None, maxLength=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmAgent:
    """A VM that is kept for the next job."""

    project: str
    pid: int
    busy: bool
    idle_s: float
    jobs: int
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the daemon is."""

    version: int = WIRE_VERSION
    testgen: str
    pid: int
    started_at: float
    environment: str
    """Digest of what decides which Elixir is used; see `testgen.runtime.environment_digest`."""
    queued: int
    running: int
    capacity: int
    """How many jobs may wait."""
    test_kinds: tuple[TestKind, ...]
    """The sorts of tests that can be asked for."""
    agents: tuple[WarmAgent, ...]
    model: Models
    last_error: Problem | None = None
    stops_when_idle_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where the dashboard can be opened, once."""

    version: int = WIRE_VERSION
    url: str
