# Shows: many mutants that never end (a missing step, a condition forced true).
defmodule Hostile.HangWhenMutated do
  @moduledoc "Counts down and polls."

  @doc "The numbers from `from` down to 1."
  @spec countdown(non_neg_integer()) :: [pos_integer()]
  def countdown(0), do: []
  def countdown(from) when from > 0, do: [from | countdown(from - 1)]

  @doc "Asks until the answer is ready, and says how often it asked."
  @spec poll((pos_integer() -> :ready | :wait), pos_integer()) :: pos_integer()
  def poll(ask, turn \\ 1) do
    if ask.(turn) == :wait, do: poll(ask, turn + 1), else: turn
  end

  @doc "Rounds a number up to the next power of two."
  @spec power_of_two(pos_integer()) :: pos_integer()
  def power_of_two(number) when number > 0, do: double(1, number)

  defp double(power, number) when power >= number, do: power
  defp double(power, number), do: double(power * 2, number)
end
