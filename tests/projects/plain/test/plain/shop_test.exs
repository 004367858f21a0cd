defmodule Plain.ShopTest do
  use ExUnit.Case, async: true

  alias Plain.{Address, Shop}

  test "offer/3 adds delivery" do
    assert Shop.offer(1_000, "DE", 1_000) == {:ok, 1_490}
  end

  test "offer/3 says what is wrong, the country first" do
    assert Shop.offer(1_000, "XX", 40_000) == {:error, :unknown}
    assert Shop.offer(1_000, "DE", 40_000) == {:error, :too_heavy}
  end

  test "envelope/1" do
    assert Shop.envelope(%Address{street: "Am Wall 1", city: "Bremen"}) == ["Am Wall 1", "Bremen"]
  end
end
