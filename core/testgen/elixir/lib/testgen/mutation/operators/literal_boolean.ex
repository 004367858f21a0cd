defmodule Testgen.Mutation.Operators.LiteralBoolean do
  @moduledoc """
  true for false, and back.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.boolean"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "true for false, and back.",
      examples: [
        {"strict = true", "strict = false"}
      ],
      not: "Conditions that are constants; patterns and guards."
    }
  end

  @impl true
  def mutations({:__block__, _, [value]}, %Context{site: site})
      when is_boolean(value) and site in [:expression, :data],
      do: [Change.replace(Source.literal(not value))]

  def mutations(_, _), do: []
end
