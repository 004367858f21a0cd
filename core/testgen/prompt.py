"""The one prompt and target format of the model: what training shows it is what serving shows it.

A prompt is the text that the encoder reads: a task, a test type, and an excerpt of the module under test with
the focal function first, so that what is cut from a long module is never what is asked about. A target is
what the decoder writes: a part that is forced, never counted in a loss, and a part that the model has to
find. Tokenizing is the caller's: this module only needs to know how many tokens a text takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

PAD, END, HOLE = "<|pad|>", "<|end|>", "<|hole|>"
NUM_SENTINELS = 64
SENTINELS = tuple(f"<|mask_{number}|>" for number in range(NUM_SENTINELS))
"""Stand for masked spans, first to last, as T5's extra ids do (arXiv:1910.10683)."""
PREFIX, SUFFIX = "<|prefix|>", "<|suffix|>"
"""Before the two sides of a gap to be filled (arXiv:2207.14255)."""
_CONTROL = re.compile(r"<\|(?!hole\|)(\w+)\|>")
_WORD = re.compile(r"\w+")
_NAMED = re.compile(r"(?:@|(?=alias|import|require))(\w+)\s+(.*)", re.DOTALL)
LEFT_OUT = "# ..."
"""Stands in an excerpt where something of the module is left out."""


class Task(str, Enum):
    """What the model is asked; its control token opens the prompt and is forced upon the decoder."""

    CALL = "call"
    TEST = "test"
    ASSERTION = "assertion"
    NAME = "name"
    CODE = "code"
    SPAN = "span"
    FILL = "fill"
    IDENTIFIER = "identifier"

    @property
    def token(self) -> str:
        """The control token. A decoder that is not told its task falls into span prediction."""
        return f"<|{self.value}|>"


class TestType(str, Enum):
    """The kind of test that is wanted."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    EXUNIT = "exunit"
    STREAMDATA = "streamdata"
    LIVEVIEW = "liveview"

    @property
    def token(self) -> str:
        """The control token."""
        return f"<|{self.value}|>"


CONTROL_TOKENS: tuple[str, ...] = (
    PAD,
    END,
    HOLE,
    PREFIX,
    SUFFIX,
    *(task.token for task in Task),
    *(kind.token for kind in TestType),
    *SENTINELS,
)
"""Every token with a meaning of its own, in the order of their ids: `PAD` is 0, `END` is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """All clauses of one function, as written."""

    name: str
    arity: int
    num_defaults: int = 0
    is_public: bool = True
    source: str
    """Its specs and clauses."""
    summary: str = ""
    """The first paragraph of its doc, examples left out: they would give the answer away."""
    calls: tuple[str, ...] = ()
    """Names of functions that it calls without a module before them."""

    @property
    def signature(self) -> str:
        """`name/arity`."""
        return f"{self.name}/{self.arity}"

    def takes(self, num_args: int) -> bool:
        """Whether it can be called with so many arguments."""
        return self.arity - self.num_defaults <= num_args <= self.arity

    @property
    def head(self) -> str:
        """The first line of its first clause: how it is called."""
        lines = self.source.splitlines()
        return next((line for line in lines if line.startswith("def")), lines[0] if lines else "")

    @property
    def text(self) -> str:
        """How it stands in an excerpt."""
        comment = "".join(f"# {line}\n" for line in self.summary.splitlines())
        return comment + self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleText:
    """A module in the pieces that an excerpt is made of."""

    name: str
    header: tuple[str, ...] = ()
    """`use`, `@behaviour`, `import`, `alias`, attributes, types, the struct: each as written."""
    definitions: tuple[Definition, ...] = ()

    def called_by(self, focal: Iterable[Definition]) -> Iterator[Definition]:
        """The functions of the module that the focal ones call, nearest first, without the focal ones."""
        seen = {each.signature for each in focal}
        queue = list(focal)
        while queue:
            wanted = set(queue.pop(0).calls)
            for each in self.definitions:
                if each.name in wanted and each.signature not in seen:
                    seen.add(each.signature)
                    queue.append(each)
                    yield each


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """As much of a module as fits, and what does not."""

    text: str
    left_out: tuple[str, ...] = ()
    """Signatures of functions, and first lines of header pieces, that found no room."""
    is_cut: bool = False
    """Whether the focal function itself had to be cut in the middle of its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question about a module."""

    task: Task
    module: ModuleText
    focal: tuple[str, ...] = ()
    """Signatures of the functions asked about; unknown ones are ignored."""
    test_type: TestType = TestType.EXUNIT
    notions: str = ""
    """What is known of the behaviours and libraries that the module uses, in lines."""
    given: str = ""
    """What the answer belongs to: a test with a hole, or a test without a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the decoder writes after the task's token."""

    forced: str
    """Text that is given to the decoder and not counted."""
    answer: str


