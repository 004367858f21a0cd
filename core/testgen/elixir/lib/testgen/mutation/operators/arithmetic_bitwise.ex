defmodule Testgen.Mutation.Operators.ArithmeticBitwise do
  @moduledoc """
  Another operation on bits.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "arithmetic.bitwise"

  @impl true
  def group, do: "arithmetic"

  @impl true
  def describe do
    %{
      summary: "Another operation on bits.",
      examples: [
        {"a &&& b", "a ||| b"},
        {"a <<< b", "a >>> b"},
        {"bxor(a, b)", "bor(a, b)"}
      ],
      not: "Anything that is not a call of Bitwise."
    }
  end

  @other %{
    &&&: :|||,
    |||: :&&&,
    <<<: :>>>,
    >>>: :<<<,
    band: :bor,
    bor: :band,
    bxor: :bor,
    bsl: :bsr,
    bsr: :bsl
  }

  @impl true
  def mutations({_, _, args} = node, %Context{site: :expression} = context) when is_list(args) do
    case {Context.name(node), Context.target(context, node)} do
      {name, {_, Bitwise, 2}} when is_map_key(@other, name) -> [Change.rename(node, @other[name])]
      _ -> []
    end
  end

  def mutations(_, _), do: []
end
