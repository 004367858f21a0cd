defmodule Processes.ScoreboardTest do
  use ExUnit.Case, async: true

  alias Processes.Scoreboard

  setup do
    board = Scoreboard.new()
    Scoreboard.add(board, "Cem", 3)
    Scoreboard.add(board, "Ada", 5)
    Scoreboard.add(board, "Bob", 3)
    %{board: board}
  end

  test "add/3 sums up", %{board: board} do
    assert Scoreboard.add(board, "Ada", 2) == 7
    assert Scoreboard.add(board, "Dora", -1) == -1
  end

  test "points/2", %{board: board} do
    assert Scoreboard.points(board, "Ada") == 5
    assert Scoreboard.points(board, "Nobody") == 0
  end

  test "leaders/2 breaks ties by name", %{board: board} do
    Scoreboard.add(board, "Zero", 0)
    assert Scoreboard.leaders(board) == [{"Ada", 5}, {"Bob", 3}, {"Cem", 3}]
    assert Scoreboard.leaders(board, 3) == [{"Ada", 5}]
  end

  test "next/2 goes round", %{board: board} do
    assert Scoreboard.next(board, "Ada") == "Bob"
    assert Scoreboard.next(board, "Cem") == "Ada"
    assert Scoreboard.next(Scoreboard.new(), "Ada") == nil
  end
end
