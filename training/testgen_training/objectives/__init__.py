"""Objectives: each makes one kind of question from records. One file each, one explicit list."""

from __future__ import annotations

from typing import Any

from testgen_training.objectives.assertion import Assertion
from testgen_training.objectives.base import Objective
from testgen_training.objectives.call_proposal import CallProposal
from testgen_training.objectives.code_to_test import CodeToTest
from testgen_training.objectives.fill import Fill
from testgen_training.objectives.identifier import Identifier
from testgen_training.objectives.span import Span
from testgen_training.objectives.test_name import TestName
from testgen_training.objectives.test_to_code import TestToCode

OBJECTIVES: tuple[Objective[Any], ...] = (
    Span(),
    Fill(),
    Identifier(),
    Assertion(),
    TestName(),
    CodeToTest(),
    TestToCode(),
    CallProposal(),
)

__all__ = ["OBJECTIVES", "Objective"]
