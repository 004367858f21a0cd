# Shows: Registry, DynamicSupervisor and via tuples.
defmodule Processes.Room do
  @moduledoc "Chat rooms that are started when first used, found by name."

  use GenServer, restart: :temporary

  @registry Processes.RoomRegistry
  @supervisor Processes.RoomSupervisor
  @kept 3

  @doc "Says something in a room."
  @spec say(String.t(), String.t()) :: :ok
  def say(room, text), do: GenServer.call(ensure(room), {:say, text})

  @doc "The last messages of a room, oldest first; none if it does not exist."
  @spec history(String.t()) :: [String.t()]
  def history(room) do
    case Registry.lookup(@registry, room) do
      [{pid, _}] -> GenServer.call(pid, :history)
      [] -> []
    end
  end

  @doc "Closes a room; true if there was one."
  @spec close(String.t()) :: boolean()
  def close(room) do
    case Registry.lookup(@registry, room) do
      [{pid, _}] -> DynamicSupervisor.terminate_child(@supervisor, pid) == :ok
      [] -> false
    end
  end

  @doc "The names of all rooms, sorted."
  @spec open_rooms() :: [String.t()]
  def open_rooms do
    @registry |> Registry.select([{{:"$1", :_, :_}, [], [:"$1"]}]) |> Enum.sort()
  end

  def start_link(room), do: GenServer.start_link(__MODULE__, room, name: via(room))

  @impl true
  def init(room), do: {:ok, %{room: room, messages: []}}

  @impl true
  def handle_call({:say, text}, _from, state) do
    {:reply, :ok, %{state | messages: Enum.take([text | state.messages], @kept)}}
  end

  def handle_call(:history, _from, state), do: {:reply, Enum.reverse(state.messages), state}

  defp ensure(room) do
    case DynamicSupervisor.start_child(@supervisor, {__MODULE__, room}) do
      {:ok, pid} -> pid
      {:error, {:already_started, pid}} -> pid
    end
  end

  defp via(room), do: {:via, Registry, {@registry, room}}
end
