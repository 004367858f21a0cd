defmodule Testgen.Mutation.Operators.LiteralInteger do
  @moduledoc """
  An integer made one more.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.integer"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "An integer made one more.",
      examples: [
        {"limit = 10", "limit = 11"},
        {"count + 0x0F", "count + 16"}
      ],
      not:
        "Character literals such as `?a`; numbers in patterns and guards, which have operators of their own; numbers in comparisons where one more is what moving the boundary gives."
    }
  end

  @impl true
  def mutations({:__block__, meta, [value]} = node, %Context{site: site, parent: parent})
      when is_integer(value) and site in [:expression, :data] do
    if character?(meta[:token]) or boundary?(parent, node),
      do: [],
      else: [Change.replace(Source.literal(value + 1))]
  end

  def mutations(_, _), do: []

  @doc """
  Is one more the same as moving the boundary, between integers? `x < 3` with 4 is `x <= 3`.
  """
  @spec boundary?(Macro.t() | nil, Macro.t()) :: boolean
  def boundary?({name, _, [_, right]}, node) when name in [:<, :>=], do: right == node
  def boundary?({name, _, [left, _]}, node) when name in [:>, :<=], do: left == node
  def boundary?(_, _), do: false

  defp character?("?" <> _), do: true
  defp character?(_), do: false
end
