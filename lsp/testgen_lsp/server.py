"""The server object: pygls's, with settings, state, the daemon, and cancelling that reaches jobs.

pygls cancels the answer to a request but not the command behind it
(https://github.com/openlawlibrary/pygls/issues/606), and keeps progress tokens for ever (issue 607); both are
mended here.
"""

from __future__ import annotations

import logging
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from testgen.test_kind import TestKind
from testgen_lsp.arguments import plain
from testgen_lsp.connection import Connection
from testgen_lsp.places import path_of
from testgen_lsp.serializing import converter
from testgen_lsp.settings import Settings, changed
from testgen_lsp.state import State
from testgen_lsp.workspace_edit import Abilities

log = logging.getLogger("testgen.lsp")
STATUS = "testgen/status"
"""Notification to clients that asked for it by the initialization option `status`: what the server does."""
PREVIEW = "testgen/preview"
"""Notification, by the option `events`: what a job tells while it runs."""


def own_version() -> str:
    """The release; of an editor's bundle too, which holds no metadata."""
    try:
        return version("testgen")
    except PackageNotFoundError:
        return "bundled"


class _Protocol(LanguageServerProtocol):
    """Passes a cancelled request on to the job that it began."""

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        server = self._server
        assert isinstance(server, TestgenServer)
        server.state.cancel_request(msg_id)
        super()._handle_cancel_notification(msg_id)


class TestgenServer(LanguageServer):
    """One client's server."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__(
            "testgen", own_version(), protocol_cls=_Protocol, converter_factory=converter, max_workers=1
        )
        self.settings = Settings()
        self.state = State()
        self.connection = Connection(lambda: self.settings.command)
        self.test_kinds = (TestKind.EXUNIT,)
        """Sorts of tests that are offered; what the daemon can write, once it was asked."""
        self.wants_events = False
        self.wants_status = False

    def configure(self, given: object) -> None:
        """Takes what a client sent as settings; tells of what does not fit."""
        sent = plain(given)
        options = dict(sent) if isinstance(sent, dict) else {}
        self.wants_events = bool(options.pop("events", self.wants_events))
        self.wants_status = bool(options.pop("status", self.wants_status))
        self.settings, complaints = changed(self.settings, options)
        for complaint in complaints:
            log.warning("setting ignored: %s", complaint)

    @property
    def abilities(self) -> Abilities:
        """What the client can do with edits."""
        return Abilities.of(self.client_capabilities)

    @property
    def folders(self) -> list[Path]:
        """The folders that the client has open."""
        found = [path_of(folder.uri) for folder in self.workspace.folders.values()]
        root = self.workspace.root_path
        return [path for path in found if path is not None] or ([Path(root)] if root else [])

    @property
    def client_name(self) -> str:
        """The editor, for people."""
        info = self.protocol.client_info if hasattr(self.protocol, "client_info") else None
        return f"{info.name} {info.version or ''}".strip() if info else "an editor"

    def say(self, text: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """A message for the user."""
        self.window_show_message(types.ShowMessageParams(type=kind, message=text))

    def complain(self, text: str) -> None:
        """A message that something went wrong; the status keeps it."""
        self.state.last_error = text
        log.error("%s", text)
        self.say(text, types.MessageType.Error)
        self.tell_status()

    def tell_status(self) -> None:
        """Tells a client that wants to know whether the server is busy."""
        if self.wants_status:
            busy = [each.title for each in self.state.running]
            self.protocol.notify(
                STATUS,
                {"busy": busy, "lastError": self.state.last_error, "trusted": self.settings.trusted},
            )
