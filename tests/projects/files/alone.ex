# Shows: an ordinary file that belongs to no project.
defmodule Alone do
  @moduledoc "Seat numbers in a theatre."

  @doc """
  A seat's label.

      iex> Alone.label(2, 7)
      "C8"
  """
  @spec label(0..25, non_neg_integer()) :: String.t()
  def label(row, seat) when row in 0..25 and seat >= 0, do: <<?A + row>> <> to_string(seat + 1)

  @doc "Whether two seats of a row are side by side."
  @spec neighbours?(integer(), integer()) :: boolean()
  def neighbours?(left, right), do: abs(left - right) == 1
end
