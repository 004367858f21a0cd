defmodule Plain.CarrierTest do
  use ExUnit.Case, async: true

  alias Plain.Carrier
  alias Plain.Carrier.{Bicycle, Van}

  test "the bicycle carries up to five kilograms" do
    assert Bicycle.price(1) == {:ok, 390}
    assert Bicycle.price(5_000) == {:ok, 390}
    assert Bicycle.price(5_001) == {:error, :too_heavy}
  end

  test "the van asks by weight" do
    assert Van.price(99) == {:ok, 250}
    assert Van.price(2_050) == {:ok, 350}
    assert Van.price(31_500) == {:ok, 1_825}
    assert Van.price(31_501) == {:error, :too_heavy}
  end

  test "cheapest/2 depends on the weight" do
    assert Carrier.cheapest([Bicycle, Van], 1_000) == {Van, 300}
    assert Carrier.cheapest([Bicycle, Van], 4_000) == {Bicycle, 390}
    assert Carrier.cheapest([Bicycle, Van], 40_000) == nil
    assert Carrier.cheapest([], 1) == nil
  end

  test "follow/2 works where the carrier offers it" do
    assert Carrier.follow(Van, "a b") == {:ok, "https://van.example/a%20b"}
    assert Carrier.follow(Bicycle, "a") == :error
    assert Carrier.follow(Plain.Nobody, "a") == :error
  end
end
