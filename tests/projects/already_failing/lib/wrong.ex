# Shows: a module whose suite fails.
defmodule Wrong do
  @moduledoc "Counts vowels, wrongly."

  @doc "How many vowels a word has."
  @spec vowels(String.t()) :: non_neg_integer()
  def vowels(word), do: word |> String.graphemes() |> Enum.count(&(&1 in ~w(a e i o)))

  @doc "Whether a word begins with a vowel."
  @spec vowel_first?(String.t()) :: boolean()
  def vowel_first?(word), do: String.first(word) in ~w(a e i o u)
end
