"""Call proposal: the arguments of a call whose head is forced, as people wrote them in tests and doctests.

What serving asks first: execution fills in the expected value, so the arguments are all that has to be found.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from testgen.prompt import Prompt, Task, call_target
from testgen_training.corpus.records import CallRecord
from testgen_training.examples.example import Example, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class CallProposal:
    """The objective."""

    task: Task = Task.CALL
    records: str = "calls"

    def example(self, record: CallRecord, workshop: Workshop, _rng: random.Random) -> Example | None:
        """Asks for the arguments."""
        module = workshop.module(record.module_id)
        prompt = Prompt(
            task=self.task,
            module=module.module,
            focal=(f"{record.function}/{record.arity}",),
            notions=workshop.notions(module),
        )
        shown_as = record.shown_as or module.module.name.rpartition(".")[2]
        target = call_target(shown_as, record.function, ", ".join(record.args))
        return workshop.asked(prompt, record.repository, target)
