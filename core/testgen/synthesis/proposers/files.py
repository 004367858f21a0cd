"""Functions that are given a path: the test writes a file into its own folder first, or looks at what was
written.

A test has such a folder by the tag `tmp_dir`; here the variable of this name stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from testgen.synthesis.analysis import Function
from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.cases import READ_BACK
from testgen.synthesis.regexes import texts as matching
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Raw, Str, Term, quote
from testgen.synthesis.type_tree import Type
from testgen.synthesis.values import values

_CONTENTS = 14
_ROWS = 6
_PATHS = re.compile(r"(?:^|_)(?:path|file|filename|file_name|filepath)$")
_FOLDERS = re.compile(r"(?:^|_)(?:dir|directory|folder)$")
_WRITERS = frozenset({"write", "write!", "open", "open!", "cp", "cp!", "touch", "touch!"})
_PATH = Raw("path")


class Files:
    """Proposes calls on files that hold something, are empty, or are not there."""

    name = "files"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Nothing where the module leaves the file system alone."""
        if not any(module in ("File", "Path") for module, _ in subject.all_calls):
            return
        for function in subject.functions:
            place = _place(function, _PATHS)
            if place is not None:
                yield from _on_files(function, place, subject)
            place = _place(function, _FOLDERS)
            if place is not None:
                yield from _in_folders(function, place, subject)


def _place(function: Function, names: re.Pattern[str]) -> int | None:
    """The argument that is a path, by its name; where none is called so, by the spec's type."""
    for position, name in enumerate(function.arg_names):
        if names.search(name.strip("_")):
            return position
    if names is not _PATHS or not function.specs:
        return None
    asked = function.specs[0].args
    return next((i for i, kind in enumerate(asked) if (kind.module, kind.name) == ("Path", "t")), None)


def _on_files(function: Function, place: int, subject: Subject) -> Iterator[Candidate]:
    path = 'path = Path.join(tmp_dir, "example.txt")'
    rows = _rows(function, place, subject, _PATH)
    for arguments in rows[:2]:
        for content in _contents(subject):
            write = f"File.write!(path, {quote(content)})"
            yield _call(subject, function, arguments, (path, write))
    missing = 'path = Path.join(tmp_dir, "missing.txt")'
    for arguments in rows:
        yield _call(subject, function, arguments, (missing,))
        if any(module == "File" and name in _WRITERS for module, name in subject.all_calls):
            yield _written(_call(subject, function, arguments, (path,)))
    for arguments in rows[2:]:
        yield _call(subject, function, arguments, (path, 'File.write!(path, "one two\\nthree\\n")'))


def _in_folders(function: Function, place: int, subject: Subject) -> Iterator[Candidate]:
    contents = _contents(subject)[1:3]
    files = tuple(
        f"File.write!(Path.join(tmp_dir, {quote(name)}), {quote(content)})"
        for name, content in zip(("a.txt", "b.txt"), contents, strict=False)
    )
    for arguments in _rows(function, place, subject, Raw("tmp_dir")):
        for setup in (files, files[:1], ()):
            yield _call(subject, function, arguments, setup)


def _rows(function: Function, place: int, subject: Subject, path: Term) -> list[tuple[Term, ...]]:
    spec = function.specs[0] if function.specs else None
    choices = by_spec(function, spec, subject, (), 6) if spec else guesses(function, subject, ())
    choices = [[path] if position == place else each for position, each in enumerate(choices)]
    arities = sorted(set(function.arities), reverse=True)
    return [row for arity in arities if arity > place for row in combine(choices[:arity], _ROWS)]


def _call(
    subject: Subject, function: Function, arguments: tuple[Term, ...], setup: tuple[str, ...]
) -> Candidate:
    return called(
        subject.module.name,
        function.name,
        arguments,
        shown_as=subject.shown_as,
        arity=function.arity,
        origin=Files.name,
        setup=setup,
        reusable=False,
    )


def _written(candidate: Candidate) -> Candidate:
    """What the call wrote, instead of what it answers."""
    return Candidate(
        function=candidate.function,
        module=candidate.module,
        setup=(*candidate.setup, candidate.call),
        call=READ_BACK,
        origin=Files.name,
        reusable=False,
    )


def _contents(subject: Subject) -> list[str]:
    """Texts that such a module may read: nothing, lines, parts, what its other functions take."""
    marks = [text for text in subject.mined.strings if 0 < len(text) <= 3 and not text.isalnum()]
    rows = [f"one{mark}two\nthree{mark}4\n" for mark in marks if "\n" not in mark]
    everything = (*subject.module.functions, *subject.module.private_functions)
    written = [literal.source for function in everything for literal in function.literals]
    written += [literal.source for literal in subject.module.literals]
    regexes = [text for source in written if source.startswith("~r") for text in matching(source, 2)]
    plain = ["one two\nthree\n", "", "hello", "a\nbb\n\nccc\n", "# one\ntwo = 2\n", "1\n2\n10\n"]
    return list(dict.fromkeys([*plain[:2], *rows[:3], *_taken(subject)[:4], *regexes[:2], *plain[2:]]))[
        :_CONTENTS
    ]


def _taken(subject: Subject) -> list[str]:
    """Texts for the module's own functions on text: what is read may be handed to them."""
    found: list[str] = []
    for function in (*subject.module.functions, *subject.module.private_functions):
        for position, kind in enumerate(function.inferred):
            if kind.kind in ("string", "text", "binary") and not _PATHS.search(
                function.arg_names[position] if position < len(function.arg_names) else ""
            ):
                wanted = kind if kind.text else Type(kind="string")
                terms = values(wanted, subject.context(function, position), 4)
                found += [term.value for term in terms if isinstance(term, Str)]
    return list(dict.fromkeys(found))
