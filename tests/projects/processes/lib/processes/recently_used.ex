# Shows: an Agent with options, a size that is reached and a registered name.
defmodule Processes.RecentlyUsed do
  @moduledoc "A cache that forgets what was used least recently."
  use Agent

  def start_link(opts \\ []) do
    size = Keyword.get(opts, :size, 3)

    Agent.start_link(
      fn -> %{size: size, entries: [], hits: 0, misses: 0} end,
      Keyword.take(opts, [:name])
    )
  end

  def put(cache, key, value) do
    Agent.update(cache, fn state ->
      entries = [{key, value} | List.keydelete(state.entries, key, 0)]
      %{state | entries: Enum.take(entries, state.size)}
    end)
  end

  def get(cache, key, default \\ nil) do
    Agent.get_and_update(cache, fn state ->
      case List.keytake(state.entries, key, 0) do
        {{^key, value} = entry, rest} ->
          {value, %{state | entries: [entry | rest], hits: state.hits + 1}}

        nil ->
          {default, %{state | misses: state.misses + 1}}
      end
    end)
  end

  def keys(cache), do: Agent.get(cache, &Enum.map(&1.entries, fn {key, _} -> key end))

  def hit_rate(cache) do
    Agent.get(cache, fn
      %{hits: 0, misses: 0} -> 0.0
      %{hits: hits, misses: misses} -> hits / (hits + misses)
    end)
  end

  def clear(cache), do: Agent.update(cache, &%{&1 | entries: []})
end
