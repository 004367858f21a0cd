defmodule Testgen.Mutation.Text do
  @moduledoc """
  Source text of a replacement: what a person would have written instead, in parentheses where it stands beside an
  operator that would otherwise take it apart.
  """

  alias Testgen.Mutation.{Context, Range}

  @doc """
  The text that stands for `ast` in the place of `node`.
  """
  @spec render(Macro.t(), Macro.t(), Context.t()) :: String.t()
  def render(ast, node, %Context{operand: operand}) do
    text = Macro.to_string(without_layout(ast))
    if operand and Range.operator?(ast) and not binds_as?(ast, node), do: "(" <> text <> ")", else: text
  end

  # An operator in place of another that binds the same way.
  defp binds_as?({new, _, [_, _]}, {old, _, [_, _]}) when is_atom(new) and is_atom(old),
    do: rank(new) != nil and rank(new) == rank(old)

  defp binds_as?(_, _), do: false

  defp rank(op) when op in [:<, :>, :<=, :>=], do: :order
  defp rank(op) when op in [:==, :!=, :===, :!==, :=~], do: :equality
  defp rank(op) when op in [:+, :-], do: :sum
  defp rank(op) when op in [:*, :/], do: :product
  defp rank(_), do: nil

  # Line breaks of the original would otherwise come along.
  defp without_layout(ast), do: Macro.prewalk(ast, &drop_layout/1)

  defp drop_layout({form, meta, args}) when is_list(meta),
    do: {form, Keyword.drop(meta, [:newlines, :end_of_expression]), args}

  defp drop_layout(other), do: other
end
