defmodule Testgen.Mutation.Operators.ComparisonOpposite do
  @moduledoc """
  A comparison turned into its opposite.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "comparison.opposite"

  @impl true
  def group, do: "comparison"

  @impl true
  def describe do
    %{
      summary: "A comparison turned into its opposite.",
      examples: [
        {"a < b", "a >= b"},
        {"a == b", "a != b"},
        {"a === b", "a !== b"}
      ],
      not: "Comparisons that the module defines for itself."
    }
  end

  @other %{<: :>=, <=: :>, >: :<=, >=: :<, ==: :!=, !=: :==, ===: :!==, !==: :===}

  @impl true
  def mutations({name, _, [_, _]} = node, %Context{site: :expression} = context)
      when is_map_key(@other, name) do
    if Context.calls?(context, node, Kernel), do: [Change.rename(node, @other[name])], else: []
  end

  def mutations(_, _), do: []
end
