defmodule Plain.TaxTest do
  use ExUnit.Case, async: true
  doctest Plain.Tax

  alias Plain.Tax

  test "countries/0 and highest/0 come from the table" do
    assert Tax.countries() == ["DE", "FR"]
    assert Tax.highest() == 20
  end

  test "gross/2 takes the normal rate" do
    assert Tax.gross(1_000, "DE") == {:ok, 1_190}
    assert Tax.gross(1_000, "FR") == {:ok, 1_200}
    assert Tax.gross(0, "FR") == {:ok, 0}
  end

  test "gross/3 rounds half up" do
    assert Tax.gross(10, "FR", :reduced) == {:ok, 11}
    assert Tax.gross(9, "FR", :reduced) == {:ok, 9}
  end

  test "gross/3 knows what it does not know" do
    assert Tax.gross(10, "IT") == {:error, :unknown}
    assert Tax.gross(10, "DE", :luxury) == {:error, :unknown}
  end

  test "rates by country" do
    assert {Tax.de_rate(), Tax.fr_rate()} == {19, 20}
  end
end
