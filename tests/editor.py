"""An editor in small, for tests of the language server: it opens documents, accepts edits or declines.

The protocol is spoken by pytest-lsp's client; what a person does is decided by `accepts`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest_lsp
from lsprotocol import types
from pygls.workspace import PositionCodec

from testgen_lsp.arguments import plain

SERVER = (sys.executable, "-m", "testgen_lsp.command", "--stdio")


def capabilities(
    *,
    encodings: tuple[str, ...] = ("utf-16",),
    creates: bool = True,
    annotations: bool = True,
    versions: bool = True,
) -> types.ClientCapabilities:
    """What the editor says it can do."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(
            position_encodings=[types.PositionEncodingKind(each) for each in encodings]
        ),
        window=types.WindowClientCapabilities(
            work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
        ),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=True,
            workspace_folders=True,
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True),
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=versions,
                resource_operations=[types.ResourceOperationKind.Create] if creates else [],
                change_annotation_support=types.ChangeAnnotationsSupportOptions() if annotations else None,
            ),
        ),
    )


@dataclass(kw_only=True)
class Action:
    """A code action as it came over the wire: lsprotocol takes one with a command for a command alone."""

    KEYS: ClassVar = ("title", "kind", "command", "edit")
    title: str
    kind: str
    command: Any
    edit: Any


@dataclass(kw_only=True)
class Editor:
    """One editor with one server."""

    client: Any
    codec: PositionCodec = field(default_factory=PositionCodec)
    accepts: Callable[[types.ChangeAnnotation], bool] = lambda _: True
    applies: bool = True
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    edits: list[types.WorkspaceEdit] = field(default_factory=list)
    inserted: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    reports: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    previews: list[Any] = field(default_factory=list)

    def open(self, path: Path, text: str | None = None) -> str:
        """Opens a document, with unsaved text if given."""
        uri = path.as_uri()
        self.texts[uri] = path.read_text(encoding="utf-8") if text is None else text
        self.versions[uri] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(
                types.TextDocumentItem(uri=uri, language_id="elixir", version=1, text=self.texts[uri])
            )
        )
        return uri

    def change(self, uri: str, text: str) -> None:
        """The whole text is another."""
        self.texts[uri] = text
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version=self.versions[uri], uri=uri),
                [types.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )

    async def command(self, name: str, *arguments: Any) -> Any:
        """Runs a command of the server."""
        params = types.ExecuteCommandParams(command=name, arguments=list(arguments))
        return await self.client.workspace_execute_command_async(params)

    async def actions(self, uri: str, line: int, **context: Any) -> list[Action]:
        """Code actions at a line."""
        place = types.Range(types.Position(line, 0), types.Position(line, 0))
        settings = {"diagnostics": [], "trigger_kind": types.CodeActionTriggerKind.Invoked, **context}
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), place, types.CodeActionContext(**settings)
            )
        )
        return [Action(**{key: each.get(key) for key in Action.KEYS}) for each in map(plain, found or [])]

    async def lenses(self, uri: str) -> list[types.CodeLens]:
        """Code lenses of a document."""
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        return list(await self.client.text_document_code_lens_async(params) or [])

    async def completions(self, uri: str, line: int, column: int) -> list[types.CompletionItem]:
        """Completions at a place."""
        params = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, column))
        found = await self.client.text_document_completion_async(params)
        return list(found.items if isinstance(found, types.CompletionList) else found or [])

    def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """What the server published last."""
        return list(self.client.diagnostics.get(uri, []))

    def apply(self, edit: types.WorkspaceEdit) -> types.ApplyWorkspaceEditResult:
        """What the person does with an edit."""
        self.edits.append(edit)
        if not self.applies:
            return types.ApplyWorkspaceEditResult(applied=False)
        for change in edit.document_changes or ():
            if isinstance(change, types.CreateFile):
                assert not (change.options and change.options.overwrite)
                path = Path(change.uri.removeprefix("file://"))
                path.touch(exist_ok=bool(change.options and change.options.ignore_if_exists))
            else:
                assert isinstance(change, types.TextDocumentEdit)
                version = change.text_document.version
                uri = change.text_document.uri
                assert version is None or version == self.versions[uri], "an edit for another version"
                self._edit(uri, [each for each in change.edits if self._wanted(each, edit)])
        for uri, edits in (edit.changes or {}).items():
            self._edit(uri, list(edits))
        return types.ApplyWorkspaceEditResult(applied=True)

    def _wanted(self, each: Any, edit: types.WorkspaceEdit) -> bool:
        if not isinstance(each, types.AnnotatedTextEdit):
            return True
        annotation = (edit.change_annotations or {})[each.annotation_id]
        return not annotation.needs_confirmation or self.accepts(annotation)

    def _edit(self, uri: str, edits: list[Any]) -> None:
        path = Path(uri.removeprefix("file://"))
        before = self.texts[uri] if uri in self.texts else path.read_text(encoding="utf-8")
        lines = before.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        places = []
        for each in edits:
            inner = self.codec.range_from_client_units(lines, each.range)
            start = starts[inner.start.line] + inner.start.character
            stop = starts[inner.end.line] + inner.end.character
            assert before[start:stop] in "".join(self.inserted), "an edit that takes away what was there"
            places.append((start, stop, each.new_text))
        self.inserted += [new for _, _, new in places]
        text, end = "", 0
        for start, stop, new in sorted(places, key=lambda each: each[0]):
            text, end = text + before[end:start] + new, stop
        text += before[end:]
        if uri in self.texts:
            self.change(uri, text)
        else:
            path.write_text(text, encoding="utf-8")


