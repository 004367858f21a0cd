defmodule Processes.CacheTest do
  use ExUnit.Case

  alias Processes.Cache

  setup do
    Cache.clear()
  end

  test "keeps a value until its time is over" do
    assert Cache.put(:a, 1, 100, 1_000) == :ok
    assert Cache.get(:a, 1_099) == {:ok, 1}
    assert Cache.get(:a, 1_100) == :miss
  end

  test "drops a stale value when it is asked for" do
    Cache.put(:a, 1, 100, 1_000)
    assert Cache.size() == 1
    Cache.get(:a, 2_000)
    assert Cache.size() == 0
  end

  test "misses what was never there" do
    assert Cache.get(:nothing) == :miss
  end

  test "uses the clock" do
    Cache.put(:a, 1, 60_000)
    assert Cache.get(:a) == {:ok, 1}
    Cache.put(:b, 1, 1)
    Process.sleep(5)
    assert Cache.get(:b) == :miss
  end

  test "fetch/3 works a value out once" do
    me = self()

    compute = fn ->
      send(me, :computed)
      :value
    end

    assert Cache.fetch(:a, 60_000, compute) == :value
    assert Cache.fetch(:a, 60_000, compute) == :value
    assert_received :computed
    refute_received :computed
  end

  test "sweep/1 removes what is stale" do
    Cache.put(:a, 1, 10, 0)
    Cache.put(:b, 2, 20, 0)
    Cache.put(:c, 3, 30, 0)
    assert Cache.sweep(20) == 2
    assert Cache.size() == 1
  end
end
