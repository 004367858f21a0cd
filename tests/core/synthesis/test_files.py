"""Functions on paths get files in the folder of the test, what they wrote is read back, names say which."""

from __future__ import annotations

import random

import pytest

from testgen.synthesis.analysis import Module
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.file_phrases import on_files
from testgen.synthesis.proposers.files import Files
from testgen.synthesis.subject import Knowledge, Subject

JOIN = 'path = Path.join(tmp_dir, "example.txt")'


def proposed(name: str, arg_names: list[str], *calls: str) -> list[Candidate]:
    used = [
        {"module": module, "function": each, "arity": 1} for module, each in (c.split(".") for c in calls)
    ]
    function = {"name": name, "arity": len(arg_names), "arg_names": arg_names, "calls": used}
    module = Module.from_wire({"name": "Log", "functions": [function]})
    subject = Subject(module=module, shown_as="Log", functions=module.functions)
    return list(Files().propose(subject, Knowledge(rng=random.Random(1))))


def test_a_path_is_that_of_a_file_that_the_test_writes_or_of_none() -> None:
    found = proposed("count", ["path"], "File.read")
    setups = {each.setup for each in found}
    assert (JOIN, 'File.write!(path, "")') in setups
    assert ('path = Path.join(tmp_dir, "missing.txt")',) in setups
    assert {each.call for each in found} == {"Log.count(path)"}
    assert all(each.needs_folder for each in found)


def test_what_a_function_writes_is_read_back() -> None:
    found = proposed("save", ["path", "text"], "File.write")
    read_back = [each for each in found if each.call == "File.read!(path)"]
    assert read_back
    assert all(each.setup[0] == JOIN and each.setup[1].startswith("Log.save(path, ") for each in read_back)


def test_a_folder_holds_files_or_nothing() -> None:
    found = proposed("list", ["dir"], "File.ls")
    assert {len(each.setup) for each in found} == {0, 1, 2}
    assert {each.call for each in found} == {"Log.list(tmp_dir)"}


def test_a_module_that_leaves_files_alone_gets_none() -> None:
    assert proposed("split", ["path"], "String.split") == []


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ((JOIN,), "where there is no file"),
        ((JOIN, 'File.write!(path, "")'), "for an empty file"),
        ((JOIN, 'File.write!(path, "hello\\n")'), "for a file with 'hello'"),
        ((JOIN, 'File.write!(path, "a\\nb\\n\\nc\\n")'), "for a file of four lines"),
        (("dir = tmp_dir",), "for an empty folder"),
        (('File.write!(Path.join(tmp_dir, "a.txt"), "one")',), "for a folder with one file"),
        (("cart = Cart.new()",), ""),
    ],
)
def test_the_file_is_said_in_words(setup: tuple[str, ...], words: str) -> None:
    assert on_files(setup, alone=True) == words


def test_beside_other_arguments_the_file_comes_last() -> None:
    assert on_files((JOIN, 'File.write!(path, "")'), alone=False) == "in an empty file"