@asynccontextmanager
async def editor(
    root: Path,
    environment: Mapping[str, str],
    *,
    able: types.ClientCapabilities | None = None,
    options: Mapping[str, Any] | None = None,
    settle: bool = True,
) -> AsyncIterator[Editor]:
    """An editor with the folder open and its server initialized; ended in the ordinary way."""
    client = pytest_lsp.make_test_lsp_client()
    made = Editor(client=client)
    _listen(client, made)
    await client.start_io(*SERVER, env={**os.environ, **environment})
    usual = client.protocol.get_result_type
    client.protocol.get_result_type = lambda method: (
        None if method == types.TEXT_DOCUMENT_CODE_ACTION else usual(method)
    )
    client.capabilities = able or capabilities()
    answer = await client.initialize_async(
        types.InitializeParams(
            capabilities=client.capabilities,
            process_id=os.getpid(),
            root_uri=root.as_uri(),
            client_info=types.ClientInfo(name="tests", version="1"),
            workspace_folders=[types.WorkspaceFolder(uri=root.as_uri(), name=root.name)],
            initialization_options={"trusted": True, **(options or {})},
        )
    )
    chosen = answer.capabilities.position_encoding or types.PositionEncodingKind.Utf16
    made.codec = PositionCodec(encoding=types.PositionEncodingKind(chosen))
    client.initialized(types.InitializedParams())
    try:
        yield made
    finally:
        if settle:
            await asyncio.wait_for(client.shutdown_async(None), 15)
        client.exit(None)
        await asyncio.wait_for(client.stop(), 15)


def _listen(client: Any, made: Editor) -> None:
    for usual in (types.WINDOW_SHOW_DOCUMENT, types.WINDOW_WORK_DONE_PROGRESS_CREATE, types.PROGRESS):
        client.protocol.fm.features.pop(usual, None)  # pytest-lsp's own only record

    @client.feature(types.WORKSPACE_APPLY_EDIT)
    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        return made.apply(params.edit)

    @client.feature(types.WINDOW_SHOW_DOCUMENT)
    def show(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        made.shown.append(params.uri)
        if params.uri not in made.texts:
            made.open(Path(params.uri.removeprefix("file://")))
        return types.ShowDocumentResult(success=True)

    @client.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
    def create(params: types.WorkDoneProgressCreateParams) -> None:
        made.tokens.append(str(params.token))

    @client.feature(types.PROGRESS)
    def progress(params: types.ProgressParams) -> None:
        value = params.value
        made.reports.append(SimpleNamespace(**value) if isinstance(value, dict) else value)
        made.began.set()

    @client.feature(types.WORKSPACE_CODE_LENS_REFRESH)
    def refresh(_params: None) -> None: ...

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_params: types.RegistrationParams) -> None: ...

    @client.feature("testgen/preview")
    def preview(params: Any) -> None:
        made.previews.append(params)
