defmodule Plain.DiscountTest do
  use ExUnit.Case, async: true

  alias Plain.Discount

  test "price/2 returns a number" do
    assert is_integer(Discount.price(100, 1))
  end

  test "usable?/2 works" do
    assert Discount.usable?(%{until: ~D[2030-01-01], uses: 1, cents: 100}, ~D[2024-01-01])
  end
end
