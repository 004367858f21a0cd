defmodule Testgen.Mutation.Operators.MapKey do
  @moduledoc """
  A key left out of a map.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Range}

  @impl true
  def id, do: "map.key"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "A key left out of a map.",
      examples: [
        {"%{name: name, age: age}", "%{age: age}"},
        {"%{name: name}", "%{}"}
      ],
      not: "Structs, whose keys may be enforced; updates; all but the first and last key of large maps."
    }
  end

  @impl true
  def mutations({:%{}, meta, [_ | _] = pairs}, %Context{site: :expression, parent: parent, source: source})
      when parent != :struct do
    if match?([{:|, _, _}], pairs),
      do: [],
      else: pairs |> Enum.with_index() |> few() |> Enum.flat_map(&drop(&1, pairs, meta, source))
  end

  def mutations(_, _), do: []

  defp few(pairs) when length(pairs) <= 4, do: pairs
  defp few(pairs), do: [hd(pairs), List.last(pairs)]

  defp drop({pair, index}, pairs, meta, source) do
    case place(pair, Enum.at(pairs, index + 1), if(index > 0, do: Enum.at(pairs, index - 1)), source) do
      {_, _} = range -> [Change.replace({:%{}, meta, List.delete_at(pairs, index)}, edit: {range, ""})]
      _ -> []
    end
  end

  defp place(pair, nil, nil, source), do: Range.of(pair, source)

  defp place(pair, nil, previous, source) do
    with {_, from} <- Range.of(previous, source), {_, to} <- Range.of(pair, source), do: {from, to}
  end

  defp place(pair, next, _, source) do
    with {from, _} <- Range.of(pair, source), {to, _} <- Range.of(next, source), do: {from, to}
  end
end
