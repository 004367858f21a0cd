"""Insertions as a workspace edit that the client understands, with the files that have to be made first.

A client that creates files, shows annotations and takes versions gets all of it; one that does not (Eglot,
old Neovim) gets plain changes, and the file is made here. A file is never overwritten, never made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec

from testgen_lsp.edits import name_of
from testgen_lsp.insertion import Insertion
from testgen_lsp.places import uri_of

_FRAME = "around"
Edit = types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a client can do with an edit."""

    creates_files: bool
    versions: bool
    annotations: bool

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Abilities:
        """As the client says."""
        workspace = capabilities.workspace
        edit = workspace.workspace_edit if workspace else None
        operations = (edit.resource_operations or ()) if edit else ()
        versions = bool(edit and edit.document_changes)
        return cls(
            creates_files=versions and types.ResourceOperationKind.Create in operations,
            versions=versions,
            annotations=versions and bool(edit and edit.change_annotation_support),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """What goes into one file."""

    path: Path
    text: str | None
    """The file's text as the client has it; None where there is no such file yet."""
    version: int | None
    """Of the open document; None where it is not open."""
    insertions: Sequence[Insertion]


def workspace_edit(
    files: Sequence[FileEdit], abilities: Abilities, codec: PositionCodec, *, confirm: bool
) -> types.WorkspaceEdit:
    """The edit. Makes the folders of new files; and the files themselves, empty, where the client cannot."""
    annotations: dict[str, types.ChangeAnnotation] = {}
    changes: list[types.CreateFile | types.TextDocumentEdit] = []
    plain: dict[str, list[types.TextEdit]] = {}
    for file in files:
        if file.text is None:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            if abilities.creates_files:
                changes.append(_creation(file.path))
            else:
                file.path.touch(exist_ok=True)
        if abilities.annotations:
            edits = _annotated(file, codec, annotations, confirm=confirm)
        else:
            edits = list(_merged(file, codec))
        changes.append(_document_edit(file, edits))
        plain[uri_of(file.path)] = [each for each in edits if isinstance(each, types.TextEdit)]
    if not abilities.versions:
        return types.WorkspaceEdit(changes=plain)
    return types.WorkspaceEdit(
        document_changes=changes, change_annotations=annotations if abilities.annotations else None
    )


def _creation(path: Path) -> types.CreateFile:
    return types.CreateFile(uri=uri_of(path), options=types.CreateFileOptions(ignore_if_exists=True))


def _document_edit(file: FileEdit, edits: Sequence[Edit]) -> types.TextDocumentEdit:
    version = file.version if file.text is not None else None
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri_of(file.path), version=version)
    return types.TextDocumentEdit(text_document=document, edits=list(edits))


def _annotated(
    file: FileEdit, codec: PositionCodec, annotations: dict[str, types.ChangeAnnotation], *, confirm: bool
) -> list[Edit]:
    edits: list[Edit] = []
    for each in file.insertions:
        if each.test is None:
            annotations.setdefault(
                _FRAME, types.ChangeAnnotation(label="What the tests stand in", needs_confirmation=False)
            )
            name = _FRAME
        else:
            name = f"test-{len(annotations)}"
            kills = f"{each.test.kills} {'mutant' if each.test.kills == 1 else 'mutants'} killed"
            annotations[name] = types.ChangeAnnotation(
                label=name_of(each.test),
                description=f"{kills}; expected value: {each.test.oracle}",
                needs_confirmation=confirm,
            )
        place, text = _placed(file, each, codec)
        edits.append(types.AnnotatedTextEdit(range=place, new_text=text, annotation_id=name))
    return edits


def _merged(file: FileEdit, codec: PositionCodec) -> list[Edit]:
    """One edit per place: some clients apply several at one place in any order."""
    by_line: dict[int, str] = {}
    for each in file.insertions:
        by_line[each.line] = by_line.get(each.line, "") + each.text
    merged = [Insertion(line=line, text=text, test=None) for line, text in sorted(by_line.items())]
    return [
        types.TextEdit(range=place, new_text=text)
        for place, text in (_placed(file, each, codec) for each in merged)
    ]


def removal(path: Path, version: int | None, blocks: Sequence[range]) -> types.WorkspaceEdit:
    """Takes away whole lines, for a client that takes versions."""
    places = [types.Range(types.Position(each.start, 0), types.Position(each.stop, 0)) for each in blocks]
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri_of(path), version=version)
    taken = [types.TextEdit(range=place, new_text="") for place in places]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=document, edits=list(taken))]
    )


def _placed(file: FileEdit, insertion: Insertion, codec: PositionCodec) -> tuple[types.Range, str]:
    """Before its line; after the last one where the file ends without a line end."""
    lines = (file.text or "").splitlines(keepends=True)
    if insertion.line >= len(lines) and lines and not lines[-1].endswith("\n"):
        end = types.Position(len(lines) - 1, codec.client_num_units(lines[-1]))
        return types.Range(end, end), "\n" + insertion.text
    start = types.Position(insertion.line, 0)
    return types.Range(start, start), insertion.text
