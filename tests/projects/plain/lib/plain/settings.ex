# Shows: nested maps, put_in, update_in, deep merging.
defmodule Plain.Settings do
  @moduledoc "Settings of a user over those of the team over what the product ships with."

  @shipped %{theme: %{dark: false, accent: "blue"}, mail: %{digest: :daily}, limits: %{rows: 50}}

  @type t :: %{optional(atom()) => map()}

  @doc "All settings, the later ones over the earlier ones."
  @spec effective(t(), t()) :: t()
  def effective(team, user), do: @shipped |> deep_merge(team) |> deep_merge(user)

  @doc "Reads a setting by its dotted name; unknown names give nil."
  @spec get(t(), String.t()) :: term()
  def get(settings, name) do
    get_in(settings, keys(name))
  rescue
    ArgumentError -> nil
  end

  @doc "Sets what the dotted name says."
  @spec put(t(), String.t(), term()) :: t()
  def put(settings, name, value), do: put_in(settings, keys(name), value)

  @doc "Switches between light and dark."
  @spec toggle_theme(t()) :: t()
  def toggle_theme(settings), do: update_in(settings.theme.dark, &(not &1))

  @doc "The dotted names on which two settings differ, sorted."
  @spec diff(t(), t()) :: [String.t()]
  def diff(left, right) do
    for {group, values} <- left,
        {key, value} <- values,
        get_in(right, [group, key]) != value do
      "#{group}.#{key}"
    end
    |> Enum.sort()
  end

  defp deep_merge(left, right) do
    Map.merge(left, right, fn
      _key, %{} = a, %{} = b -> deep_merge(a, b)
      _key, _a, b -> b
    end)
  end

  defp keys(name), do: name |> String.split(".") |> Enum.map(&String.to_existing_atom/1)
end
