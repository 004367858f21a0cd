defmodule Processes.ThrottleTest do
  use ExUnit.Case, async: true

  import ExUnit.CaptureLog
  alias Processes.Throttle

  @moduletag :capture_log

  test "two calls in ten seconds" do
    throttle = start_supervised!(Throttle)
    assert Throttle.hit(throttle, :ada, 100) == :ok
    assert Throttle.hit(throttle, :ada, 103) == :ok
    assert Throttle.hit(throttle, :ada, 104) == {:wait, 6}
    assert Throttle.hit(throttle, :ada, 109) == {:wait, 1}
    assert Throttle.hit(throttle, :ada, 110) == :ok
  end

  test "clients are counted apart" do
    throttle = start_supervised!({Throttle, limit: 1, window: 5})
    assert Throttle.hit(throttle, :ada, 0) == :ok
    assert Throttle.hit(throttle, :bob, 0) == :ok
    assert Throttle.hit(throttle, :ada, 4) == {:wait, 1}
  end

  test "clients/2 forgets who is long gone" do
    throttle = start_supervised!(Throttle)
    Throttle.hit(throttle, :bob, 5)
    Throttle.hit(throttle, :ada, 3)
    assert Throttle.clients(throttle, 12) == [:ada, :bob]
    assert Throttle.clients(throttle, 13) == [:bob]
  end

  test "refusals are logged" do
    throttle = start_supervised!({Throttle, limit: 1})
    Throttle.hit(throttle, :ada, 0)
    assert capture_log(fn -> Throttle.hit(throttle, :ada, 1) end) =~ "throttled :ada"
  end
end
