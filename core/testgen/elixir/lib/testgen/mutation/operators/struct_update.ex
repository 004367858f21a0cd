defmodule Testgen.Mutation.Operators.StructUpdate do
  @moduledoc """
  An update of a struct or map left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "struct.update"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "An update of a struct or map left out.",
      examples: [
        {"%{cart | total: 0}", "cart"},
        {"%Cart{cart | total: 0}", "cart"}
      ],
      not: "Maps that are built from nothing, which the operator for keys changes."
    }
  end

  @impl true
  def mutations({:%{}, _, [{:|, _, [old, _]}]}, %Context{site: :expression}), do: [Change.replace(old)]

  def mutations({:%, _, [_, {:%{}, _, [{:|, _, [old, _]}]}]}, %Context{site: :expression}),
    do: [Change.replace(old)]

  def mutations(_, _), do: []
end
