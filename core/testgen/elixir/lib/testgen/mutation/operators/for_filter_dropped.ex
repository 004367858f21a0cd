defmodule Testgen.Mutation.Operators.ForFilterDropped do
  @moduledoc """
  A filter of a `for` left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "for.filter_dropped"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "A filter of a `for` left out.",
      examples: [
        {"for x <- list, x > 1, do: x", "for x <- list, true, do: x"}
      ],
      not: "Filters that bind a variable."
    }
  end

  @impl true
  def mutations({:=, _, _}, %Context{site: :filter}), do: []
  def mutations({:__block__, _, [true]}, %Context{site: :filter}), do: []
  def mutations(_, %Context{site: :filter}), do: [Change.replace(Source.literal(true))]
  def mutations(_, _), do: []
end
