"""The Protocol that every objective fulfils."""

from __future__ import annotations

import random
from typing import Protocol, TypeVar

from testgen.prompt import Task
from testgen_training.corpus.records import Record
from testgen_training.examples.example import Example, Workshop

RecordT = TypeVar("RecordT", bound=Record, contravariant=True)


class Objective(Protocol[RecordT]):
    """Turns one record into one question with its answer."""

    @property
    def task(self) -> Task:
        """What is asked; the objective's name in configurations is the task's value."""
        ...

    @property
    def records(self) -> str:
        """Which records it works on: `files`, `tests` or `calls`."""
        ...

    def example(self, record: RecordT, workshop: Workshop, rng: random.Random, /) -> Example | None:
        """An example; None where the record gives none. The same state of `rng` gives the same example."""
        ...
