defmodule Processes.FetcherTest do
  use ExUnit.Case, async: true

  alias Processes.Fetcher

  test "fetch_all/2 keeps the order" do
    slow_first = fn n ->
      Process.sleep(15 - n * 5)
      n * 2
    end

    assert Fetcher.fetch_all([1, 2, 3], slow_first) == [ok: 2, ok: 4, ok: 6]
  end

  test "fetch_all/2 survives crashes" do
    assert Fetcher.fetch_all([2, 0], &div(4, &1)) == [ok: 2, error: :crashed]
  end

  test "fetch_all/3 gives up on slow ones" do
    sleep = fn ms ->
      Process.sleep(ms)
      ms
    end

    assert Fetcher.fetch_all([1, 500], sleep, timeout: 50) == [ok: 1, error: :timeout]
  end

  test "fetch_all/3 runs as many at once as asked" do
    me = self()

    report = fn n ->
      send(me, {:start, n})
      Process.sleep(10)
      send(me, {:stop, n})
    end

    Fetcher.fetch_all([1, 2], report, at_once: 1)
    assert {:messages, messages} = Process.info(me, :messages)
    assert [start: 1, stop: 1, start: 2, stop: 2] = Enum.filter(messages, &match?({_, _}, &1))
  end

  test "race/2 takes the faster one" do
    slow = fn -> Process.sleep(200) && :slow end
    assert Fetcher.race(slow, fn -> :fast end) == :fast
    assert Fetcher.race(fn -> :fast end, slow) == :fast
  end

  test "tally/1 counts both" do
    assert Fetcher.tally(ok: 1, error: :timeout, ok: 2) == {2, 1}
    assert Fetcher.tally([]) == {0, 0}
  end
end
