defmodule Testgen.Mutation.Operators.ArithmeticOperator do
  @moduledoc """
  Another arithmetic operator.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "arithmetic.operator"

  @impl true
  def group, do: "arithmetic"

  @impl true
  def describe do
    %{
      summary: "Another arithmetic operator.",
      examples: [
        {"a + b", "a - b"},
        {"a - b", "a + b"},
        {"a * b", "a + b"},
        {"a / b", "a * b"},
        {"div(a, b)", "rem(a, b)"},
        {"rem(a, b)", "div(a, b)"},
        {"a ** b", "a * b"}
      ],
      not: "Operators that the module defines for itself; +0 and *1, which have no effect to change."
    }
  end

  @other %{+: :-, -: :+, *: :+, /: :*, **: :*, div: :rem, rem: :div}

  @impl true
  def mutations({name, _, [left, right]} = node, %Context{site: :expression} = context)
      when is_map_key(@other, name) do
    if Context.calls?(context, node, Kernel), do: [change(node, equivalent(name, left, right))], else: []
  end

  def mutations(_, _), do: []

  defp change({name, _, _} = node, reason), do: %{Change.rename(node, @other[name]) | equivalent: reason}

  defp equivalent(name, _, {:__block__, _, [0]}) when name in [:+, :-],
    do: "adding and subtracting 0 are the same"

  defp equivalent(:**, _, {:__block__, _, [1]}), do: "a number to the power of 1 is that number times 1"

  defp equivalent(:/, _, {:__block__, _, [one]}) when one == 1.0 and is_float(one),
    do: "dividing and multiplying by 1.0 are the same"

  defp equivalent(_, _, _), do: nil
end
