defmodule Plain.AccessLogTest do
  use ExUnit.Case, async: true

  alias Plain.AccessLog

  @lines ["/ 200 12ms", "/buy 503 40ms", "garbage", "/x 200", "/buy 500 7ms", "/ 999 1ms"]

  test "entries/1 skips what it cannot read" do
    assert Enum.to_list(AccessLog.entries(@lines)) == [
             %{path: "/", status: 200, ms: 12},
             %{path: "/buy", status: 503, ms: 40},
             %{path: "/buy", status: 500, ms: 7}
           ]
  end

  test "entries/1 is lazy" do
    endless = Stream.cycle(["/ 200 1ms"])
    assert endless |> AccessLog.entries() |> Enum.take(2) |> length() == 2
  end

  test "failures/2 are server errors" do
    assert [%{status: 503}, %{status: 500}] = AccessLog.failures(@lines, 5)
    assert [%{status: 503}] = AccessLog.failures(@lines, 1)
    assert AccessLog.failures(["/ 499 1ms"], 1) == []
  end

  test "slowest/2 looks at windows" do
    assert AccessLog.slowest(@lines, 2) == [40, 7]
    assert AccessLog.slowest([], 2) == []
  end

  test "backoff/2 doubles up to its limit" do
    assert 100 |> AccessLog.backoff(500) |> Enum.take(5) == [100, 200, 400, 500, 500]
  end
end
