"""Engines: what runs a language model. One Protocol; a file each; a fake ships for tests of what uses an
engine.
"""

from __future__ import annotations

from testgen.engines.base import Completion, Engine, Request
from testgen.engines.fake import FakeEngine

__all__ = ["Completion", "Engine", "FakeEngine", "Request"]
