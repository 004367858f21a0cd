defmodule Hostile.HangWhenMutatedTest do
  use ExUnit.Case, async: true

  alias Hostile.HangWhenMutated

  test "countdown/1" do
    assert HangWhenMutated.countdown(3) == [3, 2, 1]
    assert HangWhenMutated.countdown(0) == []
  end

  test "poll/1" do
    assert HangWhenMutated.poll(fn turn -> if turn >= 4, do: :ready, else: :wait end) == 4
    assert HangWhenMutated.poll(fn _ -> :ready end) == 1
  end

  test "power_of_two/1" do
    assert Enum.map([1, 2, 3, 9], &HangWhenMutated.power_of_two/1) == [1, 2, 4, 16]
  end
end
