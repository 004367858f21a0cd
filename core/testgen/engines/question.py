"""What an engine of our own models is fed: the ids of a request, and how its answers are read.

Shared by all engines, so that a model is asked the same whichever runs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from testgen.engines.base import Completion, Request
from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import Task, parse, plain, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request as ids."""

    source_ids: tuple[int, ...]
    forced_ids: tuple[int, ...]
    """The task's token and the head: the decoder is made to begin with them."""
    left_out: tuple[str, ...] = ()
    """What of the module found no room in the prompt."""


def question(request: Request, tokenizer: Tokenizer, source_tokens: int) -> Question:
    """The ids of a request. Without a prompt the context is cut to the first tokens, as a call's."""
    task = request.prompt.task if request.prompt is not None else Task.CALL
    head = tokenizer.encode(plain(request.head)) if request.head else []
    forced = (tokenizer.id_of(task.token), *head)
    if request.prompt is None:
        ids = [tokenizer.id_of(task.token), *tokenizer.encode(plain(request.context))]
        return Question(source_ids=tuple(ids[:source_tokens]), forced_ids=forced)
    excerpt = render(request.prompt, tokenizer.count, source_tokens)
    ids = tokenizer.encode(excerpt.text)[:source_tokens]
    return Question(source_ids=tuple(ids), forced_ids=forced, left_out=excerpt.left_out)


def completions(
    answers: Iterable[tuple[Sequence[int], float]], tokenizer: Tokenizer, num_samples: int
) -> list[Completion]:
    """Distinct answers with the logarithm of their probability, the likeliest first."""
    best: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for ids, log_probability in answers:
        text = parse(tokenizer.decode(ids))
        counts[text] += 1
        best[text] = max(log_probability, best.get(text, log_probability))
    ordered = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    found = [Completion(text=text, log_probability=value, count=counts[text]) for text, value in ordered]
    return found[:num_samples]
