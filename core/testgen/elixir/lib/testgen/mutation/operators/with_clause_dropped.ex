defmodule Testgen.Mutation.Operators.WithClauseDropped do
  @moduledoc """
  A clause of `with` left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Range}

  @impl true
  def id, do: "with.clause_dropped"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "A clause of `with` left out.",
      examples: [
        {"with :ok <- check(x), {:ok, y} <- load(x), do: y", "with {:ok, y} <- load(x), do: y"}
      ],
      not: "Clauses whose variables are used further on; the only clause."
    }
  end

  @impl true
  def mutations({:with, meta, args}, %Context{site: :expression, source: source}) when is_list(args) do
    {clauses, body} = Enum.split_while(args, &(not is_list(&1)))

    if length(clauses) < 2,
      do: [],
      else: clauses |> Enum.with_index() |> Enum.flat_map(&drop(&1, clauses, body, meta, source))
  end

  def mutations(_, _), do: []

  defp drop({{:<-, _, [pattern, _]} = clause, index}, clauses, body, meta, source) do
    with [] <- variables(pattern),
         {_, _} = edit <-
           place(clause, Enum.at(clauses, index + 1), Enum.at(clauses, max(index - 1, 0)), source) do
      [Change.replace({:with, meta, List.delete_at(clauses, index) ++ body}, edit: {edit, ""})]
    else
      _ -> []
    end
  end

  defp drop(_, _, _, _, _), do: []

  defp place(clause, nil, previous, source) do
    with {_, from} <- Range.of(previous, source), {_, to} <- Range.of(clause, source), do: {from, to}
  end

  defp place(clause, next, _, source) do
    with {from, _} <- Range.of(clause, source), {to, _} <- Range.of(next, source), do: {from, to}
  end

  defp variables(pattern) do
    pattern
    |> Macro.prewalker()
    |> Enum.filter(fn
      {name, _, scope} when is_atom(name) and is_atom(scope) ->
        not String.starts_with?(Atom.to_string(name), "_")

      _ ->
        false
    end)
  end
end
