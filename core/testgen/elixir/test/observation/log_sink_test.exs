defmodule Testgen.Observation.LogSinkTest do
  # Handlers of the logger are the whole VM's.
  use ExUnit.Case, async: false

  import ExUnit.CaptureLog

  alias Testgen.Observation.LogSink

  require Logger

  test "keeps the first line of each message, in order, and forgets them once taken" do
    capture_log(fn ->
      LogSink.start()
      Logger.error("one\nmore")
      :logger.error("number ~p", [2])
      assert LogSink.take() == ["one", "number 2"]
      assert LogSink.take() == []
      LogSink.stop()
    end)
  end

  test "the other handlers hear nothing meanwhile, and everything afterwards" do
    log =
      capture_log(fn ->
        LogSink.start()
        Logger.error("hidden")
        LogSink.stop()
        Logger.error("heard")
      end)

    refute log =~ "hidden"
    assert log =~ "heard"
  end

  test "whoever started it may be killed: the others hear again, and it can be started anew" do
    log =
      capture_log(fn ->
        {pid, monitor} = spawn_monitor(fn -> LogSink.start() && Process.sleep(:infinity) end)
        wait_until(fn -> :testgen_log_sink in :logger.get_handler_ids() end)
        Process.exit(pid, :kill)
        assert_receive {:DOWN, ^monitor, _, _, :killed}
        Logger.error("heard")
        LogSink.start()
        Logger.error("kept")
        assert LogSink.take() == ["kept"]
        LogSink.stop()
      end)

    assert log =~ "heard"
  end

  defp wait_until(condition), do: condition.() || (Process.sleep(1) && wait_until(condition))
end
