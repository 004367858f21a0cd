"""What the server answers: each request and notification, and each command, with the module that does it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types

from testgen.errors import TestgenError
from testgen.wire import ScoreRequest, ScoreResult, Workspace
from testgen.wire_codec import encode
from testgen_lsp import actions, completion, lenses, navigation, places, survivors
from testgen_lsp.arguments import plain
from testgen_lsp.generation import Asked, generate
from testgen_lsp.jobs import run_job
from testgen_lsp.server import TestgenServer
from testgen_lsp.state import Known

TRUST = "testgen/trust"
"""Notification from the client: `{trusted: bool}`, when its user decided."""


def make_server() -> TestgenServer:
    """A server with everything registered."""
    server = TestgenServer()
    _lifecycle(server)
    _documents(server)
    _offers(server)
    _commands(server)
    return server


def _lifecycle(server: TestgenServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configure(params.initialization_options)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration(params: types.DidChangeConfigurationParams) -> None:
        server.configure(params.settings)
        refresh(server)

    @server.feature(TRUST)
    def trust(params: Any) -> None:
        server.configure({"trusted": bool(getattr(params, "trusted", False))})
        server.tell_status()

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: None) -> None:
        server.state.cancel_all()
        for _ in range(20):
            if not server.state.running:
                break
            await asyncio.sleep(0.05)
        await server.connection.close()


def _documents(server: TestgenServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        survivors.clear(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(_params: types.DidCloseTextDocumentParams) -> None:
        """Results stay: they are about the file."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        if params.text_document.uri in server.state.known:
            survivors.publish(server, params.text_document.uri)


def _offers(server: TestgenServer) -> None:
    options = types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=False)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return actions.actions(server, params)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))
    def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        return lenses.lenses(server, params.text_document.uri)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=[")", "="], resolve_provider=False),
    )
    async def complete(params: types.CompletionParams) -> list[types.CompletionItem]:
        return await completion.completions(server, params)


Handler = Callable[[TestgenServer, Any], Awaitable[Any]]


def _commands(server: TestgenServer) -> None:
    handlers: dict[str, Handler] = {
        actions.GENERATE: _generate,
        actions.SCORE: _score,
        actions.GO_TO_TEST: _go_to_test,
        "testgen.cancel": _cancel,
        "testgen.status": _status,
        "testgen.models": _models,
        "testgen.chooseModel": _choose_model,
        "testgen.restartDaemon": _restart_daemon,
        "testgen.dashboard": _dashboard,
    }
    for name, handler in handlers.items():
        _command(server, name, handler)


def _command(server: TestgenServer, name: str, handler: Handler) -> None:
    @server.command(name)
    async def run(*given: dict) -> Any:  # type: ignore[type-arg]  # pygls reads the annotation as a class
        return await _told(server, handler, *given)


async def _told(server: TestgenServer, handler: Handler, *given: Any) -> Any:
    """Runs a command; what goes wrong is told to the user, and to the client as the answer's `error`."""
    try:
        return await handler(server, plain(given[0]) if given else None)
    except TestgenError as error:
        text = f"{error.message}\n{error.next_step}".strip()
    except (ValueError, OSError) as error:
        text = str(error)
    server.complain(text)
    return {"error": text}


def refresh(server: TestgenServer) -> None:
    """Asks the client for its lenses again, where it can be asked."""
    workspace = server.client_capabilities.workspace
    if workspace and workspace.code_lens and workspace.code_lens.refresh_support:
        server.workspace_code_lens_refresh(None)


async def _generate(server: TestgenServer, given: Any) -> dict[str, Any]:
    asked = Asked.of(given)
    _require_trust(server)
    answer = await generate(server, asked)
    refresh(server)
    return answer


def _require_trust(server: TestgenServer) -> None:
    if not server.settings.trusted:
        raise ValueError(
            "This workspace is not trusted, and tests cannot be made without running its code. "
            "Trust it in the editor, or set `trusted` for the language server."
        )


async def _score(server: TestgenServer, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("uri"), str):
        raise ValueError("testgen.score wants {uri}")
    _require_trust(server)
    path = places.path_of(given["uri"])
    pair = places.pair_of_source(path) if path is not None else None
    root = places.workspace_root(pair.source, server.folders) if pair is not None else None
    if pair is None or root is None:
        raise ValueError(f"{given['uri']} is no source file of the folders that are open here")
    request = ScoreRequest(
        key=uuid.uuid4().hex,
        client=server.client_name[:100],
        workspace=Workspace(root=str(root), trusted=server.settings.trusted),
        path=str(pair.source),
    )
    status, result = await run_job(server, request, f"Mutants of {pair.source.name}")
    if not isinstance(result, ScoreResult):
        if status.problem is not None:
            server.complain(f"{status.problem.message}\n{status.problem.next_step}".strip())
        return {"state": status.state.value}
    uri = places.uri_of(Path(result.source_path))
    server.state.known[uri] = Known(
        functions={each.function: each for each in result.functions},
        survivors=result.survivors,
        num_tests=result.num_tests,
    )
    survivors.publish(server, uri)
    refresh(server)
    return {"state": status.state.value, "score": result.score, "survivors": len(result.survivors)}


async def _go_to_test(server: TestgenServer, given: Any) -> Any:
    return await navigation.go(server, given if isinstance(given, dict) else {})


async def _cancel(server: TestgenServer, _given: Any) -> dict[str, int]:
    return {"cancelled": server.state.cancel_all()}


async def _status(server: TestgenServer, _given: Any) -> dict[str, Any]:
    daemon = await server.connection.running()
    return {
        "version": server.version,
        "trusted": server.settings.trusted,
        "busy": [each.title for each in server.state.running],
        "lastError": server.state.last_error,
        "daemon": encode(await daemon.status()) if daemon is not None else None,
    }


async def _models(server: TestgenServer, _given: Any) -> dict[str, Any]:
    return encode(await (await server.connection.daemon()).models())


async def _choose_model(server: TestgenServer, given: Any) -> dict[str, Any]:
    chosen = given if isinstance(given, dict) else {}
    daemon = await server.connection.daemon()
    models = await daemon.choose_model(chosen.get("model"), chosen.get("adapter"))
    server.tell_status()
    return encode(models)


async def _restart_daemon(server: TestgenServer, _given: Any) -> dict[str, Any]:
    daemon = await server.connection.running()
    if daemon is not None:
        await daemon.stop()
        for _ in range(100):
            if await server.connection.running() is None:
                break
            await asyncio.sleep(0.05)
    return {"pid": (await (await server.connection.daemon()).status()).pid}


async def _dashboard(server: TestgenServer, _given: Any) -> dict[str, str]:
    return {"url": (await (await server.connection.daemon()).open_dashboard()).url}
