defmodule Testgen.Mutation.Operators.BooleanConnective do
  @moduledoc """
  `and` for `or`, `&&` for `||`, and back.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "boolean.connective"

  @impl true
  def group, do: "boolean"

  @impl true
  def describe do
    %{
      summary: "`and` for `or`, `&&` for `||`, and back.",
      examples: [
        {"a and b", "a or b"},
        {"a || b", "a && b"}
      ],
      not: "A constant on the left, where the other connective is a constant too."
    }
  end

  @other %{and: :or, or: :and, &&: :||, ||: :&&}

  @impl true
  def mutations({name, _, [_, _]} = node, %Context{site: :expression} = context)
      when is_map_key(@other, name) do
    if Context.calls?(context, node, Kernel), do: [Change.rename(node, @other[name])], else: []
  end

  def mutations(_, _), do: []
end
