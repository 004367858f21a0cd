# Shows: a named, public ETS table owned by a process of the application.
defmodule Processes.Cache do
  @moduledoc "A cache with a time to live. The clock can be given, in milliseconds."

  use GenServer

  @table __MODULE__

  def start_link(_opts), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "Stores a value for `ttl` milliseconds."
  @spec put(term(), term(), pos_integer(), integer()) :: :ok
  def put(key, value, ttl, now \\ clock()) do
    true = :ets.insert(@table, {key, value, now + ttl})
    :ok
  end

  @doc "The value of a key that is still fresh."
  @spec get(term(), integer()) :: {:ok, term()} | :miss
  def get(key, now \\ clock()) do
    case :ets.lookup(@table, key) do
      [{^key, value, until}] when until > now -> {:ok, value}
      [_stale] -> forget(key)
      [] -> :miss
    end
  end

  @doc "The value of a key, worked out if it is not there."
  @spec fetch(term(), pos_integer(), (() -> term())) :: term()
  def fetch(key, ttl, fun) do
    with :miss <- get(key) do
      value = fun.()
      put(key, value, ttl)
      {:ok, value}
    end
    |> elem(1)
  end

  @doc "Removes what is stale and says how much that was."
  @spec sweep(integer()) :: non_neg_integer()
  def sweep(now \\ clock()) do
    :ets.select_delete(@table, [{{:_, :_, :"$1"}, [{:"=<", :"$1", now}], [true]}])
  end

  @doc "How many entries there are, stale ones included."
  @spec size() :: non_neg_integer()
  def size, do: :ets.info(@table, :size)

  @doc "Removes everything."
  @spec clear() :: :ok
  def clear do
    :ets.delete_all_objects(@table)
    :ok
  end

  @impl true
  def init(_opts) do
    :ets.new(@table, [:named_table, :public, read_concurrency: true])
    {:ok, nil}
  end

  defp forget(key) do
    :ets.delete(@table, key)
    :miss
  end

  defp clock, do: System.monotonic_time(:millisecond)
end
