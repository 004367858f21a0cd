defmodule Plain.ReceiptTest do
  use ExUnit.Case, async: true
  doctest Plain.Receipt

  alias Plain.Receipt

  describe "line/3" do
    test "takes another currency" do
      assert Receipt.line("Tea", 5, width: 12, currency: "$") == "Tea...0.05 $"
    end

    test "shows discounts" do
      assert Receipt.line("Off", -1_234, width: 14) == "Off.-12.34 EUR"
    end

    test "cuts long names" do
      assert Receipt.line("Strawberry jam", 100, width: 14) == "Straw.1.00 EUR"
    end

    test "knows no other options" do
      assert_raise ArgumentError, ~r/unknown keys \[:colour\]/, fn ->
        Receipt.line("Tea", 1, colour: :red)
      end
    end
  end

  describe "render/2" do
    @items [{"Tea", 250}, {"Jam", 300}]

    test "adds the sum" do
      assert Receipt.render(@items, width: 14) ==
               "Tea...2.50 EUR\nJam...3.00 EUR\nSum...5.50 EUR"
    end

    test "sorts by name or by price" do
      jam_first = "Jam...3.00 EUR\nTea...2.50 EUR\nSum...5.50 EUR"
      assert Receipt.render(@items, width: 14, order: :name) == jam_first
      assert Receipt.render(@items, width: 14, order: :price) == jam_first
    end

    test "of nothing is the sum" do
      assert Receipt.render([], width: 14) == "Sum...0.00 EUR"
    end
  end
end
