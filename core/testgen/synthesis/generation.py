"""A generation by the kind of tests that is asked for: each kind has a pipeline of its own."""

from __future__ import annotations

from testgen.errors import KindUnsupported
from testgen.progress import Progress
from testgen.synthesis import pipeline
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.interrupts import Cancellation
from testgen.synthesis.liveview import pipeline as liveview
from testgen.synthesis.report import Generated
from testgen.synthesis.watch import Watch
from testgen.synthesis.workbench import Workbench
from testgen.test_kind import TestKind

SUPPORTED_KINDS = (TestKind.EXUNIT, TestKind.LIVEVIEW)


def generate(
    config: GenerateConfig,
    progress: Progress,
    *,
    warm: Workbench | None = None,
    cancellation: Cancellation | None = None,
    watch: Watch | None = None,
) -> Generated:
    """The test file for a source file, verified; nothing is written. See `pipeline.generate`.

    Raises KindUnsupported besides what that raises.
    """
    if config.kind is TestKind.EXUNIT:
        return pipeline.generate(config, progress, warm=warm, cancellation=cancellation, watch=watch)
    if config.kind is TestKind.LIVEVIEW:
        return liveview.generate(config, progress, warm=warm, cancellation=cancellation, watch=watch)
    raise KindUnsupported(
        f"Tests of the kind {config.kind.value} cannot be written yet.", "Ask for exunit or liveview"
    )
