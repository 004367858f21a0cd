defmodule Checkout.OrderTest do
  use ExUnit.Case, async: true

  alias Checkout.Order

  test "small orders pay the fee" do
    assert Order.fee() == 150
    assert Order.total([{"T2", 1}]) == {:ok, 540}
    assert Order.total([{"C1", 2}, {"T2", 1}]) == {:ok, 2_140}
  end

  test "large orders do not" do
    assert Order.total([{"C1", 2}, {"T2", 2}]) == {:ok, 2_380}
  end

  test "an order names what is unknown" do
    assert Order.total([{"T1", 1}, {"X9", 1}]) == {:error, {:unknown, "X9"}}
    assert Order.total([]) == {:error, :empty}
  end
end
