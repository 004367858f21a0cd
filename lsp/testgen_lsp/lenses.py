"""Code lenses: "Generate tests" on public functions, and what the tests of a function or a file are worth."""

from __future__ import annotations

from lsprotocol import types

from testgen_lsp import places
from testgen_lsp.actions import GENERATE, GO_TO_TEST, SCORE, kinds_for
from testgen_lsp.outline import Function, Outline
from testgen_lsp.server import TestgenServer
from testgen_lsp.state import Known


def lenses(server: TestgenServer, uri: str) -> list[types.CodeLens]:
    """The lenses of a document."""
    if not server.settings.lenses:
        return []
    if places.is_test(uri):
        return _of_test_file(server, uri)
    if not places.is_source(uri):
        return []
    outline = server.state.outline(server.workspace.get_text_document(uri))
    if not kinds_for(outline, server.test_kinds):
        return []
    known = server.state.known.get(uri)
    found = [_of_module(uri, outline, known)] if outline.public and outline.modules else []
    for function in outline.public:
        found.append(_generate(uri, function))
        if known is not None and function.signature in known.functions:
            found.append(_worth_of_function(uri, function, known))
    return found


def _lens(line: int, title: str, command: str, argument: object) -> types.CodeLens:
    place = types.Range(types.Position(line, 0), types.Position(line, 0))
    return types.CodeLens(
        range=place, command=types.Command(title=title, command=command, arguments=[argument])
    )


def _of_module(uri: str, outline: Outline, known: Known | None) -> types.CodeLens:
    title = (
        _worth(known.num_tests, known.killed, known.mutants) if known else "Generate tests for this module"
    )
    command, argument = (GO_TO_TEST, {"uri": uri}) if known else (GENERATE, {"uri": uri})
    return _lens(outline.modules[0].line, title, command, argument)


def _generate(uri: str, function: Function) -> types.CodeLens:
    return _lens(function.line, "Generate tests", GENERATE, {"uri": uri, "functions": [function.signature]})


def _worth_of_function(uri: str, function: Function, known: Known) -> types.CodeLens:
    score = known.functions[function.signature]
    title = _worth(score.tests, score.killed, score.mutants)
    return _lens(function.line, title, GO_TO_TEST, {"uri": uri, "function": function.signature})


def _worth_of_all(known: Known) -> str:
    return _worth(known.num_tests, known.killed, known.mutants)


def _worth(tests: int, killed: int, mutants: int) -> str:
    return f"{tests} {'test' if tests == 1 else 'tests'}, {killed} of {mutants} mutants killed"


def _of_test_file(server: TestgenServer, uri: str) -> list[types.CodeLens]:
    path = places.path_of(uri)
    pair = places.pair_of_test(path) if path is not None else None
    if pair is None:
        return []
    outline = server.state.outline(server.workspace.get_text_document(uri))
    if not outline.modules:
        return []
    source = places.uri_of(pair.source)
    known = server.state.known.get(source)
    title = (
        _worth(known.num_tests, known.killed, known.mutants) if known else "Measure these tests with mutants"
    )
    return [_lens(outline.modules[0].line, title, SCORE, {"uri": source})]
