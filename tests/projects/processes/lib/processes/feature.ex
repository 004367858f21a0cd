# Shows: application environment that is read and changed.
defmodule Processes.Feature do
  @moduledoc "Switches for features, kept in the application's environment."

  @app :processes

  @doc "Whether a feature is on for a user; `{:percent, n}` turns it on for some."
  @spec on?(atom(), non_neg_integer()) :: boolean()
  def on?(feature, user_id \\ 0) do
    case Map.get(features(), feature, false) do
      {:percent, percent} -> rem(user_id, 100) < percent
      value -> value
    end
  end

  @doc "Turns a feature on, for everybody or for a percentage."
  @spec enable(atom(), true | {:percent, 0..100}) :: :ok
  def enable(feature, value \\ true)
  def enable(feature, true), do: put(feature, true)

  def enable(feature, {:percent, percent}) when percent in 0..100 do
    put(feature, {:percent, percent})
  end

  @doc "Turns a feature off."
  @spec disable(atom()) :: :ok
  def disable(feature), do: put(feature, false)

  @doc "The names of features that are on for at least one user, sorted."
  @spec active() :: [atom()]
  def active do
    for({name, value} <- features(), value not in [false, {:percent, 0}], do: name)
    |> Enum.sort()
  end

  @doc "The greeting of the configuration, which a user may override."
  @spec greeting(String.t() | nil) :: String.t()
  def greeting(name \\ nil)
  def greeting(nil), do: Application.fetch_env!(@app, :greeting)
  def greeting(name), do: greeting(nil) <> ", " <> name

  @doc "How many uploads are left of the configured quota."
  @spec uploads_left(non_neg_integer()) :: non_neg_integer()
  def uploads_left(used), do: max(Application.get_env(@app, :quota, 1) - used, 0)

  defp features, do: Application.get_env(@app, :features, %{})

  defp put(name, value),
    do: Application.put_env(@app, :features, Map.put(features(), name, value))
end
