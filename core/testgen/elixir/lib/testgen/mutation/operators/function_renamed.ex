defmodule Testgen.Mutation.Operators.FunctionRenamed do
  @moduledoc """
  A call of a function that does not exist.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "function.renamed"

  @impl true
  def group, do: "functions"

  @impl true
  def describe do
    %{
      summary: "A call of a function that does not exist.",
      examples: [
        {"total(items)", "__MODULE__.total_mutant(items)"}
      ],
      not: "Calls of other modules' functions; calls in guards and captures."
    }
  end

  @impl true
  def mutations({name, meta, args} = node, %Context{site: :expression} = context)
      when is_atom(name) and is_list(args) do
    case Context.target(context, node) do
      {:function, :local, _} -> [Change.replace(missing(name, meta, args))]
      _ -> []
    end
  end

  def mutations(_, _), do: []

  # A remote call, so that the compiler does not mind.
  defp missing(name, meta, args) do
    {{:., [], [{:__MODULE__, [], nil}, :"#{String.trim_trailing(plain(name), "_")}_mutant"]},
     Keyword.take(meta, [:closing]), args}
  end

  defp plain(name), do: name |> Atom.to_string() |> String.replace(~r/[^a-zA-Z0-9_]/, "")
end
