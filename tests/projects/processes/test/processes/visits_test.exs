defmodule Processes.VisitsTest do
  use ExUnit.Case

  alias Processes.Visits

  setup do
    Visits.reset()
  end

  test "visit/1 counts each page" do
    assert Visits.visit("/") == 1
    assert Visits.visit("/") == 2
    assert Visits.visit("/about") == 1
  end

  test "top/1 starts with the most visited" do
    for page <- ["/b", "/a", "/c", "/c"], do: Visits.visit(page)
    assert Visits.top() == [{"/c", 2}, {"/a", 1}, {"/b", 1}]
    assert Visits.top(2) == [{"/c", 2}]
    assert Visits.top(3) == []
  end

  test "reset/0 forgets" do
    Visits.visit("/")
    assert Visits.reset() == :ok
    assert Visits.top() == []
  end
end
