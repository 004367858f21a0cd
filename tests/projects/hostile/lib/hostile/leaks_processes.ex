# Shows: named processes, tables and settings that calls leave behind (false kills if not cleaned up).
defmodule Hostile.LeaksProcesses do
  @moduledoc "Starts things and never stops them."

  @doc "Starts a counter under a fixed name; a second one cannot be started."
  @spec start(integer()) :: {:ok, pid()} | {:error, term()}
  def start(first \\ 0), do: Agent.start(fn -> first end, name: __MODULE__)

  @doc "The next number."
  @spec next() :: integer()
  def next, do: Agent.get_and_update(__MODULE__, &{&1, &1 + 1})

  @doc "Makes a table with a fixed name and puts something in."
  @spec remember(atom(), term()) :: boolean()
  def remember(key, value) do
    :ets.new(:leaked_table, [:named_table, :public])
    :ets.insert(:leaked_table, {key, value})
  end

  @doc "Sets the application environment; raises if it is set already."
  @spec claim(term()) :: :ok
  def claim(owner) do
    case Application.fetch_env(:hostile, :owner) do
      :error -> Application.put_env(:hostile, :owner, owner)
      {:ok, other} -> raise "belongs to #{inspect(other)}"
    end
  end

  @doc "Keeps a process busy in the background."
  @spec background() :: pid()
  def background, do: spawn(fn -> spin(0) end)

  defp spin(turns) do
    Process.sleep(1)
    spin(turns + 1)
  end
end
