"""What fronts and the daemon say to each other: JSON documents, each with its version first.

The types are the format; `decode` refuses what they do not allow, and the daemon's OpenAPI document is made
from them. Kept free of compiled packages (cattrs, which the language server has anyway), so that an editor's
bundle can hold it. Which requests there are, and where, is the daemon's OpenAPI document.

A request carries its version twice: in the header `Testgen-Wire`, which every request has, and in its body
where it has one. Within a version, fields are only ever added, with defaults; a client ignores those that it
does not know, the daemon refuses them.
"""

from __future__ import annotations

from testgen.wire.daemon_state import ChooseModel, Model, Models, Opened, Status, WarmAgent
from testgen.wire.job_requests import (
    KINDS,
    Alias,
    CompleteRequest,
    GenerateRequest,
    JobRequest,
    ScoreRequest,
    Workspace,
)
from testgen.wire.job_results import (
    CompleteResult,
    FunctionScore,
    GenerateResult,
    JobResult,
    ScoreResult,
    Survivor,
    TestFound,
)
from testgen.wire.jobs import Event, EventKind, JobKind, Jobs, JobState, JobStatus, Problem
from testgen.wire.limits import LARGEST_BODY_BYTES, VERSION_HEADER, WIRE_VERSION, Checked

__all__ = [
    "KINDS",
    "LARGEST_BODY_BYTES",
    "VERSION_HEADER",
    "WIRE_VERSION",
    "Alias",
    "Checked",
    "ChooseModel",
    "CompleteRequest",
    "CompleteResult",
    "Event",
    "EventKind",
    "FunctionScore",
    "GenerateRequest",
    "GenerateResult",
    "JobKind",
    "JobRequest",
    "JobResult",
    "JobState",
    "JobStatus",
    "Jobs",
    "Model",
    "Models",
    "Opened",
    "Problem",
    "ScoreRequest",
    "ScoreResult",
    "Status",
    "Survivor",
    "TestFound",
    "WarmAgent",
    "Workspace",
]
