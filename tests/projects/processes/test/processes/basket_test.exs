defmodule Processes.BasketTest do
  use ExUnit.Case, async: true

  alias Processes.Basket

  test "keeps the order" do
    basket = Basket.open()
    assert Basket.put(basket, :apple) == :ok
    assert Basket.put(basket, :pear) == :ok
    assert Basket.all(basket) == [:apple, :pear]
  end

  test "gives the newest thing back" do
    basket = Basket.open()
    Basket.put(basket, :apple)
    Basket.put(basket, :pear)
    assert Basket.take(basket) == {:ok, :pear}
    assert Basket.all(basket) == [:apple]
    assert Basket.take(basket) == {:ok, :apple}
    assert Basket.take(basket) == :empty
  end

  test "is full at its limit" do
    basket = Basket.open(1)
    assert Basket.put(basket, :apple) == :ok
    assert Basket.put(basket, :pear) == :full
    assert Basket.all(basket) == [:apple]
  end

  test "holds five by default" do
    basket = Basket.open()
    assert for(n <- 1..6, do: Basket.put(basket, n)) == [:ok, :ok, :ok, :ok, :ok, :full]
  end
end
