# Shows: a GenServer started by name with state in time windows, logging.
defmodule Processes.Throttle do
  @moduledoc "Allows a number of calls per window for each client. The time is given, in seconds."

  use GenServer
  require Logger

  @doc "Options: `:limit` (default 2) and `:window` in seconds (default 10)."
  def start_link(opts \\ []), do: GenServer.start_link(__MODULE__, opts)

  @doc "Whether a client may go on; refusals say how long to wait."
  @spec hit(pid(), term(), non_neg_integer()) :: :ok | {:wait, pos_integer()}
  def hit(server, client, now), do: GenServer.call(server, {:hit, client, now})

  @doc "Clients seen in the window that ends now."
  @spec clients(pid(), non_neg_integer()) :: [term()]
  def clients(server, now), do: GenServer.call(server, {:clients, now})

  @impl true
  def init(opts) do
    {:ok, %{limit: opts[:limit] || 2, window: opts[:window] || 10, hits: %{}}}
  end

  @impl true
  def handle_call({:hit, client, now}, _from, %{limit: limit, window: window} = state) do
    recent = Enum.filter(Map.get(state.hits, client, []), &(&1 > now - window))

    if length(recent) < limit do
      {:reply, :ok, put_in(state.hits[client], recent ++ [now])}
    else
      Logger.warning("throttled #{inspect(client)}")
      {:reply, {:wait, hd(recent) + window - now}, put_in(state.hits[client], recent)}
    end
  end

  def handle_call({:clients, now}, _from, state) do
    seen =
      for {client, hits} <- state.hits, Enum.any?(hits, &(&1 > now - state.window)), do: client

    {:reply, Enum.sort(seen), state}
  end
end
