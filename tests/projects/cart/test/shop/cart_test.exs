defmodule Shop.CartTest do
  use ExUnit.Case, async: true
  doctest Shop.Cart

  alias Shop.Cart

  defp filled, do: Cart.new() |> Cart.add("pen", 120) |> Cart.add("book", 1_999, 2)

  describe "new/0" do
    test "is empty and costs nothing" do
      assert Cart.new() == %Cart{items: [], coupon: nil}
      assert Cart.total(Cart.new()) == 0
    end
  end

  describe "add/4" do
    test "keeps the order in which items were added" do
      assert filled().items == [{"pen", 120, 1}, {"book", 1_999, 2}]
    end

    test "raises the quantity of an item that is there, at the newest price" do
      assert Cart.add(filled(), "pen", 110, 4).items == [{"pen", 110, 5}, {"book", 1_999, 2}]
    end

    test "refuses negative prices and empty quantities" do
      assert_raise FunctionClauseError, fn -> Cart.add(Cart.new(), "pen", -1) end
      assert_raise FunctionClauseError, fn -> Cart.add(Cart.new(), "pen", 120, 0) end
    end
  end

  describe "remove/2" do
    test "takes out the whole item" do
      assert {:ok, %Cart{items: [{"pen", 120, 1}]}} = Cart.remove(filled(), "book")
    end

    test "says when there is no such item" do
      assert Cart.remove(filled(), "ink") == {:error, :not_in_cart}
    end
  end

  describe "count/1" do
    test "counts pieces" do
      assert Cart.count(filled()) == 3
    end
  end

  describe "subtotal/1" do
    test "multiplies price by quantity" do
      assert Cart.subtotal(filled()) == 120 + 2 * 1_999
    end

    test "rounds a percentage in the shop's favour" do
      assert Cart.subtotal(%{filled() | coupon: {:percent, 10}}) == 4_118 - 411
    end

    test "never falls below zero" do
      assert Cart.subtotal(%{filled() | coupon: {:minus, 118}}) == 4_000
      assert Cart.subtotal(%{filled() | coupon: {:minus, 9_999}}) == 0
    end
  end

  describe "total/1" do
    test "adds shipping below the limit" do
      assert Cart.total(filled()) == 4_118 + 495
    end

    test "ships for free from the limit on" do
      assert Cart.new() |> Cart.add("lamp", 5_000) |> Cart.total() == 5_000
      assert Cart.new() |> Cart.add("lamp", 4_999) |> Cart.total() == 5_494
    end
  end
end
