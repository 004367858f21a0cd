defmodule Hostile.LeaksProcessesTest do
  use ExUnit.Case

  alias Hostile.LeaksProcesses

  # Nothing here cleans up: each test is the only one that uses what it leaves behind.

  test "counts" do
    assert {:ok, _} = LeaksProcesses.start(5)
    assert LeaksProcesses.next() == 5
    assert LeaksProcesses.next() == 6
  end

  test "remembers" do
    assert LeaksProcesses.remember(:a, 1)
    assert :ets.lookup(:leaked_table, :a) == [a: 1]
  end

  test "claims once" do
    assert LeaksProcesses.claim(:me) == :ok
    assert_raise RuntimeError, "belongs to :me", fn -> LeaksProcesses.claim(:you) end
  end

  test "runs in the background" do
    assert Process.alive?(LeaksProcesses.background())
  end
end
