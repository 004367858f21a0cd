defmodule Plain.LedgerTest do
  use ExUnit.Case, async: true

  alias Plain.Ledger

  @bookings [
    {~D[2024-02-03], :food, -4_000},
    {~D[2024-02-01], :salary, 5_000},
    {~D[2024-02-04], :rent, -3_000},
    {~D[2024-02-05], :food, -1_000}
  ]

  test "by_category/1 starts with the largest spending" do
    assert Ledger.by_category(@bookings) == [food: -5_000, rent: -3_000, salary: 5_000]
  end

  test "balances/1 goes by date" do
    assert Ledger.balances(@bookings) == [
             {~D[2024-02-01], 5_000},
             {~D[2024-02-03], 1_000},
             {~D[2024-02-04], -2_000},
             {~D[2024-02-05], -3_000}
           ]
  end

  test "balances/2 may start elsewhere" do
    assert Ledger.balances([{~D[2024-02-01], :gift, 5}], 10) == [{~D[2024-02-01], 15}]
    assert Ledger.balances([], 10) == []
  end

  test "overdrawn/1 is the first such day" do
    assert Ledger.overdrawn(@bookings) == ~D[2024-02-04]
    assert Ledger.overdrawn([{~D[2024-02-01], :food, 0}]) == nil
  end

  test "totals/1 has no signs" do
    assert Ledger.totals(@bookings) == %{income: 5_000, spending: 8_000}
    assert Ledger.totals([]) == %{income: 0, spending: 0}
  end

  test "largest/2 ignores signs" do
    assert [{_, :salary, 5_000}, {_, :food, -4_000}] = Ledger.largest(@bookings, 2)
  end
end