def render(prompt: Prompt, count: Callable[[str], int], max_tokens: int) -> Excerpt:
    """The encoder's text in at most about `max_tokens` tokens, as `count` counts them.

    The order is that of importance: what is asked, what is given, the focal functions, the types and
    attributes that they name, what they call, and the heads of the other public functions as far as there is
    room. The rest of the module says little of the focal functions and costs the encoder as much. `LEFT_OUT`
    marks what found no room; `left_out` lists it.
    """
    opening = f"{prompt.task.token}{prompt.test_type.token}{prompt.module.name}\n"
    opening += "".join(f"{plain(part).rstrip()}\n" for part in (prompt.given, prompt.notions) if part)
    room = max_tokens - count(opening) - count(f"{LEFT_OUT}\n") - 1
    focal = [each for each in prompt.module.definitions if each.signature in prompt.focal]
    kept, left_out, is_cut = _fill(prompt.module, focal, count, room)
    marker = f"{LEFT_OUT}\n" if left_out or is_cut else ""
    return Excerpt(text=opening + "".join(kept) + marker, left_out=tuple(left_out), is_cut=is_cut)


def _fill(
    module: ModuleText, focal: list[Definition], count: Callable[[str], int], room: int
) -> tuple[list[str], list[str], bool]:
    kept: list[str] = []
    left_out: list[str] = []
    is_cut = False
    for label, text, is_needed in _pieces(module, focal):
        tokens = count(text)
        if tokens <= room:
            kept.append(text)
            room -= tokens
        elif is_needed and not kept:
            kept.append(_cut(text, count, room))
            room, is_cut = 0, True
        else:
            left_out.append(label)
    return kept, left_out, is_cut


def _pieces(module: ModuleText, focal: list[Definition]) -> Iterator[tuple[str, str, bool]]:
    """Label, text, and whether it must be there; what matters most comes first."""
    near = list(module.called_by(focal))
    words = set(_WORD.findall("\n".join(each.source for each in (*focal, *near))))
    done = {each.signature for each in (*focal, *near)}
    named = [piece for piece in module.header if _names(piece) & words]
    for each in focal:
        yield each.signature, f"{plain(each.text)}\n", True
    for piece in named:
        yield piece.partition("\n")[0], f"{plain(piece)}\n", False
    for each in near:
        yield each.signature, f"{plain(each.text)}\n", False
    for each in module.definitions:
        if each.signature not in done and each.is_public:
            yield each.signature, f"{plain(each.head)}\n", False


def _names(piece: str) -> set[str]:
    """By what a piece of the header is referred to: `@limit 10` by `limit`, `alias Shop.{A, B}` by `A` and
    `B`.

    A struct, a `use` and a behaviour are referred to without a name: they count as `def`, which every
    function has.
    """
    found = _NAMED.match(piece)
    if found is None or found.group(1) in ("behaviour", "enforce_keys"):
        return {"def", "defp"}
    if found.group(1) in ("type", "typep", "opaque"):
        return set(_WORD.findall(found.group(2))[:1])
    if found.group(1) in ("alias", "import", "require"):
        return {name for name in _WORD.findall(found.group(2)) if name[0].isupper()}
    return {found.group(1)}


def _cut(text: str, count: Callable[[str], int], room: int) -> str:
    """The first lines of `text` that fit."""
    lines = text.splitlines(keepends=True)
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        if count("".join(lines[:middle])) <= room:
            low = middle
        else:
            high = middle - 1
    return "".join(lines[:low])


def plain(text: str) -> str:
    """A source text in which nothing can be taken for a control token, the hole of a test aside."""
    return _CONTROL.sub(r"<| \1 |>", text) if "<|" in text else text


def call_target(shown_as: str, function: str, arguments: str = "") -> Target:
    """A call whose head is forced: `Cart.add(` and then `cart, 1)`."""
    return Target(forced=f"{shown_as}.{function}(", answer=f"{arguments})")


def test_target(source: str) -> Target:
    """A whole test; its head `test "` or `property "` is forced."""
    head, quote, rest = source.partition('"')
    return Target(forced=head + quote, answer=rest) if quote else Target(forced="", answer=source)


def assertion_target(expected: str) -> Target:
    """What stands in the hole of a given test."""
    return Target(forced="", answer=expected)


def name_target(name: str) -> Target:
    """A test's name, up to its closing quote."""
    return Target(forced='test "', answer=f'{name}"')


test_target.__test__ = False  # type: ignore[attr-defined]  # pytest must not collect it


def parse(text: str) -> str:
    """What the model wrote, without what follows the end and without control tokens at its beginning."""
    answer = text.partition(END)[0].partition(PAD)[0]
    while True:
        found = next((token for token in CONTROL_TOKENS if answer.startswith(token)), None)
        if found is None:
            return answer
        answer = answer.removeprefix(found)
