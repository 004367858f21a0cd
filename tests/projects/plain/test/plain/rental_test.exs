defmodule Plain.RentalTest do
  use ExUnit.Case, async: true
  doctest Plain.Rental

  alias Plain.Rental

  # 2024-03-01 is a Friday.

  test "price/2 of one day" do
    assert Rental.price(~D[2024-03-01], ~D[2024-03-01]) == 900
    assert Rental.price(~D[2024-03-02], ~D[2024-03-02]) == 450
  end

  test "price/2 of no day" do
    assert Rental.price(~D[2024-03-01], ~D[2024-02-29]) == 0
  end

  test "due/2 moves weekends to Monday" do
    assert Rental.due(~D[2024-03-01], 1) == ~D[2024-03-04]
    assert Rental.due(~D[2024-03-01], 2) == ~D[2024-03-04]
    assert Rental.due(~D[2024-02-28], 2) == ~D[2024-03-01]
  end

  test "days_late/2 is never negative" do
    assert Rental.days_late(~D[2024-03-01], ~D[2024-03-04]) == 3
    assert Rental.days_late(~D[2024-03-04], ~D[2024-03-01]) == 0
  end

  test "open?/1 follows the sign on the door" do
    assert Rental.open?(~N[2024-03-01 08:00:00])
    assert Rental.open?(~N[2024-03-01 17:59:59])
    refute Rental.open?(~N[2024-03-01 18:00:00])
    refute Rental.open?(~N[2024-03-01 07:59:59])
    assert Rental.open?(~N[2024-03-02 11:30:00])
    refute Rental.open?(~N[2024-03-02 12:00:00])
    refute Rental.open?(~N[2024-03-03 10:00:00])
  end

  test "parse/1 reads forms" do
    assert Rental.parse("1.3.2024") == {:ok, ~D[2024-03-01]}
    assert Rental.parse("31.12.1999") == {:ok, ~D[1999-12-31]}
    assert Rental.parse("31.2.2024") == {:error, :invalid}
    assert Rental.parse("2024-03-01") == {:error, :invalid}
  end
end
