defmodule Testgen.Mutation.Operators.BooleanNegation do
  @moduledoc """
  A negation dropped.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "boolean.negation"

  @impl true
  def group, do: "boolean"

  @impl true
  def describe do
    %{
      summary: "A negation dropped.",
      examples: [
        {"not valid?", "valid?"},
        {"!found", "found"}
      ],
      not: "`not in`, which the membership operator changes."
    }
  end

  @impl true
  def mutations({name, _, [operand]} = node, %Context{site: :expression} = context) when name in [:not, :!] do
    if Context.calls?(context, node, Kernel) and not membership?(operand),
      do: [Change.replace(operand)],
      else: []
  end

  def mutations(_, _), do: []

  defp membership?({:in, _, _}), do: true
  defp membership?(_), do: false
end
