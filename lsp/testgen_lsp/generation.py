"""The command `testgen.generate`: a job, then an edit that the user may accept test by test.

What the user declined is remembered for the session and not offered again. A test file that was edited while
tests were searched for gets the tests at the places that they belong to, or a word that it changed too much.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.workspace import TextDocument

from testgen.test_kind import TestKind
from testgen.wire import GenerateRequest, GenerateResult, JobStatus, Workspace
from testgen_lsp import edits
from testgen_lsp.describes import empty_blocks
from testgen_lsp.insertion import Insertion
from testgen_lsp.jobs import run_job
from testgen_lsp.places import Pair, pair_of_source, path_of, uri_of, workspace_root
from testgen_lsp.server import TestgenServer
from testgen_lsp.state import Known, read_text
from testgen_lsp.survivors import publish
from testgen_lsp.workspace_edit import FileEdit, removal, workspace_edit

_HELPER = "ExUnit.start()\n"
_TARGETED_S = 120.0
"""Seconds for a mutant that a whole search let live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's argument."""

    uri: str
    functions: tuple[str, ...] = ()
    mutants: tuple[str, ...] = ()
    kind: TestKind = TestKind.EXUNIT

    @classmethod
    def of(cls, given: Any) -> Asked:
        """From what a client sent. Raises ValueError in words."""
        if isinstance(given, str):
            given = {"uri": given}
        if not isinstance(given, dict) or not isinstance(given.get("uri"), str):
            raise ValueError("testgen.generate wants {uri, functions?, mutants?, kind?}")
        lists = [given.get(name) or [] for name in ("functions", "mutants")]
        if not all(isinstance(each, list) and all(isinstance(i, str) for i in each) for each in lists):
            raise ValueError("functions and mutants are lists of strings")
        return cls(
            uri=given["uri"],
            functions=tuple(lists[0]),
            mutants=tuple(lists[1]),
            kind=TestKind(given.get("kind") or "exunit"),
        )


async def generate(server: TestgenServer, asked: Asked) -> dict[str, Any]:
    """What became of it: `tests` found, whether they were `applied`, the `state` of the job.

    Raises what `run_job` raises.
    """
    pair, root = _placed(server, asked.uri)
    document = _open_document(server, uri_of(pair.test))
    request = GenerateRequest(
        key=uuid.uuid4().hex,
        client=server.client_name[:100],
        workspace=Workspace(root=str(root), trusted=server.settings.trusted),
        path=str(pair.source),
        functions=asked.functions,
        mutants=asked.mutants,
        test_kind=asked.kind,
        before=document.source if document is not None else None,
        budget_s=_TARGETED_S if asked.mutants else server.settings.budget_s,
    )
    what = ", ".join(asked.functions) or pair.source.name
    status, result = await run_job(server, request, f"Tests for {what}")
    if not isinstance(result, GenerateResult):
        return _without_result(server, status)
    _remember(server, asked, pair, result)
    return await _deliver(server, asked.uri, result, status)


def _placed(server: TestgenServer, uri: str) -> tuple[Pair, Path]:
    path = path_of(uri)
    pair = pair_of_source(path) if path is not None else None
    if pair is None:
        raise ValueError(f"{uri} is no Elixir source file that is saved on disk")
    root = workspace_root(pair.source, server.folders)
    if root is None:
        raise ValueError(f"{pair.source} is outside the folders that are open here, so it is not run")
    return pair, root


def _open_document(server: TestgenServer, uri: str) -> TextDocument | None:
    documents: Mapping[str, TextDocument] = server.workspace.text_documents
    return documents.get(uri)


def _without_result(server: TestgenServer, status: JobStatus) -> dict[str, Any]:
    if status.problem is not None:
        server.complain(f"{status.problem.message}\n{status.problem.next_step}".strip())
    return {"state": status.state.value, "tests": 0, "applied": False}


def _remember(server: TestgenServer, asked: Asked, pair: Pair, result: GenerateResult) -> None:
    """What the result says of the whole file: a result for one mutant says nothing of the others."""
    if asked.mutants:
        return
    uri = uri_of(pair.source)
    before = server.state.known.get(uri) if asked.functions else None
    functions = {**(before.functions if before else {}), **{each.function: each for each in result.functions}}
    server.state.known[uri] = Known(
        functions=functions,
        survivors=result.survivors if not asked.functions else _of_functions(asked, before, result),
        num_tests=sum(each.tests for each in functions.values()),
    )
    publish(server, uri)


