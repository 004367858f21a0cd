defmodule Testgen.Mutation.Operators.ArithmeticSign do
  @moduledoc """
  The sign of a number dropped.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "arithmetic.sign"

  @impl true
  def group, do: "arithmetic"

  @impl true
  def describe do
    %{
      summary: "The sign of a number dropped.",
      examples: [
        {"-total", "total"}
      ],
      not: "Negative literals, which the literals' operators change."
    }
  end

  @impl true
  def mutations({:-, _, [operand]} = node, %Context{site: :expression} = context) do
    if Context.calls?(context, node, Kernel) and not number?(operand), do: [Change.replace(operand)], else: []
  end

  def mutations(_, _), do: []

  defp number?({:__block__, _, [number]}), do: is_number(number)
  defp number?(_), do: false
end
