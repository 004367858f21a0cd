defmodule Testgen.Mutation.Operators.ClauseGuardOperator do
  @moduledoc """
  Another operator, or another number, in a guard.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}
  alias Testgen.Mutation.Operators.LiteralInteger

  @impl true
  def id, do: "clause.guard_operator"

  @impl true
  def group, do: "clauses and guards"

  @impl true
  def describe do
    %{
      summary: "Another operator, or another number, in a guard.",
      examples: [
        {"when x > 0", "when x >= 0"},
        {"when x > 0", "when x <= 0"},
        {"when a and b", "when a or b"},
        {"when is_nil(x)", "when not is_nil(x)"}
      ],
      not: "Guards that the module defines for itself, seen from where they are used."
    }
  end

  @boundary %{<: :<=, <=: :<, >: :>=, >=: :>}
  @opposite %{<: :>=, <=: :>, >: :<=, >=: :<, ==: :!=, !=: :==, ===: :!==, !==: :===, and: :or, or: :and}
  @arithmetic %{+: :-, -: :+, *: :+}

  @impl true
  def mutations({:__block__, _, [number]} = node, %Context{site: :guard, parent: {name, _, _} = parent})
      when is_integer(number) and name in [:<, :<=, :>, :>=] do
    if LiteralInteger.boundary?(parent, node), do: [], else: [Change.replace(Source.literal(number + 1))]
  end

  def mutations({name, meta, [_, _] = args}, %Context{site: :guard}) when name in [:<, :<=, :>, :>=],
    do: [Change.replace({@boundary[name], meta, args}), Change.replace({@opposite[name], meta, args})]

  def mutations({name, meta, [_, _] = args}, %Context{site: :guard}) when is_map_key(@opposite, name),
    do: [Change.replace({@opposite[name], meta, args})]

  def mutations({name, meta, [_, _] = args}, %Context{site: :guard}) when is_map_key(@arithmetic, name),
    do: [Change.replace({@arithmetic[name], meta, args})]

  def mutations({:not, _, [operand]}, %Context{site: :guard}), do: [Change.replace(operand)]

  def mutations({:in, _, [_, _]} = node, %Context{site: :guard, parent: parent})
      when not is_tuple(parent) or elem(parent, 0) != :not,
      do: [Change.replace({:not, [], [node]})]

  def mutations({:is_nil, _, [_]} = node, %Context{site: :guard, parent: parent})
      when not is_tuple(parent) or elem(parent, 0) != :not,
      do: [Change.replace({:not, [], [node]})]

  def mutations(_, _), do: []
end
