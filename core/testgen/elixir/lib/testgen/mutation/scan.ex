defmodule Testgen.Mutation.Scan do
  @moduledoc """
  Finds, in the text itself, what the syntax tree does not keep: where a string ends and how many parentheses stand
  around an operand. Not a tokenizer: it looks only at places that the tree has pointed at.
  """

  alias Testgen.Mutation.Source

  @doc """
  The offset after the closing delimiter of the string, heredoc or sigil whose opening delimiter is at `from`.
  """
  @spec string_end(Source.t(), Source.offset(), String.t(), [term]) :: Source.offset() | nil
  def string_end(source, from, delimiter, parts) do
    opening = String.length(delimiter)
    start = after_interpolations(source, parts) || from + opening
    find(source, start, String.to_charlist(closing(delimiter)))
  end

  defp closing("("), do: ")"
  defp closing("["), do: "]"
  defp closing("{"), do: "}"
  defp closing("<"), do: ">"
  defp closing(other), do: other

  defp after_interpolations(source, parts) do
    parts
    |> Enum.filter(&match?({:"::", _, [{{:., _, [Kernel, :to_string]}, _, _}, _]}, &1))
    |> List.last()
    |> case do
      {:"::", _, [{_, meta, _}, _]} -> offset_after(source, meta[:closing])
      nil -> nil
    end
  end

  defp offset_after(_, nil), do: nil
  defp offset_after(source, meta), do: Source.offset(source, meta) + 1

  defp find(source, offset, delimiter) do
    case Source.char(source, offset) do
      nil ->
        nil

      ?\\ ->
        find(source, offset + 2, delimiter)

      _ ->
        if at?(source, offset, delimiter),
          do: offset + length(delimiter),
          else: find(source, offset + 1, delimiter)
    end
  end

  defp at?(source, offset, delimiter) do
    delimiter |> Enum.with_index(offset) |> Enum.all?(fn {char, at} -> Source.char(source, at) == char end)
  end

  @doc """
  How often the character stands between two offsets, comments left out.
  """
  @spec count(Source.t(), Source.offset(), Source.offset(), char) :: non_neg_integer
  def count(source, from, to, wanted), do: count(source, from, to, wanted, 0)

  defp count(_, from, to, _, total) when from >= to, do: total

  defp count(source, from, to, wanted, total) do
    case Source.char(source, from) do
      ^wanted -> count(source, from + 1, to, wanted, total + 1)
      ?# -> count(source, line_end(source, from), to, wanted, total)
      _ -> count(source, from + 1, to, wanted, total)
    end
  end

  defp line_end(source, offset) do
    if Source.char(source, offset) in [?\n, nil], do: offset + 1, else: line_end(source, offset + 1)
  end

  @doc """
  Steps back over that many opening parentheses; nil where something else stands there.
  """
  @spec back_over(Source.t(), Source.offset(), non_neg_integer) :: Source.offset() | nil
  def back_over(_, offset, 0), do: offset

  def back_over(source, offset, number) do
    case Source.char(source, offset - 1) do
      ?( -> back_over(source, offset - 1, number - 1)
      space when space in [?\s, ?\n, ?\r, ?\t] -> back_over(source, offset - 1, number)
      _ -> nil
    end
  end

  @doc """
  Steps forward over that many closing parentheses; nil where something else stands there.
  """
  @spec forward_over(Source.t(), Source.offset(), non_neg_integer) :: Source.offset() | nil
  def forward_over(_, offset, 0), do: offset

  def forward_over(source, offset, number) do
    case Source.char(source, offset) do
      ?) -> forward_over(source, offset + 1, number - 1)
      ?# -> forward_over(source, line_end(source, offset), number)
      space when space in [?\s, ?\n, ?\r, ?\t] -> forward_over(source, offset + 1, number)
      _ -> nil
    end
  end
end
