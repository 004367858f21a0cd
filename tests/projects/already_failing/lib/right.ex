# Shows: a module whose own suite is fine in a project where another fails.
defmodule Right do
  @moduledoc "Counts words."

  @doc "How many words a text has."
  @spec words(String.t()) :: non_neg_integer()
  def words(text), do: text |> String.split() |> length()
end
