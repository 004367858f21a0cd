defmodule Testgen.IsolationTest do
  use ExUnit.Case, async: false

  alias Testgen.Isolation

  test "a value comes back with what was printed and how long it took" do
    assert {:ok, 3, stats} = Isolation.run(fn -> IO.puts("hi") && 1 + 2 end)
    assert stats.output == "hi\n"
    assert stats.reductions > 0
    assert stats.duration_us >= 0
  end

  test "a raise, a throw and an exit come back as what they are" do
    assert {:raise, %ArithmeticError{}, [_ | _], _} = Isolation.run(fn -> :erlang.+(1, :a) end)
    assert {:throw, :ball, [_ | _], _} = Isolation.run(fn -> throw(:ball) end)
    assert {:exit, :gone, [_ | _], _} = Isolation.run(fn -> exit(:gone) end)
  end

  test "a linked process that dies takes the run with it" do
    assert {:exit, :boom, [], _} =
             Isolation.run(fn ->
               spawn_link(fn -> exit(:boom) end)
               Process.sleep(:infinity)
             end)
  end

  test "unread messages are reported" do
    assert {:ok, _, %{messages: [:a, :b]}} = Isolation.run(fn -> send(self(), :a) && send(self(), :b) end)
  end

  test "a loop ends by its reductions, long before its time" do
    {us, result} = :timer.tc(fn -> Isolation.run(&loop/0, timeout_ms: 20_000, max_reductions: 1_000_000) end)
    assert result == :timeout
    assert us < 2_000_000
  end

  test "a loop in a child of the run counts as the run's work" do
    fun = fn -> Task.await(Task.async(&loop/0), :infinity) end
    {us, result} = :timer.tc(fn -> Isolation.run(fun, timeout_ms: 20_000, max_reductions: 1_000_000) end)
    assert result == :timeout
    assert us < 2_000_000
  end

  test "a run that waits ends by time" do
    assert Isolation.run(fn -> Process.sleep(:infinity) end, timeout_ms: 30) == :timeout
  end

  test "a run that fills its heap is ended" do
    assert Isolation.run(fn -> grow([]) end, max_heap_bytes: 8_000_000, timeout_ms: 5_000) == :memory
  end

  test "a run that fills memory with binaries is ended" do
    assert Isolation.run(fn -> pile([]) end, max_binary_bytes: 50_000_000, timeout_ms: 5_000) == :memory
  end

  test "output is bounded, and a question on standard input finds its end" do
    assert {:ok, :eof, %{output: "aaaa"}} =
             Isolation.run(
               fn ->
                 IO.write(String.duplicate("a", 100))
                 IO.gets("?")
               end,
               max_output_bytes: 4
             )
  end

  test "output cut inside a character stays valid" do
    assert {:ok, :ok, %{output: "é"}} = Isolation.run(fn -> IO.write("éé") end, max_output_bytes: 3)
  end

  test "nothing is left in the caller's mailbox" do
    Isolation.run(fn -> Process.sleep(:infinity) end, timeout_ms: 10)
    Isolation.run(fn -> exit(:x) end)
    Isolation.run(fn -> :ok end)
    assert Process.info(self(), :messages) == {:messages, []}
  end

  test "unknown limits are errors" do
    assert_raise KeyError, fn -> Isolation.run(fn -> 1 end, timeout: 5) end
  end

  defp loop, do: loop()
  defp grow(list), do: grow([list | list])
  defp pile(list), do: pile([:binary.copy(<<0>>, 1_000_000) | list])
end
