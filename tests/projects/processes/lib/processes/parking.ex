# Shows: a GenServer with calls, casts and timed messages.
defmodule Processes.Parking do
  @moduledoc "A car park with a number of places and reservations that run out."

  use GenServer

  @type server :: GenServer.server()

  @doc "Options: `:places` (required), `:hold_ms`, how long a reservation holds (default one minute)."
  @spec start_link(keyword()) :: GenServer.on_start()
  def start_link(opts), do: GenServer.start_link(__MODULE__, opts, Keyword.take(opts, [:name]))

  @doc "Lets a car in."
  @spec enter(server(), String.t()) ::
          {:ok, free :: non_neg_integer()} | {:error, :full | :inside}
  def enter(server, plate), do: GenServer.call(server, {:enter, plate})

  @doc "Lets a car out; unknown cars are ignored."
  @spec leave(server(), String.t()) :: :ok
  def leave(server, plate), do: GenServer.cast(server, {:leave, plate})

  @doc "Keeps a place for a while."
  @spec reserve(server(), String.t()) :: :ok | {:error, :full}
  def reserve(server, plate), do: GenServer.call(server, {:reserve, plate})

  @doc "Places neither taken nor reserved."
  @spec free(server()) :: non_neg_integer()
  def free(server), do: GenServer.call(server, :free)

  @impl true
  def init(opts) do
    case Keyword.fetch!(opts, :places) do
      places when places > 0 ->
        hold_ms = Keyword.get(opts, :hold_ms, 60_000)
        {:ok, %{places: places, hold_ms: hold_ms, inside: MapSet.new(), reserved: %{}}}

      places ->
        {:stop, {:bad_places, places}}
    end
  end

  @impl true
  def handle_call({:enter, plate}, _from, state) do
    cond do
      plate in state.inside ->
        {:reply, {:error, :inside}, state}

      is_map_key(state.reserved, plate) or count_free(state) > 0 ->
        {timer, reserved} = Map.pop(state.reserved, plate)
        if timer, do: Process.cancel_timer(timer)
        state = %{state | reserved: reserved, inside: MapSet.put(state.inside, plate)}
        {:reply, {:ok, count_free(state)}, state}

      true ->
        {:reply, {:error, :full}, state}
    end
  end

  def handle_call({:reserve, plate}, _from, state) do
    if count_free(state) > 0 do
      timer = Process.send_after(self(), {:expire, plate}, state.hold_ms)
      {:reply, :ok, %{state | reserved: Map.put(state.reserved, plate, timer)}}
    else
      {:reply, {:error, :full}, state}
    end
  end

  def handle_call(:free, _from, state), do: {:reply, count_free(state), state}

  @impl true
  def handle_cast({:leave, plate}, state) do
    {:noreply, %{state | inside: MapSet.delete(state.inside, plate)}}
  end

  @impl true
  def handle_info({:expire, plate}, state) do
    {:noreply, %{state | reserved: Map.delete(state.reserved, plate)}}
  end

  defp count_free(state) do
    state.places - MapSet.size(state.inside) - map_size(state.reserved)
  end
end
