defmodule Testgen.Mutation.Operators.LiteralString do
  @moduledoc """
  A string made empty, an empty one filled.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.string"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "A string made empty, an empty one filled.",
      examples: [
        {"\"total\"", "\"\""},
        {"\"\"", "\"mutant\""},
        {"\"\#{a} of \#{b}\"", "\"\""}
      ],
      not: "Messages of `raise`, documentation, sigils, parts of binaries."
    }
  end

  @impl true
  def mutations({:__block__, _, [""]}, %Context{site: site}) when site in [:expression, :data],
    do: [Change.replace(Source.literal("mutant"))]

  def mutations({:__block__, _, [value]}, %Context{site: site})
      when is_binary(value) and site in [:expression, :data],
      do: [Change.replace(Source.literal(""))]

  def mutations({:<<>>, meta, [_ | _]}, %Context{site: :expression}) do
    if meta[:delimiter], do: [Change.replace(Source.literal(""))], else: []
  end

  def mutations(_, _), do: []
end
