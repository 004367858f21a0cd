defmodule Testgen.Mutation.Operators.ConditionForced do
  @moduledoc """
  The condition of `if`, `unless` or a `cond` clause forced true, and false.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "condition.forced"

  @impl true
  def group, do: "boolean"

  @impl true
  def describe do
    %{
      summary: "The condition of `if`, `unless` or a `cond` clause forced true, and false.",
      examples: [
        {"if x > 1, do: 1", "if true, do: 1"},
        {"if x > 1, do: 1", "if false, do: 1"}
      ],
      not: "Conditions that bind a variable which the branches may use; constants."
    }
  end

  @impl true
  def mutations(_, %Context{site: :condition, leaks: false}) do
    [Change.replace(Source.literal(true)), Change.replace(Source.literal(false))]
  end

  def mutations(_, _), do: []
end
