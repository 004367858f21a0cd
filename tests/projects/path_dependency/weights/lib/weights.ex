# Shows: a dependency that defines macros and functions.
defmodule Weights do
  @moduledoc "Weights of things, in grams."

  @doc "Defines `grams/1` for one thing."
  defmacro weighs(thing, grams) do
    quote do
      def grams(unquote(thing)), do: unquote(grams)
    end
  end

  @doc "Kilograms, rounded up."
  @spec kilograms(non_neg_integer()) :: non_neg_integer()
  def kilograms(grams), do: div(grams + 999, 1000)
end
