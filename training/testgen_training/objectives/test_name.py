"""Test-name prediction: the name of a test from its body and the function that it calls.

After method-name prediction (Allamanis et al. 2016, arXiv:1602.03001); names are what a reader of a suite
reads.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import Prompt, Task, name_target
from testgen_training.corpus.records import TestRecord
from testgen_training.examples.example import Example, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class TestName:
    """The objective."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    task: Task = Task.NAME
    records: str = "tests"

    def example(self, record: TestRecord, workshop: Workshop, _rng: random.Random) -> Example | None:
        """Takes the name off a test."""
        _, quote, rest = record.source.partition(f'"{record.name}"')
        if not quote:
            return None
        module = workshop.module(record.module_id)
        prompt = Prompt(
            task=self.task,
            test_type=record.test_type,
            module=module.module,
            focal=record.focal,
            given=f'test ""{rest}',
        )
        if workshop.tokenizer.count(prompt.given) > workshop.limits.source_tokens * 2 // 3:
            return None
        return workshop.asked(prompt, record.repository, name_target(record.name))
