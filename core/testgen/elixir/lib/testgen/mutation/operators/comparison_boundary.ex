defmodule Testgen.Mutation.Operators.ComparisonBoundary do
  @moduledoc """
  A comparison with its boundary moved in or out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "comparison.boundary"

  @impl true
  def group, do: "comparison"

  @impl true
  def describe do
    %{
      summary: "A comparison with its boundary moved in or out.",
      examples: [
        {"a < b", "a <= b"},
        {"a >= b", "a > b"}
      ],
      not: "Comparisons that the module defines for itself; guards, which have an operator of their own."
    }
  end

  @other %{<: :<=, <=: :<, >: :>=, >=: :>}

  @impl true
  def mutations({name, _, [_, _]} = node, %Context{site: :expression} = context)
      when is_map_key(@other, name) do
    if Context.calls?(context, node, Kernel), do: [Change.rename(node, @other[name])], else: []
  end

  def mutations(_, _), do: []
end
