defmodule Testgen.Analysis.Inference.Kinds do
  @moduledoc """
  Which kinds of value evidence speaks of.

  A claim is strong where only values of its kind will do, weak where others may: weak ones count only where
  there is no strong one.
  """

  alias Testgen.Analysis.Inference.{Evidence, Structs}

  @doc """
  Kinds of value that the evidence speaks of, the most often claimed first, at most eight.

  What a narrower kind implies is left out.
  """
  @spec of(Evidence.t()) :: [atom()]
  def of(evidence) do
    claimed = Enum.flat_map(evidence.types, &base/1) ++ from_literals(evidence) ++ from_children(evidence)
    strong = for {kind, :strong} <- claimed, do: kind
    all = if strong == [], do: Enum.map(claimed, &elem(&1, 0)), else: strong

    all
    |> Enum.frequencies()
    |> narrowed()
    |> Enum.sort_by(fn {kind, count} -> {-count, kind} end)
    |> Enum.map(&elem(&1, 0))
    |> Enum.take(8)
  end

  @wider [
    {:number, [:integer, :float]},
    {:list, [:keyword]},
    {:enumerable, [:list, :keyword, :map, :struct, :range]},
    {:collection, [:list, :keyword, :map, :struct]},
    {:map, [:struct]},
    {:atom, [:boolean, :module, :table]},
    {:reference, [:table]}
  ]

  defp narrowed(counts) do
    Enum.reduce(@wider, counts, fn {wide, narrow}, counts ->
      if Enum.any?(narrow, &is_map_key(counts, &1)), do: Map.delete(counts, wide), else: counts
    end)
  end

  defp from_literals(evidence), do: Enum.map(evidence.literals, &{literal_kind(&1), :strong})
  defp literal_kind(value) when is_integer(value), do: :integer
  defp literal_kind(value) when is_float(value), do: :number
  defp literal_kind(value) when is_binary(value), do: :string
  defp literal_kind(value) when is_boolean(value), do: :boolean
  defp literal_kind(_), do: :atom

  defp from_children(%{children: children} = evidence) do
    texts = evidence.words ++ evidence.regexes ++ evidence.formats
    steps = for {step, _} <- children, kind = step_kind(step), do: kind
    if texts == [], do: steps, else: [{:string, :strong} | steps]
  end

  defp step_kind(:item), do: {:enumerable, :weak}
  defp step_kind({:part, _, _}), do: {:list, :strong}
  defp step_kind({:tuple, _, _, _}), do: {:tuple, :strong}
  defp step_kind({:field, _, _}), do: {:map, :strong}
  defp step_kind({:member, _, _}), do: {:struct, :strong}
  defp step_kind({:option, _}), do: {:keyword, :strong}
  defp step_kind({step, _}) when step in [:split, :as], do: {:string, :strong}
  defp step_kind({:held, _}), do: {:map, :strong}
  defp step_kind(_), do: nil

  defp base(%{"t" => "union", "of" => of}) do
    kinds = of |> Enum.reject(&(&1["source"] == "nil")) |> Enum.flat_map(&base/1) |> Enum.uniq()
    if Enum.any?(of, &(base(&1) == [])) or length(kinds) > 2, do: weakened(kinds), else: kinds
  end

  defp base(%{"t" => kind}) when kind in ~w(string binary bitstring charlist text),
    do: [{:string, :strong}]

  defp base(%{"t" => "iodata"}), do: [{:string, :weak}]
  defp base(%{"t" => "range"}), do: [{:integer, :strong}]

  defp base(%{"t" => kind}) when kind in ~w(integer pos_integer non_neg_integer neg_integer),
    do: [{:integer, :strong}]

  defp base(%{"t" => kind})
       when kind in ~w(float number boolean atom module list keyword tuple function pid reference map),
       do: [{String.to_atom(kind), :strong}]

  defp base(%{"t" => "enumerable"}), do: [{:enumerable, :strong}]
  defp base(%{"t" => "collection"}), do: [{:collection, :strong}]
  defp base(%{"t" => "literal", "source" => ":" <> _}), do: [{:atom, :strong}]
  defp base(%{"t" => "struct", "name" => nil}), do: [{:map, :strong}]
  defp base(%{"t" => "struct"}), do: [{:struct, :strong}]

  defp base(%{"t" => kind, "module" => module} = tree) when kind in ["remote", "opaque"] do
    cond do
      Structs.standard?(module) -> [{:struct, :strong}]
      module in ["Enum", "Enumerable"] -> [{:enumerable, :strong}]
      module == "Access" -> [{:collection, :strong}]
      module in ["GenServer", "Agent"] -> [{:pid, :strong}]
      module == ":ets" -> [{:table, :strong}]
      kind == "opaque" -> [{:struct, :strong}]
      tree["resolved"] -> base(tree["resolved"])
      true -> []
    end
  end

  defp base(_), do: []

  defp weakened(kinds), do: Enum.map(kinds, fn {kind, _} -> {kind, :weak} end)
end
