"""The sorts of tests that can be asked for, named as the command line, the wire and the editors name them."""

from __future__ import annotations

from enum import Enum


class TestKind(str, Enum):
    """The sort of tests that are asked for."""

    __test__ = False

    EXUNIT = "exunit"
    STREAMDATA = "streamdata"
    LIVEVIEW = "liveview"
