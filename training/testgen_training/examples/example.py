"""One training example as ids, and what an objective needs to make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import END, Prompt, Target, Task, render
from testgen_training.corpus.records import ModuleRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What the encoder reads and the decoder learns to write."""

    task: Task
    repository: str
    source_ids: tuple[int, ...]
    forced_ids: tuple[int, ...]
    """Given to the decoder and not counted in the loss; the task's token comes first."""
    answer_ids: tuple[int, ...]
    """Ends with the end token."""
    num_answer_bytes: int
    """Of the answer as text, for losses per byte."""

    @property
    def num_tokens(self) -> int:
        """Of both sides."""
        return len(self.source_ids) + len(self.forced_ids) + len(self.answer_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The longest sides, in tokens."""

    source_tokens: int = 512
    target_tokens: int = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every objective works with."""

    tokenizer: Tokenizer
    limits: Limits
    module: Callable[[str], ModuleRecord]
    """A module by its id."""
    notions: Callable[[ModuleRecord], str] = lambda _module: ""
    """What is known of the behaviours and libraries that a module uses."""

    def finished(self, task: Task, repository: str, source: str, target: Target) -> Example | None:
        """The example of a source text and a target; None where the target is empty or too long."""
        return self.of_ids(
            task,
            repository,
            self.tokenizer.encode(source),
            self.tokenizer.encode(target.answer),
            forced=self.tokenizer.encode(target.forced) if target.forced else [],
            num_answer_bytes=len(target.answer.encode("utf-8")),
        )

    def asked(self, prompt: Prompt, repository: str, target: Target) -> Example | None:
        """The example of a question about a module."""
        excerpt = render(prompt, self.tokenizer.count, self.limits.source_tokens)
        return self.finished(prompt.task, repository, excerpt.text, target)

    def of_ids(
        self,
        task: Task,
        repository: str,
        source_ids: list[int],
        answer_ids: list[int],
        *,
        num_answer_bytes: int,
        forced: list[int] | None = None,
    ) -> Example | None:
        """The example of ids, its sides closed and checked for length."""
        forced_ids = (self.tokenizer.id_of(task.token), *(forced or ()))
        too_long = len(forced_ids) + len(answer_ids) + 1 > self.limits.target_tokens
        if not answer_ids or not source_ids or too_long:
            return None
        return Example(
            task=task,
            repository=repository,
            source_ids=tuple(source_ids[: self.limits.source_tokens]),
            forced_ids=forced_ids,
            answer_ids=(*answer_ids, self.tokenizer.id_of(END)),
            num_answer_bytes=num_answer_bytes,
        )


def windows(lines: list[str], sizes: list[int], start: int, room: int) -> Iterator[str]:
    """Lines from `start` on that fit into `room` tokens together; the first is cut where it alone does not
    fit.
    """
    for line, size in zip(lines[start:], sizes[start:], strict=True):
        if size > room:
            return
        room -= size
        yield line
