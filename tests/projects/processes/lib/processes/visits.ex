# Shows: a named Agent that the application starts (state outlives every test).
defmodule Processes.Visits do
  @moduledoc "Counts visits of pages."

  use Agent

  @spec start_link(term()) :: Agent.on_start()
  def start_link(_opts), do: Agent.start_link(fn -> %{} end, name: __MODULE__)

  @doc "Counts a visit and returns how many there were."
  @spec visit(String.t()) :: pos_integer()
  def visit(page) do
    Agent.get_and_update(__MODULE__, fn counts ->
      count = Map.get(counts, page, 0) + 1
      {count, Map.put(counts, page, count)}
    end)
  end

  @doc "Pages visited at least `least` times, the most visited first."
  @spec top(non_neg_integer()) :: [{String.t(), pos_integer()}]
  def top(least \\ 1) do
    __MODULE__
    |> Agent.get(& &1)
    |> Enum.filter(fn {_page, count} -> count >= least end)
    |> Enum.sort_by(fn {page, count} -> {-count, page} end)
  end

  @doc "Forgets everything."
  @spec reset() :: :ok
  def reset, do: Agent.update(__MODULE__, fn _ -> %{} end)
end
