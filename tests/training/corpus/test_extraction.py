"""What is read from a repository: modules in pieces, tests with what they call, literal calls."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("tree_sitter_elixir", reason="the parser of the training extras is not installed")

from testgen.reading import syntax
from testgen.reading.code_modules import CodeModule, modules_of
from testgen_training.corpus.calls import Names, calls_in
from testgen_training.corpus.extraction import Extracted, extract, role
from testgen_training.corpus.git_source import GitRepository
from testgen_training.corpus.records import (
    CallRecord,
    FileRecord,
    ModuleRecord,
    Record,
    TestRecord,
    from_line,
    to_line,
)
from testgen_training.corpus.test_modules import test_modules_of as modules_with_tests
from testgen_training.errors import CorpusUnusable, SourceUnusable
from tests.training.repositories import CART, MIT, commit, shop


def extracted(folder: Path, **about: int) -> Extracted:
    return extract(GitRepository(name="somebody/shop", folder=folder), about.get("max_file_bytes", 100_000))


def of_kind(records: list[Record], kind: type[Record]) -> list[Record]:
    return [each for each in records if isinstance(each, kind)]


def module(source: str) -> CodeModule:
    return next(modules_of(syntax.parse(source.encode())))


def test_a_module_comes_in_pieces_with_clauses_of_one_function_together() -> None:
    cart = module(CART)
    assert cart.text.name == "Shop.Cart"
    assert [(each.signature, each.is_public) for each in cart.text.definitions] == [
        ("add/3", True),
        ("new/0", True),
        ("count/1", True),
        ("check/1", False),
    ]
    assert cart.text.header == ("use GenServer", "@limit 10")
    assert cart.uses == ("GenServer",)


def test_a_function_has_its_spec_its_defaults_and_the_first_paragraph_of_its_doc_but_no_example() -> None:
    add = module(CART).text.definitions[0]
    assert add.source.startswith("@spec add(list, String.t()) :: list\ndef add(cart, item, times \\\\ 1)")
    assert add.summary == "Adds an item."
    assert add.num_defaults == 1
    assert [add.takes(num_args) for num_args in (1, 2, 3, 4)] == [False, True, True, False]
    assert "check" in add.calls


def test_a_hidden_function_counts_as_documented() -> None:
    cart = module(CART)
    assert (cart.num_public, cart.num_documented) == (3, 2)


def test_a_nested_module_has_its_full_name() -> None:
    names = [
        each.text.name for each in modules_of(syntax.parse(b"defmodule A do\n defmodule B.C do\n end\nend\n"))
    ]
    assert names == ["A", "A.B.C"]


def test_a_module_whose_name_is_computed_is_passed_over() -> None:
    assert list(modules_of(syntax.parse(b"defmodule unquote(name) do\n def f, do: 1\nend"))) == []


def test_a_test_is_paired_with_the_module_that_it_is_named_after(tmp_path: Path) -> None:
    shop(tmp_path)
    tests = of_kind(extracted(tmp_path).records, TestRecord)
    assert [(each.module_id, each.describe, each.name, each.focal) for each in tests] == [  # type: ignore[union-attr]
        ("somebody/shop:Shop.Cart", "add/3", "puts an item first", ("new/0", "add/3")),
        ("somebody/shop:Shop.Cart", "", "counts what was piped into it", ("count/1",)),
    ]


def test_expected_values_are_holes(tmp_path: Path) -> None:
    shop(tmp_path)
    first, second = of_kind(extracted(tmp_path).records, TestRecord)
    assert isinstance(first, TestRecord)
    assert isinstance(second, TestRecord)
    assert [first.source[start:end] for start, end in first.holes] == ['["tea"]', '["tea", "tea", "milk"]']
    assert [second.source[start:end] for start, end in second.holes] == ["{:ok, 2}"]


def test_calls_with_literal_arguments_are_kept_and_those_with_variables_are_not(tmp_path: Path) -> None:
    shop(tmp_path)
    calls = of_kind(extracted(tmp_path).records, CallRecord)
    assert [(each.function, each.arity, each.args, each.origin) for each in calls] == [  # type: ignore[union-attr]
        ("add", 3, ("Shop.Cart.new()", '"tea"'), "doctest"),
        ("add", 3, ('["milk"]', '"tea"', "2"), "test"),
        ("count", 1, ('["a", "b"]',), "test"),
    ]


@pytest.mark.parametrize(
    ("source", "args", "is_closed"),
    [
        ('A.f(1, :a, "b", [c: 2.0])', ("1", ":a", '"b"', "[c: 2.0]"), True),
        ("A.f(x)", ("x",), False),
        ("A.f(fn y -> y + 1 end)", ("fn y -> y + 1 end",), True),
        ("A.f(fn y -> y + z end)", ("fn y -> y + z end",), False),
        ("A.f(&(&1 + 1))", ("&(&1 + 1)",), True),
        ("A.f(Date.new!(2024, 1, 1))", ("Date.new!(2024, 1, 1)",), True),
        ("A.f(fixture(:a))", ("fixture(:a)",), False),
        ("A.f(@attribute)", ("@attribute",), False),
        ("A.f(self())", ("self()",), True),
        ('A.f("a#{b}")', ('"a#{b}"',), False),
        ("A.f(value.field)", ("value.field",), False),
        ("A.f(:maps.new())", (":maps.new()",), True),
        ("[1] |> A.f(2)", ("[1]", "2"), True),
        ("x |> A.f(2)", ("x", "2"), False),
    ],
)
def test_an_argument_is_closed_when_it_means_the_same_elsewhere(
    source: str, args: tuple[str, ...], is_closed: bool
) -> None:
    call = next(each for each in calls_in(syntax.parse(source.encode()), Names()) if each.function == "f")
    assert (call.args, call.is_closed) == (args, is_closed)


@pytest.mark.parametrize(
    ("alias", "written"),
    [
        ("alias Shop.Cart", "Cart"),
        ("alias Shop.Cart, as: C", "C"),
        ("alias Shop.{Item, Cart}", "Cart"),
        ("alias Shop\n  alias Shop.Cart, as: Basket", "Basket"),
    ],
)
def test_a_module_is_known_by_its_alias(alias: str, written: str) -> None:
    source = f'defmodule ATest do\n  {alias}\n  test "a" do\n    {written}.f(1)\n  end\nend\n'
    tests = next(modules_with_tests(syntax.parse(source.encode())))
    assert tests.tests[0].calls[0].module == "Shop.Cart"


def test_a_call_of_an_imported_function_belongs_to_its_module(tmp_path: Path) -> None:
    body = '  import Shop.Cart\n  test "a" do\n    assert count(["x"]) == 1\n  end\n'
    test = f"defmodule OtherTest do\n{body}end\n"
    commit(tmp_path, {"LICENSE": MIT, "lib/cart.ex": CART, "test/other_test.exs": test})
    (record,) = of_kind(extracted(tmp_path).records, TestRecord)
    assert isinstance(record, TestRecord)
    assert (record.module_id, record.focal) == ("somebody/shop:Shop.Cart", ("count/1",))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("use ExUnit.Case", "exunit"),
        ("use ExUnitProperties", "streamdata"),
        ("import Phoenix.LiveViewTest", "liveview"),
    ],
)
def test_the_type_of_a_test_follows_from_what_its_module_uses(head: str, kind: str) -> None:
    word = "property" if kind == "streamdata" else "test"
    source = f'defmodule ATest do\n  {head}\n  {word} "a" do\n    :ok\n  end\nend\n'
    tests = next(modules_with_tests(syntax.parse(source.encode())))
    assert tests.tests[0].test_type == kind


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lib/a.ex", "code"),
        ("apps/shop/lib/a.ex", "code"),
        ("test/a_test.exs", "test"),
        ("test/support/case.ex", None),
        ("deps/plug/lib/plug.ex", None),
        ("mix.exs", None),
        ("bench/a_test.exs", None),
    ],
)
def test_a_path_tells_the_role_of_a_file(path: str, expected: str | None) -> None:
    assert role(path) == expected


def test_a_file_that_is_no_utf8_and_one_that_is_too_large_are_passed_over_and_counted(tmp_path: Path) -> None:
    commit(
        tmp_path,
        {
            "LICENSE": MIT,
            "lib/latin.ex": b"# caf\xe9\n",
            "lib/large.ex": "# " + "a" * 2000,
            "lib/cart.ex": CART,
        },
    )
    found = extracted(tmp_path, max_file_bytes=1500)
    assert [each.path for each in of_kind(found.records, FileRecord)] == ["lib/cart.ex"]  # type: ignore[union-attr]
    assert (found.passed_over["not UTF-8"], found.passed_over["too large"]) == (1, 1)


def test_a_module_of_ten_thousand_lines_is_read() -> None:
    functions = "\n".join(f"  def f{number}(x), do: x + {number}" for number in range(10_000))
    assert len(module(f"defmodule Long do\n{functions}\nend\n").text.definitions) == 10_000


def test_what_does_not_parse_does_not_stop_the_rest(tmp_path: Path) -> None:
    commit(tmp_path, {"LICENSE": MIT, "lib/a.ex": "defmodule A do\n def f(, do\nend", "lib/b.ex": CART})
    found = extracted(tmp_path)
    assert found.passed_over["parsed with errors"] == 1
    assert any(each.id.endswith("Shop.Cart") for each in of_kind(found.records, ModuleRecord))  # type: ignore[union-attr]


def test_a_folder_without_a_commit_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable) as caught:
        extracted(tmp_path)
    assert "git" in caught.value.message
    assert caught.value.next_step


def test_every_record_comes_back_from_its_line(tmp_path: Path) -> None:
    shop(tmp_path)
    records = extracted(tmp_path).records
    assert {type(each) for each in records} == {FileRecord, ModuleRecord, TestRecord, CallRecord}
    assert [from_line(to_line(each)) for each in records] == records


@pytest.mark.parametrize("line", ["", "{", '{"kind": "file"}', '{"kind": "pear"}', "[]", '{"path": "a"}'])
def test_a_damaged_line_is_an_error_that_shows_it(line: str) -> None:
    with pytest.raises(CorpusUnusable, match="damaged"):
        from_line(line)
