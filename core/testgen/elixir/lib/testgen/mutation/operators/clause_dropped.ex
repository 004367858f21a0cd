defmodule Testgen.Mutation.Operators.ClauseDropped do
  @moduledoc """
  A clause of a function, `case`, `fn`, `receive` or `else` left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Clause, Context}
  alias Testgen.Mutation.Operators.LiveviewEventDropped

  @impl true
  def id, do: "clause.dropped"

  @impl true
  def group, do: "clauses and guards"

  @impl true
  def describe do
    %{
      summary: "A clause of a function, `case`, `fn`, `receive` or `else` left out.",
      examples: [
        {"def f([]), do: 0\ndef f([h | t]), do: h + f(t)", "def f([h | t]), do: h + f(t)"}
      ],
      not: "The only clause; handlers of LiveView events, which have an operator of their own."
    }
  end

  @impl true
  def mutations(%Clause{count: count} = clause, %Context{site: :clause} = context)
      when count > 1 and clause.kind != :generator do
    if LiveviewEventDropped.handler?(clause, context),
      do: [],
      else: [Change.drop_clause(clause, context.source)]
  end

  def mutations(_, _), do: []
end
