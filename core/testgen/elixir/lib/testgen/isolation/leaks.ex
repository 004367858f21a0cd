defmodule Testgen.Isolation.Leaks do
  @moduledoc "Kills processes that were not there before, until none is left."

  alias Testgen.Isolation.Owners

  @rounds 50
  @wait_ms 200

  @doc """
  Kills all but `known` and the system's own; answers what stayed in spite of it, and `known` with what the system
  started meanwhile (the timer server starts when first used).
  """
  @spec kill(MapSet.t(pid)) :: {lost :: [String.t()], MapSet.t(pid)}
  def kill(known), do: kill(known, @rounds)

  defp kill(known, rounds) do
    new = for pid <- :erlang.processes(), not MapSet.member?(known, pid), do: pid
    {system, leaked} = Enum.split_with(new, &Owners.system?/1)
    known = MapSet.union(known, MapSet.new(system))

    cond do
      leaked == [] -> {[], known}
      rounds == 0 -> {["#{length(leaked)} processes that start again when killed"], known}
      true -> end_all(leaked) && kill(known, rounds - 1)
    end
  end

  # All at once, or a supervisor would start its children again.
  defp end_all(pids) do
    monitors = Enum.map(pids, &Process.monitor/1)
    Enum.each(pids, &Process.exit(&1, :kill))
    Enum.each(monitors, &gone/1)
    true
  end

  defp gone(monitor) do
    receive do
      {:DOWN, ^monitor, _, _, _} -> :ok
    after
      @wait_ms -> Process.demonitor(monitor, [:flush])
    end
  end
end
