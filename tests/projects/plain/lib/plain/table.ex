# Shows: iodata, charlists, sigils.
defmodule Plain.Table do
  @moduledoc "Writes tables as text with separators."

  @doc """
  A row; fields with separators, quotes or line breaks are quoted.

      iex> ["a", "b;c"] |> Plain.Table.row() |> IO.iodata_to_binary()
      "a;\\"b;c\\"\\n"
  """
  @spec row([term()]) :: iodata()
  def row(fields), do: [fields |> Enum.map(&field/1) |> Enum.intersperse(?;), ?\n]

  @doc "A whole table with a header."
  @spec render([atom()], [map()]) :: iodata()
  def render(columns, rows) do
    header = Enum.map(columns, &(&1 |> Atom.to_string() |> String.capitalize()))
    [row(header) | for(row <- rows, do: row(Enum.map(columns, &row[&1])))]
  end

  @doc "The letters over a column: A, B, … Z, AA."
  @spec column_name(non_neg_integer()) :: charlist()
  def column_name(index) when index < 26, do: [?A + index]
  def column_name(index), do: column_name(div(index, 26) - 1) ++ [?A + rem(index, 26)]

  defp field(nil), do: ""
  defp field(charlist) when is_list(charlist), do: charlist |> List.to_string() |> field()

  defp field(text) when is_binary(text) do
    if text =~ ~r/[;"\r\n]/, do: [?", String.replace(text, ~S("), ~S("")), ?"], else: text
  end

  defp field(other), do: inspect(other)
end
