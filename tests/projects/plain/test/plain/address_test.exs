defmodule Plain.AddressTest do
  use ExUnit.Case, async: true
  doctest Plain.Address

  alias Plain.Address

  setup do
    %{home: %Address{street: "Am Wall 1", city: "Bremen", postcode: "28195"}}
  end

  describe "from_form/1" do
    test "takes all fields" do
      form = %{"street" => "Rue 2", "city" => "Metz", "postcode" => "57000", "country" => "FR"}

      assert Address.from_form(form) ==
               {:ok, %Address{street: "Rue 2", city: "Metz", postcode: "57000", country: "FR"}}
    end

    test "is at home by default" do
      assert {:ok, %Address{country: "DE", postcode: nil}} =
               Address.from_form(%{"street" => "Am Wall 1", "city" => "Bremen"})
    end

    test "names what is missing or blank" do
      assert Address.from_form(%{}) == {:error, [:street, :city]}
      assert Address.from_form(%{"street" => "Am Wall 1", "city" => "  "}) == {:error, [:city]}
    end
  end

  describe "lines/1" do
    test "puts the country on letters abroad", %{home: home} do
      assert Address.lines(%{home | country: "at"}) == ["Am Wall 1", "28195 Bremen", "AT"]
    end

    test "does without a postcode", %{home: home} do
      assert Address.lines(%{home | postcode: nil}) == ["Am Wall 1", "Bremen"]
    end
  end

  test "move/3 forgets the old postcode", %{home: home} do
    assert Address.move(home, "Am Ring 3", "Köln") == %Address{street: "Am Ring 3", city: "Köln"}
  end
end
