defmodule Plain.PagesTest do
  use ExUnit.Case, async: true
  doctest Plain.Pages

  alias Plain.Pages

  test "page/1 is the first ten" do
    assert Pages.page(Enum.to_list(1..25)) == Enum.to_list(1..10)
  end

  test "page/3 takes another size" do
    assert Pages.page([:a, :b, :c, :d, :e], 2, 2) == [:c, :d]
    assert Pages.page([:a], 2, 2) == []
  end

  test "page/3 refuses nonsense" do
    assert_raise FunctionClauseError, fn -> Pages.page([], 0) end
    assert_raise FunctionClauseError, fn -> Pages.page([], 1, 0) end
  end

  test "count/2 counts a page begun" do
    assert Pages.count([]) == 1
    assert Pages.count(Enum.to_list(1..10)) == 1
    assert Pages.count(Enum.to_list(1..11)) == 2
    assert Pages.count([1, 2, 3], 1) == 3
  end

  test "link fills in path and number" do
    assert Pages.link("first") == ~s(<a href="/?page=1">first</a>)
    assert Pages.link("/shop", "first") == ~s(<a href="/shop?page=1">first</a>)
    assert Pages.link("/shop", 4, "last") == ~s(<a href="/shop?page=4">last</a>)
  end

  test "around/3 stays within the pages" do
    assert Pages.around(5, 9) == [3, 4, 5, 6, 7]
    assert Pages.around(1, 9) == [1, 2, 3]
    assert Pages.around(9, 9, 1) == [8, 9]
  end
end
