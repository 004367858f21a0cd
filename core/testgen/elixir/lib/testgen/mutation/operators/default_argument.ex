defmodule Testgen.Mutation.Operators.DefaultArgument do
  @moduledoc """
  The default of an argument replaced by nil.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "default.argument"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "The default of an argument replaced by nil.",
      examples: [
        {"def page(n, size \\\\ @size)", "def page(n, size \\\\ nil)"}
      ],
      not:
        "Defaults that are numbers, strings or truth values, which the literals' operators change; nil, and the empty list of options."
    }
  end

  @impl true
  def mutations({:__block__, _, [value]}, %Context{site: :default})
      when is_number(value) or is_binary(value) or is_boolean(value) or value == nil or is_list(value),
      do: []

  def mutations(_, %Context{site: :default}), do: [Change.replace(Source.literal(nil))]
  def mutations(_, _), do: []
end
