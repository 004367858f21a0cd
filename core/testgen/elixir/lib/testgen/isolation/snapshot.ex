defmodule Testgen.Isolation.Snapshot do
  @moduledoc """
  What the VM looks like before code under test runs, and the way back to it.

  `same?/1` is a look of a few microseconds that misses changes of environment variables, working directory, the
  logger's configuration and names registered to processes that stay. `restore/1` looks at everything.

  Leaked processes are killed; application environment, persistent terms, names and tables are put back; processes of
  the project's applications get their old state back, or their applications are restarted together with those that
  depend on them. Not covered: files, sockets, ports that stay open in processes that stay, code that was loaded (the
  scoring looks at that), and the state of the system's own processes.
  """

  alias Testgen.Isolation.{Apps, Leaks, Owners, Servers, Settings, Tables}

  defstruct [:pids, :num_pids, :settings, :tables, :servers, :app_of, :started, :agent]

  @type t :: %__MODULE__{}

  @doc """
  Takes a snapshot. `agent` are pids of the agent's own (the caller is one), whose state and tables are left alone.

  No mutant may be active.
  """
  @spec take([pid]) :: t
  def take(agent \\ []) do
    agent = Enum.uniq([self() | agent])
    pids = :erlang.processes()
    own = for pid <- pids, pid not in agent, watched?(pid), do: pid

    # In this order: asking servers for their state is work for them, and asking for applications for the controller.
    snapshot = %__MODULE__{
      pids: MapSet.new(pids),
      num_pids: :erlang.system_info(:process_count),
      app_of: Servers.apps_of(own),
      started: Owners.started_apps(),
      tables: Tables.take(agent),
      servers: Servers.take(own),
      agent: agent
    }

    %{snapshot | settings: Settings.take()}
  end

  # Without an application and without ancestors it is the agent's, the code loader's or Mix's.
  defp watched?(pid) do
    case Owners.app(pid) do
      nil -> server?(pid) and not Owners.system?(pid)
      _ -> not Owners.system?(pid)
    end
  end

  defp server?(pid) do
    case Process.info(pid, :dictionary) do
      {:dictionary, dictionary} -> List.keymember?(dictionary, :"$ancestors", 0)
      nil -> false
    end
  end

  @doc "Whether nothing that can be seen at a glance has changed."
  @spec same?(t) :: boolean
  def same?(%__MODULE__{} = snapshot) do
    :erlang.system_info(:process_count) == snapshot.num_pids and Settings.same?(snapshot.settings) and
      Servers.same?(snapshot.servers) and Tables.same?(snapshot.tables)
  end

  @doc """
  Puts everything back. `{:lost, reasons, snapshot}` where something could not be: the VM is no longer as it was.

  Use the snapshot that it answers from then on.
  """
  @spec restore(t) :: {:ok, t} | {:lost, [String.t()], t}
  def restore(%__MODULE__{} = snapshot) do
    {servers, changed} = Servers.restore(snapshot.servers)
    {tables, owners} = Tables.restore(snapshot.tables, snapshot.pids)
    {apps, orphans?} = Servers.apps(changed ++ owners, snapshot.app_of)
    lost = if orphans?, do: ["the state of a process that belongs to no application"], else: []
    # The environment before the applications, which read it when they start.
    {settings, lost_settings} = Settings.restore(snapshot.settings)
    snapshot = %{snapshot | servers: servers, tables: tables, settings: settings}
    finish(apps, snapshot, lost ++ lost_settings)
  end

  defp finish([], snapshot, lost) do
    {stubborn, known} = Leaks.kill(snapshot.pids)
    snapshot = %{snapshot | pids: known, num_pids: :erlang.system_info(:process_count)}
    result(lost ++ stubborn, %{snapshot | tables: Tables.counted(snapshot.tables)})
  end

  defp finish(apps, snapshot, lost) do
    Leaks.kill(snapshot.pids)
    lost_apps = Apps.restart(apps, snapshot.started)
    result(lost ++ lost_apps, %{take(snapshot.agent) | started: snapshot.started})
  end

  defp result([], snapshot), do: {:ok, snapshot}
  defp result(lost, snapshot), do: {:lost, Enum.uniq(lost), snapshot}
end
