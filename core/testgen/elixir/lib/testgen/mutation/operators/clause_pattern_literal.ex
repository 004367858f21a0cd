defmodule Testgen.Mutation.Operators.ClausePatternLiteral do
  @moduledoc """
  A number or truth value in a pattern replaced.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "clause.pattern_literal"

  @impl true
  def group, do: "clauses and guards"

  @impl true
  def describe do
    %{
      summary: "A number or truth value in a pattern replaced.",
      examples: [
        {"def f(0), do: 1", "def f(1), do: 1"},
        {"true -> :yes", "false -> :yes"}
      ],
      not:
        "Atoms and strings, where the clause would match nothing at all and be as good as dropped; keys of maps, parts of binaries."
    }
  end

  @impl true
  def mutations({:__block__, meta, [value]}, %Context{site: :pattern}) when is_integer(value) do
    if match?("?" <> _, meta[:token] || ""), do: [], else: [Change.replace(Source.literal(value + 1))]
  end

  def mutations({:__block__, _, [value]}, %Context{site: :pattern}) when is_boolean(value),
    do: [Change.replace(Source.literal(not value))]

  def mutations(_, _), do: []
end
