# Shows: a module whose mistakes would be of its own kind: the wrong way of rounding.
defmodule Invoice do
  @moduledoc "Amounts of an invoice."

  alias Invoice.Rounding

  @doc "The tax on an amount, for a rate in tenths of a percent."
  @spec tax(non_neg_integer(), non_neg_integer()) :: non_neg_integer()
  def tax(cents, rate), do: Rounding.half_up(cents * rate, 1000)

  @doc "An amount in equal parts."
  @spec part(non_neg_integer(), pos_integer()) :: non_neg_integer()
  def part(cents, parts), do: Rounding.half_even(cents, parts)
end

defmodule Invoice.Rounding do
  @moduledoc "Division with rounding, for numbers that are not negative."

  @doc "Halves go up."
  @spec half_up(non_neg_integer(), pos_integer()) :: non_neg_integer()
  def half_up(number, by), do: div(2 * number + by, 2 * by)

  @doc "Halves go to the even neighbour."
  @spec half_even(non_neg_integer(), pos_integer()) :: non_neg_integer()
  def half_even(number, by) do
    up = half_up(number, by)
    if rem(2 * number, 2 * by) == by and rem(up, 2) == 1, do: up - 1, else: up
  end
end