def _of_functions(asked: Asked, before: Known | None, result: GenerateResult) -> tuple[Any, ...]:
    others = [each for each in (before.survivors if before else ()) if each.function not in asked.functions]
    return (*others, *(each for each in result.survivors if each.function in asked.functions))


async def _deliver(
    server: TestgenServer, uri: str, result: GenerateResult, status: JobStatus
) -> dict[str, Any]:
    answer = {"state": status.state.value, "tests": len(result.tests), "applied": False}
    target = Path(result.test_path)
    document = _open_document(server, uri_of(target))
    now = document.source if document is not None else read_text(target)
    declined = server.state.declined.setdefault(uri, set())
    try:
        wanted = edits.insertions(result.before or "", result.text, result.tests)
        wanted = edits.without(wanted, declined) if result.tests else []
        wanted = edits.reanchored(wanted, result.before or "", now or "")
    except edits.Misfit as error:
        server.complain(f"{target.name} was not changed: {error}. Ask again.")
        return answer
    if not wanted:
        server.say(_nothing(result, declined))
        return answer
    files = [FileEdit(path=target, text=now, version=_version(document), insertions=wanted)]
    if result.helper_path is not None:
        line = Insertion(line=0, text=_HELPER, test=None)
        files.append(FileEdit(path=Path(result.helper_path), text=None, version=None, insertions=[line]))
    answer["applied"] = await _apply(server, files, target, declined, wanted)
    return answer


def _version(document: TextDocument | None) -> int | None:
    return document.version if document is not None else None


def _nothing(result: GenerateResult, declined: set[str]) -> str:
    name = Path(result.source_path).name
    if result.tests and declined:
        return f"The tests that were found for {name} are those that you declined."
    if result.interrupted:
        return f"Stopped before a test was found for {name}."
    left = [f"{each['function']}: {each['reason']}" for each in result.report.get("left_alone", [])]
    return f"No test was found for {name} that kills another mutant." + (f" {left[0]}" if left else "")


async def _apply(
    server: TestgenServer, files: list[FileEdit], target: Path, declined: set[str], wanted: list[Insertion]
) -> bool:
    codec = server.workspace.position_codec
    abilities = server.abilities
    edit = workspace_edit(files, abilities, codec, confirm=server.settings.preview)
    answer = await server.workspace_apply_edit_async(
        types.ApplyWorkspaceEditParams(edit=edit, label=f"Tests in {target.name}")
    )
    names = {edits.name_of(each.test) for each in wanted if each.test is not None}
    if not answer.applied:
        _undo_files(files)
        if answer.failure_reason:
            server.complain(f"The editor did not apply the tests: {answer.failure_reason}")
        else:
            declined |= names
        return False
    await _show(server, target)
    now = server.workspace.text_documents.get(uri_of(target))
    if now is not None:
        declined |= {name for name in names if not _is_in(name, wanted, now.source)}
        await _take_away_empty(server, target, wanted, now)
    return True


async def _take_away_empty(
    server: TestgenServer, target: Path, wanted: list[Insertion], now: TextDocument
) -> None:
    """Describe blocks of which every test was declined: only a client that annotates lets them be."""
    empty = empty_blocks(wanted, now.source) if server.abilities.annotations else []
    if empty:
        edit = removal(target, now.version, empty)
        label = f"Empty describe blocks in {target.name}"
        await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit=edit, label=label))


def _is_in(name: str, wanted: list[Insertion], text: str) -> bool:
    """Whether a test came into the text: each of its lines that is not blank."""
    inserted = next(each.text for each in wanted if each.test and edits.name_of(each.test) == name)
    return all(line in text for line in inserted.splitlines() if line.strip())


def _undo_files(files: list[FileEdit]) -> None:
    """Takes away what was made for an edit that was declined, where it is still empty."""
    for file in files:
        if file.text is None:
            with contextlib.suppress(OSError):
                if file.path.exists() and file.path.stat().st_size == 0:
                    file.path.unlink()
                file.path.parent.rmdir()


async def _show(server: TestgenServer, target: Path) -> None:
    """A file that was made is not opened by itself."""
    window = server.client_capabilities.window
    if window and window.show_document and window.show_document.support:
        await server.window_show_document_async(types.ShowDocumentParams(uri=uri_of(target), take_focus=True))
