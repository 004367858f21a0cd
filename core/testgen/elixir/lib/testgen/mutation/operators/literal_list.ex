defmodule Testgen.Mutation.Operators.LiteralList do
  @moduledoc """
  A list made empty, an empty one filled.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.list"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "A list made empty, an empty one filled.",
      examples: [
        {"[1, 2]", "[]"},
        {"[]", "[:mutant]"}
      ],
      not:
        "Charlists, keyword options without brackets, lists with a tail; empty lists of options as defaults, where an option that nobody asks for changes nothing."
    }
  end

  @impl true
  def mutations({:__block__, _, [[]]}, %Context{parent: :default}), do: []

  def mutations({:__block__, meta, [[]]}, %Context{site: site}) when site in [:expression, :data],
    do: if(meta[:delimiter], do: [], else: [Change.replace({:__block__, meta, [[Source.literal(:mutant)]]})])

  def mutations({:__block__, meta, [[_ | _] = list]}, %Context{site: site}) when site in [:expression, :data],
    do:
      if(meta[:delimiter] != nil or tail?(List.last(list)),
        do: [],
        else: [Change.replace({:__block__, meta, [[]]})]
      )

  def mutations(_, _), do: []

  defp tail?({:|, _, _}), do: true
  defp tail?(_), do: false
end
