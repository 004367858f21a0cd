# Shows: recursion over a graph, without specs.
defmodule Plain.Stations do
  @doc "The shortest way between two stations of a network such as %{a: [:b, :c]}, or nil."
  def path(network, from, to), do: search([[from]], network, to, MapSet.new([from]))

  defp search([], _, _, _), do: nil
  defp search([[to | _] = path | _], _, to, _), do: Enum.reverse(path)

  defp search([[here | _] = path | rest], network, to, seen) do
    next = network |> Map.get(here, []) |> Enum.reject(&(&1 in seen))
    search(rest ++ Enum.map(next, &[&1 | path]), network, to, Enum.into(next, seen))
  end

  def components(network) do
    {groups, _} =
      Enum.reduce(Map.keys(network), {0, MapSet.new()}, fn node, {n, seen} ->
        if node in seen, do: {n, seen}, else: {n + 1, flood([node], network, seen)}
      end)

    groups
  end

  defp flood([], _, seen), do: seen

  defp flood([n | rest], network, seen) do
    if n in seen,
      do: flood(rest, network, seen),
      else: flood(Map.get(network, n, []) ++ rest, network, MapSet.put(seen, n))
  end
end
