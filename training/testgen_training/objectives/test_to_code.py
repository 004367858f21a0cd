"""Test to code: a function from a test that calls it; dual generation's other half (arXiv:2109.00859)."""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import ModuleText, Prompt, Target, Task
from testgen_training.corpus.records import TestRecord
from testgen_training.examples.example import Example, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class TestToCode:
    """The objective."""

    __test__ = False  # the name begins with "Test"; pytest must not collect it

    task: Task = Task.CODE
    records: str = "tests"

    def example(self, record: TestRecord, workshop: Workshop, rng: random.Random) -> Example | None:
        """Takes one focal function out of the module and asks for it."""
        if not record.focal:
            return None
        module = workshop.module(record.module_id).module
        signature = rng.choice(record.focal)
        wanted = next((each for each in module.definitions if each.signature == signature), None)
        if wanted is None:
            return None
        rest = tuple(each for each in module.definitions if each.signature != signature)
        prompt = Prompt(
            task=self.task,
            test_type=record.test_type,
            module=ModuleText(name=module.name, header=module.header, definitions=rest),
            given=record.source,
        )
        if workshop.tokenizer.count(prompt.given) > workshop.limits.source_tokens * 2 // 3:
            return None
        return workshop.asked(prompt, record.repository, Target(forced="", answer=wanted.source))
