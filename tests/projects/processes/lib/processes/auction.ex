# Shows: a GenServer with monitors, broadcasts, :continue and a closing timer.
defmodule Processes.Auction do
  @moduledoc "An auction of one thing: bids rise by a step, watchers are told, a timer closes it."

  use GenServer, restart: :temporary

  @type bid :: {bidder :: String.t(), cents :: pos_integer()}

  @doc "Options: `:start` (cents, default 100), `:step` (default 50), `:quiet_ms` (closes after so long)."
  @spec start_link(keyword()) :: GenServer.on_start()
  def start_link(opts \\ []), do: GenServer.start_link(__MODULE__, opts)

  @doc "Bids; the first bid may be the start price, later ones must be a step higher."
  @spec bid(pid(), String.t(), pos_integer()) ::
          :ok | {:error, {:at_least, pos_integer()} | :own_bid | :closed}
  def bid(auction, bidder, cents), do: GenServer.call(auction, {:bid, bidder, cents})

  @doc "Sends `{:highest, bid}` and `{:sold, bid}` to the caller from now on."
  @spec watch(pid()) :: :ok
  def watch(auction), do: GenServer.call(auction, :watch)

  @doc "How many processes watch."
  @spec watchers(pid()) :: non_neg_integer()
  def watchers(auction), do: GenServer.call(auction, :watchers)

  @doc "Ends the auction and says who won."
  @spec close(pid()) :: {:sold, bid()} | :unsold
  def close(auction), do: GenServer.call(auction, :close)

  @impl true
  def init(opts) do
    state = %{
      least: Keyword.get(opts, :start, 100),
      step: Keyword.get(opts, :step, 50),
      quiet_ms: Keyword.get(opts, :quiet_ms, :infinity),
      highest: nil,
      open: true,
      watchers: %{}
    }

    {:ok, state, state.quiet_ms}
  end

  @impl true
  def handle_call({:bid, _bidder, _cents}, _from, %{open: false} = state) do
    {:reply, {:error, :closed}, state}
  end

  def handle_call({:bid, bidder, _cents}, _from, %{highest: {bidder, _}} = state) do
    {:reply, {:error, :own_bid}, state, state.quiet_ms}
  end

  def handle_call({:bid, _bidder, cents}, _from, %{least: least} = state) when cents < least do
    {:reply, {:error, {:at_least, least}}, state, state.quiet_ms}
  end

  def handle_call({:bid, bidder, cents}, _from, state) do
    state = %{state | highest: {bidder, cents}, least: cents + state.step}
    {:reply, :ok, state, {:continue, :announce}}
  end

  def handle_call(:watch, {pid, _tag}, state) do
    {:reply, :ok, put_in(state.watchers[Process.monitor(pid)], pid), state.quiet_ms}
  end

  def handle_call(:watchers, _from, state) do
    {:reply, map_size(state.watchers), state, state.quiet_ms}
  end

  def handle_call(:close, _from, state) do
    {:reply, result(state), finish(state)}
  end

  @impl true
  def handle_continue(:announce, state) do
    tell(state, {:highest, state.highest})
    {:noreply, state, state.quiet_ms}
  end

  @impl true
  def handle_info({:DOWN, ref, :process, _pid, _reason}, state) do
    {:noreply, %{state | watchers: Map.delete(state.watchers, ref)}, state.quiet_ms}
  end

  def handle_info(:timeout, state), do: {:noreply, finish(state)}

  defp finish(%{open: true} = state) do
    if state.highest, do: tell(state, result(state))
    %{state | open: false, quiet_ms: :infinity}
  end

  defp finish(state), do: state

  defp result(%{highest: nil}), do: :unsold
  defp result(%{highest: bid}), do: {:sold, bid}

  defp tell(state, message),
    do: Enum.each(state.watchers, fn {_ref, pid} -> send(pid, message) end)
end
