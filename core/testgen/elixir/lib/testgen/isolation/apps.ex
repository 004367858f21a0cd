defmodule Testgen.Isolation.Apps do
  @moduledoc "Restarts applications of the project together with those that depend on them."

  @limit_ms 10_000

  @doc """
  Stops and starts `apps`; `started` are all of the project's, the latest started first, as
  `Testgen.Isolation.Owners.started_apps/0` gives them. Says which could not be started again.
  """
  @spec restart([atom], [atom]) :: lost :: [String.t()]
  def restart(apps, started) do
    affected = for app <- started, app in apps or Enum.any?(apps, &depends?(app, &1)), do: app
    task = Task.async(fn -> stop_and_start(affected) end)

    case Task.yield(task, @limit_ms) || Task.shutdown(task, :brutal_kill) do
      {:ok, lost} -> lost
      _ -> ["applications #{inspect(affected)} did not restart within #{div(@limit_ms, 1000)} s"]
    end
  end

  defp stop_and_start(affected) do
    %{level: level} = :logger.get_primary_config()
    :logger.set_primary_config(:level, :none)

    try do
      Enum.each(affected, &Application.stop/1)
      affected |> Enum.reverse() |> Enum.flat_map(&start/1)
    after
      :logger.set_primary_config(:level, level)
    end
  end

  defp start(app) do
    case Application.ensure_all_started(app) do
      {:ok, _} -> []
      {:error, {app, reason}} -> ["application #{app} does not start again: #{inspect(reason, limit: 20)}"]
    end
  end

  defp depends?(app, other), do: depends?(app, other, 0)
  defp depends?(_app, _other, 50), do: false

  defp depends?(app, other, depth) do
    needs = Application.spec(app, :applications) || []
    other in needs or Enum.any?(needs, &depends?(&1, other, depth + 1))
  end
end
