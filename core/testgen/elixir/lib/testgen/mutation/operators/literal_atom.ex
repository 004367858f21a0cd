defmodule Testgen.Mutation.Operators.LiteralAtom do
  @moduledoc """
  An atom replaced by one that means nothing.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "literal.atom"

  @impl true
  def group, do: "literals"

  @impl true
  def describe do
    %{
      summary: "An atom replaced by one that means nothing.",
      examples: [
        {"status = :paid", "status = :mutant"}
      ],
      not:
        "true, false, nil, :ok and :error, which other operators change; module names, keys, options' names."
    }
  end

  @others [true, false, nil, :ok, :error]

  @impl true
  def mutations({:__block__, meta, [value]}, %Context{site: site})
      when is_atom(value) and value not in @others and site in [:expression, :data] do
    if module?(value) or meta[:format] == :keyword, do: [], else: [Change.replace(Source.literal(:mutant))]
  end

  def mutations(_, _), do: []

  defp module?(atom), do: match?("Elixir." <> _, Atom.to_string(atom))
end
