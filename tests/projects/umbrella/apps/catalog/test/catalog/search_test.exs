defmodule Catalog.SearchTest do
  use ExUnit.Case, async: true
  doctest Catalog.Search

  alias Catalog.Search

  test "find/1 wants all words" do
    assert [%{sku: "T1"}] = Search.find("TEA green")
    assert Search.find("green coffee") == []
    assert length(Search.find("")) == 3
  end

  test "price/1" do
    assert Search.price("C1") == {:ok, 800}
    assert Search.price("X") == :error
  end
end
