defmodule Testgen.Observation.PutBack do
  @moduledoc """
  Puts the VM back between runs, and tells whether there was anything to put back.

  Processes that are ending when a run ends are given a moment to be gone: they are no leak.
  """

  alias Testgen.Isolation.Snapshot

  @moments 3

  @doc "`:same` where nothing changed, `:changed` where all could be put back, otherwise what could not."
  @spec run(Snapshot.t()) :: {:same | :changed | {:lost, [String.t()]}, Snapshot.t()}
  def run(snapshot), do: settle(snapshot, @moments)

  @doc "The snapshot after a pause, with the VM put back whatever it looks like."
  @spec anew(Snapshot.t()) :: Snapshot.t()
  def anew(snapshot) do
    receive do: (:never -> :ok), after: (2 -> :ok)
    {_, snapshot} = settle(snapshot, 0)
    snapshot
  end

  defp settle(snapshot, 0) do
    case Snapshot.restore(snapshot) do
      {:ok, snapshot} -> {:changed, snapshot}
      {:lost, reasons, snapshot} -> {{:lost, reasons}, snapshot}
    end
  end

  defp settle(snapshot, moments) do
    cond do
      Snapshot.same?(snapshot) -> {:same, snapshot}
      :erlang.system_info(:process_count) <= snapshot.num_pids -> settle(snapshot, 0)
      true -> receive(do: (:never -> :ok), after: (1 -> settle(snapshot, moments - 1)))
    end
  end
end
