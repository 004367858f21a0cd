"""Code to test: a whole test from the module, its functions that the test calls first.

The bimodal dual generation of CodeT5 (arXiv:2109.00859, section 3.2), on focal functions and tests as in
methods2test (Tufano et al. 2020, arXiv:2009.05617).
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import Prompt, Task, test_target
from testgen_training.corpus.records import TestRecord
from testgen_training.examples.example import Example, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeToTest:
    """The objective."""

    task: Task = Task.TEST
    records: str = "tests"

    def example(self, record: TestRecord, workshop: Workshop, _rng: random.Random) -> Example | None:
        """Asks for the test; its head is forced."""
        module = workshop.module(record.module_id)
        prompt = Prompt(
            task=self.task,
            test_type=record.test_type,
            module=module.module,
            focal=record.focal,
            notions=workshop.notions(module),
        )
        return workshop.asked(prompt, record.repository, test_target(record.source))
