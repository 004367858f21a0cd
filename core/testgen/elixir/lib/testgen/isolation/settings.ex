defmodule Testgen.Isolation.Settings do
  @moduledoc """
  The VM's global settings that tests change: application environment, persistent terms, registered names, the logger's
  primary configuration, environment variables, and the working directory.
  """

  alias Testgen.Isolation.Owners

  # Owned by the agent, and different at each look.
  @own_terms [:testgen_active_mutant, :testgen_passed_points]

  defstruct [:app_env, :controller_work, :all_terms, :terms, :registered, :logger, :os_env, :cwd]

  @type t :: %__MODULE__{}

  @doc "How things are now."
  @spec take() :: t
  def take do
    %__MODULE__{
      app_env: app_env(),
      controller_work: rested_work(),
      all_terms: :persistent_term.get(),
      terms: terms(),
      registered: registered(),
      logger: :logger.get_primary_config(),
      os_env: System.get_env(),
      cwd: File.cwd!()
    }
  end

  @doc """
  Whether the settings that can be looked at within a microsecond are as they were.

  Every change of an application's environment is a call to the application controller, so that its reductions tell.
  """
  @spec same?(t) :: boolean
  def same?(%__MODULE__{controller_work: work, terms: terms}),
    do: controller_work() == work and terms() == terms

  @doc "Puts everything back; what cannot be is named."
  @spec restore(t) :: {t, lost :: [String.t()]}
  def restore(%__MODULE__{} = settings) do
    restore_app_env(settings.app_env)
    restore_terms(settings.terms)
    lost = restore_registered(settings.registered)
    if :logger.get_primary_config() != settings.logger, do: :logger.set_primary_config(settings.logger)
    restore_os_env(settings.os_env)
    if File.cwd() != {:ok, settings.cwd}, do: File.cd!(settings.cwd)
    {%{settings | controller_work: rested_work(), all_terms: :persistent_term.get(), terms: terms()}, lost}
  end

  defp controller_work, do: Process.info(Process.whereis(:application_controller), :reductions)

  defp rested_work, do: Owners.work(Process.whereis(:application_controller))

  # The application controller's own table: an environment can be given to an application that is not loaded, which no
  # public function lists.
  defp app_env do
    for [app, key, value] <- :ets.match(:ac_tab, {{:env, :"$1", :"$2"}, :"$3"}), reduce: %{} do
      apps -> Map.update(apps, app, %{key => value}, &Map.put(&1, key, value))
    end
  end

  defp restore_app_env(before) do
    now = app_env()

    if now != before do
      for app <- Enum.uniq(Map.keys(now) ++ Map.keys(before)) do
        restore_app(app, Map.get(now, app, %{}), Map.get(before, app, %{}))
      end
    end
  end

  defp restore_app(_app, env, env), do: :ok

  defp restore_app(app, now, before) do
    for {key, _} <- now, not is_map_key(before, key), do: Application.delete_env(app, key)
    for {key, value} <- before, Map.fetch(now, key) != {:ok, value}, do: Application.put_env(app, key, value)
    :ok
  end

  defp terms, do: for({key, _} = term <- :persistent_term.get(), key not in @own_terms, do: term)

  defp restore_terms(before) do
    now = terms()

    if now != before do
      {now, before} = {Map.new(now), Map.new(before)}
      for {key, _} <- now, not is_map_key(before, key), do: :persistent_term.erase(key)
      for {key, value} <- before, Map.fetch(now, key) != {:ok, value}, do: :persistent_term.put(key, value)
    end
  end

  defp registered, do: for(name <- :erlang.registered(), into: %{}, do: {name, Process.whereis(name)})

  # A name that was moved is put back; one whose process is gone is for whoever restarts applications.
  defp restore_registered(before) do
    now = registered()
    for {name, _} <- now, not is_map_key(before, name), do: unregister(name)

    for {name, pid} <- before, is_pid(pid), Process.alive?(pid), Map.get(now, name) != pid, reduce: [] do
      lost -> if move(name, pid), do: lost, else: ["registered name #{inspect(name)}" | lost]
    end
  end

  defp unregister(name) do
    :erlang.unregister(name)
  rescue
    ArgumentError -> true
  end

  defp move(name, pid) do
    unregister(name)
    Process.register(pid, name)
  rescue
    ArgumentError -> false
  end

  defp restore_os_env(before) do
    now = System.get_env()
    for {name, _} <- now, not is_map_key(before, name), do: System.delete_env(name)
    for {name, value} <- before, Map.get(now, name) != value, do: System.put_env(name, value)
  end
end
