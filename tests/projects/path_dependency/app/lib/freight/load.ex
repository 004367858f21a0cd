# Shows: a module that uses macros and functions of a dependency.
defmodule Freight.Load do
  @moduledoc "What a van carries."

  import Weights

  weighs :crate, 12_500
  weighs :sack, 50_000
  weighs :letter, 20

  @doc "Whether things fit into a van of so many kilograms."
  @spec fits?([atom()], pos_integer()) :: boolean()
  def fits?(things, limit) do
    things |> Enum.map(&grams/1) |> Enum.sum() |> kilograms() |> Kernel.<=(limit)
  end

  @doc "The heaviest thing, nil for none."
  @spec heaviest([atom()]) :: atom() | nil
  def heaviest([]), do: nil
  def heaviest(things), do: Enum.max_by(things, &grams/1)
end
