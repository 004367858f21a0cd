"""What is read from a file's text, in code that parses and in code that does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testgen_lsp import outline

SHOP = '''
defmodule Shop.Cart do
  @moduledoc """
  def not_a_function(x), do: x
  """
  # def nor_this(x), do: x

  @doc "Adds."
  def add(%__MODULE__{items: [_ | _]} = cart, name, price \\\\ 1) when price > 0 do
    helper(cart, name)
  end

  def add(cart, _, _), do: cart

  def total(
        cart,
        opts
      ) do
    cart
  end

  defp helper(a, b), do: {a, b}
  def empty?, do: true
  def run!(x, "a,(b", {_, [1, 2]}), do: x

  defmodule Inner do
    def value, do: 1
  end

  defmacro check(ast), do: ast
end
'''
TESTS = """
defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  alias Shop.{Cart, Order}
  alias Shop.Price, as: P

  describe "add/3" do
    test "adds 🛒" do
      assert 1 == 1
    end
  end

  property "holds" do
    :ok
  end
end
"""


def test_functions_are_found_with_arity_and_module() -> None:
    found = outline.read(SHOP)
    assert [(f.signature, f.kind, f.module) for f in found.functions] == [
        ("add/3", "def", "Shop.Cart"),
        ("total/2", "def", "Shop.Cart"),
        ("helper/2", "defp", "Shop.Cart"),
        ("empty?/0", "def", "Shop.Cart"),
        ("run!/3", "def", "Shop.Cart"),
        ("value/0", "def", "Shop.Cart.Inner"),
        ("check/1", "defmacro", "Shop.Cart"),
    ]


def test_a_line_belongs_to_the_function_that_it_stands_in() -> None:
    found = outline.read(SHOP)
    lines = SHOP.split("\n")
    for text, signature in [
        ("helper(cart, name)", "add/3"),
        ("def add(cart, _, _)", "add/3"),
        ("opts", "total/2"),
    ]:
        number = next(index for index, line in enumerate(lines) if text in line)
        function = found.function_at(number)
        assert function is not None
        assert function.signature == signature
    assert found.function_at(1) is None


def test_tests_and_aliases_are_found() -> None:
    found = outline.read(TESTS)
    assert [(each.kind, each.name) for each in found.tests] == [
        ("describe", "add/3"),
        ("test", "adds 🛒"),
        ("property", "holds"),
    ]
    assert found.aliases == [("Cart", "Shop.Cart"), ("Order", "Shop.Order"), ("P", "Shop.Price")]
    inner = found.test_at(8)
    assert inner is not None
    assert inner.name == "adds 🛒"


@pytest.mark.parametrize(
    ("use", "is_liveview"),
    [
        ("use ShopWeb, :live_view", True),
        ("use Phoenix.LiveView", True),
        ("use Phoenix.LiveComponent", True),
        ("use GenServer", False),
        ("# use Phoenix.LiveView", False),
    ],
)
def test_a_liveview_is_known_by_what_it_uses(use: str, is_liveview: bool) -> None:
    assert outline.read(f"defmodule A do\n  {use}\nend\n").is_liveview is is_liveview


@given(st.text(st.sampled_from("defmodule A.B do end test \"(){}[],\n \\'|%#x1🛒"), max_size=300))
def test_no_text_is_too_broken_to_be_read(text: str) -> None:
    found = outline.read(text)
    num_lines = len(text.splitlines())
    assert all(0 <= each.line <= max(each.end_line, each.line) for each in found.modules)
    assert all(each.line < num_lines for each in found.functions)


def test_five_thousand_lines_are_read_in_the_time_of_a_keystroke() -> None:
    text = SHOP * 180
    assert text.count("\n") > 5000
    begun = time.process_time()
    outline.read(text)
    assert time.process_time() - begun < 0.2
