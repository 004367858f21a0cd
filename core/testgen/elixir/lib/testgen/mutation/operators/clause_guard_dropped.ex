defmodule Testgen.Mutation.Operators.ClauseGuardDropped do
  @moduledoc """
  The guard of a clause left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Clause, Context}

  @impl true
  def id, do: "clause.guard_dropped"

  @impl true
  def group, do: "clauses and guards"

  @impl true
  def describe do
    %{
      summary: "The guard of a clause left out.",
      examples: [
        {"def f(x) when x > 0, do: x", "def f(x), do: x"}
      ],
      not: "Clauses without a guard."
    }
  end

  @impl true
  def mutations(%Clause{guard: guard} = clause, %Context{site: :clause} = context) when guard != nil,
    do: Change.drop_guard(clause, context.source)

  def mutations(_, _), do: []
end
