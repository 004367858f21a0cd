defmodule Testgen.Mutation.Operators.ConditionNegated do
  @moduledoc """
  The condition of `if`, `unless` or a `cond` clause negated.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "condition.negated"

  @impl true
  def group, do: "boolean"

  @impl true
  def describe do
    %{
      summary: "The condition of `if`, `unless` or a `cond` clause negated.",
      examples: [
        {"if valid?(x), do: 1", "if !valid?(x), do: 1"}
      ],
      not: "Comparisons, memberships and negations, which already have their opposite."
    }
  end

  @opposites [:<, :<=, :>, :>=, :==, :!=, :===, :!==, :in, :not, :!]

  @impl true
  def mutations({name, _, [_ | _]}, %Context{site: :condition}) when name in @opposites, do: []

  def mutations(node, %Context{site: :condition}), do: [Change.replace({:!, [], [node]})]
  def mutations(_, _), do: []
end
