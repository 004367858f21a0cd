defmodule Testgen.Mutation.Operators.Membership do
  @moduledoc """
  `in` for `not in`, and back.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "membership.in"

  @impl true
  def group, do: "membership"

  @impl true
  def describe do
    %{
      summary: "`in` for `not in`, and back.",
      examples: [
        {"x in [1, 2]", "x not in [1, 2]"},
        {"x not in list", "x in list"}
      ],
      not: "`in` in guards, which have an operator of their own."
    }
  end

  @impl true
  def mutations({:in, meta, [_, _]} = node, %Context{site: :expression, parent: parent} = context) do
    if Context.calls?(context, node, Kernel) and not negated?(parent),
      do: [Change.replace({:not, meta, [node]})],
      else: []
  end

  def mutations({:not, _, [{:in, _, [_, _]} = membership]} = node, %Context{site: :expression} = context) do
    if Context.calls?(context, node, Kernel), do: [Change.replace(membership)], else: []
  end

  def mutations(_, _), do: []

  defp negated?({:not, _, [_]}), do: true
  defp negated?(_), do: false
end
