# Shows: long pipes over Enum, grouping, sorting, reducing.
defmodule Plain.Ledger do
  @moduledoc "Bookings of a household: `{date, category, cents}`; money spent is negative."

  @type booking :: {Date.t(), atom(), integer()}

  @doc "The sum of each category, the largest spending first."
  @spec by_category([booking()]) :: [{atom(), integer()}]
  def by_category(bookings) do
    bookings
    |> Enum.group_by(fn {_, category, _} -> category end, fn {_, _, cents} -> cents end)
    |> Enum.map(fn {category, cents} -> {category, Enum.sum(cents)} end)
    |> Enum.sort_by(fn {category, sum} -> {sum, category} end)
  end

  @doc "The balance after each booking, in order of date."
  @spec balances([booking()], integer()) :: [{Date.t(), integer()}]
  def balances(bookings, start \\ 0) do
    bookings
    |> Enum.sort_by(fn {date, _, _} -> date end, Date)
    |> Enum.map_reduce(start, fn {date, _, cents}, sum -> {{date, sum + cents}, sum + cents} end)
    |> elem(0)
  end

  @doc "The first day on which the balance is below zero, or nil."
  @spec overdrawn([booking()]) :: Date.t() | nil
  def overdrawn(bookings) do
    bookings
    |> balances()
    |> Enum.find_value(fn {date, balance} -> if balance < 0, do: date end)
  end

  @doc "Splits bookings into income and spending, both as sums without sign."
  @spec totals([booking()]) :: %{income: non_neg_integer(), spending: non_neg_integer()}
  def totals(bookings) do
    {income, spending} = Enum.split_with(bookings, fn {_, _, cents} -> cents > 0 end)
    %{income: sum(income), spending: abs(sum(spending))}
  end

  @doc "The `count` largest bookings by amount."
  @spec largest([booking()], non_neg_integer()) :: [booking()]
  def largest(bookings, count) do
    bookings |> Enum.sort_by(fn {_, _, cents} -> abs(cents) end, :desc) |> Enum.take(count)
  end

  defp sum(bookings), do: bookings |> Enum.map(&elem(&1, 2)) |> Enum.sum()
end
