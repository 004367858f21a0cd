"""What can go wrong in training, as branches of testgen's one error tree.

```
TestgenError
└── TrainingError
    ├── ConfigInvalid      an unknown key, a value out of range            USAGE
    ├── SourceUnusable     a repository, archive or answer cannot be read  IO
    │   └── ServiceDown    a web service does not answer, or says no       IO
    ├── CorpusUnusable     empty split, damaged records                    NOTHING_TESTABLE
    ├── CheckpointUnusable cut off, or of another model or tokenizer       IO
    └── Diverged           the loss is not a number                        AGENT_FAILED
```
"""

from __future__ import annotations

from testgen.errors import TestgenError
from testgen.exit_code import ExitCode


class TrainingError(TestgenError):
    """Base of what the training pipeline raises on purpose."""


class ConfigInvalid(TrainingError):
    """A configuration has a key that does not exist, or a value out of range."""

    default_exit_code = ExitCode.USAGE


class SourceUnusable(TrainingError):
    """A repository, an archive or an answer of a service cannot be read."""

    default_exit_code = ExitCode.IO


class ServiceDown(SourceUnusable):
    """A web service does not answer, or refuses for longer than it is worth waiting."""


class CorpusUnusable(TrainingError):
    """There is nothing to train on, or the records are damaged."""

    default_exit_code = ExitCode.NOTHING_TESTABLE


class CheckpointUnusable(TrainingError):
    """A checkpoint or bundle is cut off, or parts of it do not belong together."""

    default_exit_code = ExitCode.IO


class Diverged(TrainingError):
    """The loss is not a number any more."""
