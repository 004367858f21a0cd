# Shows: an ETS table made by the caller, counters and match specifications.
defmodule Processes.Scoreboard do
  @moduledoc "Points of players in an ordered table."

  @type board :: :ets.table()

  @doc "An empty board."
  @spec new() :: board()
  def new, do: :ets.new(:scoreboard, [:ordered_set, :private])

  @doc "Adds points and returns the new sum."
  @spec add(board(), String.t(), integer()) :: integer()
  def add(board, player, points), do: :ets.update_counter(board, player, points, {player, 0})

  @doc "The points of a player, 0 for a new one."
  @spec points(board(), String.t()) :: integer()
  def points(board, player) do
    case :ets.lookup(board, player) do
      [{_, points}] -> points
      [] -> 0
    end
  end

  @doc "Players with more than `least` points, the best first."
  @spec leaders(board(), integer()) :: [{String.t(), integer()}]
  def leaders(board, least \\ 0) do
    board
    |> :ets.select([{{:"$1", :"$2"}, [{:>, :"$2", least}], [{{:"$1", :"$2"}}]}])
    |> Enum.sort_by(fn {player, points} -> {-points, player} end)
  end

  @doc "The player next in the alphabet, from the start again after the last."
  @spec next(board(), String.t()) :: String.t() | nil
  def next(board, player) do
    case :ets.next(board, player) do
      :"$end_of_table" -> first(board)
      next -> next
    end
  end

  defp first(board) do
    case :ets.first(board) do
      :"$end_of_table" -> nil
      first -> first
    end
  end
end
