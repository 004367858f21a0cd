defmodule Testgen.Mutation.Operators.LiteralFloat do
  @moduledoc """
  A float made one more.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.float"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "A float made one more.",
      examples: [
        {"rate = 0.5", "rate = 1.5"}
      ],
      not: "Floats so large that one more is the same number."
    }
  end

  @impl true
  def mutations({:__block__, _, [value]}, %Context{site: site})
      when is_float(value) and site in [:expression, :data] do
    [Change.replace(Source.literal(value + 1.0))]
  end

  def mutations(_, _), do: []
end
