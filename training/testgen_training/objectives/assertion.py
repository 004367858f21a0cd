"""Assertion completion: the expected value of one assertion is a hole, to be written from module and test.

TOGA and ATLAS ask the same (Dinella et al. 2022, arXiv:2109.09262; Watson et al. 2020, arXiv:2002.05800). In
serving the value comes from execution; in training it makes the model read what the code does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import HOLE, Prompt, Task, assertion_target
from testgen_training.corpus.records import TestRecord
from testgen_training.examples.example import Example, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """The objective."""

    task: Task = Task.ASSERTION
    records: str = "tests"

    def example(self, record: TestRecord, workshop: Workshop, rng: random.Random) -> Example | None:
        """Makes one of the test's expected values the hole."""
        if not record.holes or not record.focal:
            return None
        start, end = rng.choice(record.holes)
        module = workshop.module(record.module_id)
        prompt = Prompt(
            task=self.task,
            test_type=record.test_type,
            module=module.module,
            focal=record.focal,
            notions=workshop.notions(module),
            given=record.source[:start] + HOLE + record.source[end:],
        )
        target = assertion_target(record.source[start:end])
        if workshop.tokenizer.count(prompt.given) > workshop.limits.source_tokens * 2 // 3:
            return None
        return workshop.asked(prompt, record.repository, target)
