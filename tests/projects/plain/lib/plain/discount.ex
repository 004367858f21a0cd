# Shows: a module whose suite is weak on purpose (most mutants survive).
defmodule Plain.Discount do
  @moduledoc "Discounts of a shop."

  @doc "The price in cents after the discount for so many pieces."
  @spec price(non_neg_integer(), pos_integer()) :: non_neg_integer()
  def price(cents, pieces) when pieces >= 100, do: (cents * pieces * 80) |> div(100)
  def price(cents, pieces) when pieces >= 10, do: (cents * pieces * 90) |> div(100)
  def price(cents, pieces), do: cents * pieces

  @doc "Whether a voucher can be used: not expired, not used up, and worth something."
  @spec usable?(map(), Date.t()) :: boolean()
  def usable?(%{until: until, uses: uses, cents: cents}, today) do
    Date.compare(today, until) != :gt and uses > 0 and cents > 0
  end

  @doc "Loyalty level by years and orders."
  @spec level(non_neg_integer(), non_neg_integer()) :: :gold | :silver | :none
  def level(years, orders) do
    cond do
      years >= 5 or orders > 50 -> :gold
      years >= 2 and orders >= 5 -> :silver
      true -> :none
    end
  end
end
