defmodule Testgen.Observation.Supervised do
  @moduledoc """
  `start_supervised!/2` and its like for candidates, under the names and with the results that ExUnit gives
  them in a test.

  ExUnit's own can only be called from a process that its runner registered. Here each run has a supervisor of
  its own, which `stop/0` ends before the run does, so that no process and no registered name reaches the next
  run.
  """

  @key {__MODULE__, :supervisor}

  @doc "As `ExUnit.Callbacks.start_supervised!/2`."
  @spec start_supervised!(term(), keyword()) :: pid()
  def start_supervised!(child, opts \\ []) do
    case start_supervised(child, opts) do
      {:ok, pid} ->
        pid

      {:ok, pid, _info} ->
        pid

      {:error, reason} ->
        raise "failed to start child with the spec #{inspect(child)}.\nReason: #{inspect(reason)}"
    end
  end

  @doc "As `ExUnit.Callbacks.start_supervised/2`."
  @spec start_supervised(term(), keyword()) :: Supervisor.on_start_child()
  def start_supervised(child, opts \\ []) do
    spec = Supervisor.child_spec(child, opts)

    case Supervisor.start_child(supervisor(), spec) do
      {:error, {:already_started, _pid}} -> {:error, {:duplicate_child_name, spec.id}}
      other -> other
    end
  end

  @doc "As `ExUnit.Callbacks.stop_supervised/1`."
  @spec stop_supervised(term()) :: :ok | {:error, :not_found}
  def stop_supervised(id) do
    with :ok <- Supervisor.terminate_child(supervisor(), id), do: Supervisor.delete_child(supervisor(), id)
  end

  @doc "Ends the children of the calling process, the latest first."
  @spec stop() :: :ok
  def stop do
    case Process.delete(@key) do
      nil -> :ok
      pid -> end_supervisor(pid)
    end
  end

  defp end_supervisor(pid) do
    Process.unlink(pid)
    Supervisor.stop(pid, :shutdown, 1_000)
  catch
    :exit, _ -> Process.exit(pid, :kill) && :ok
  end

  defp supervisor do
    with nil <- Process.get(@key) do
      {:ok, pid} = Supervisor.start_link([], strategy: :one_for_one, max_restarts: 1_000_000, max_seconds: 1)
      Process.put(@key, pid)
      pid
    end
  end
end
