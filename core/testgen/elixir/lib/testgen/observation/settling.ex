defmodule Testgen.Observation.Settling do
  @moduledoc """
  Waits until the processes that a run started have nothing left to do: all of them wait, with empty mailboxes.

  What they sent has arrived by then, unless a timer of theirs is to send more.
  """

  @least_ms 1

  @doc "The processes there are, to tell those that a run starts from them."
  @spec processes() :: MapSet.t(pid)
  def processes, do: MapSet.new(:erlang.processes())

  @doc "Waits, `most_ms` at most, and a millisecond at least where there is any such process."
  @spec wait(MapSet.t(pid), non_neg_integer) :: :ok
  def wait(before, most_ms) do
    started = for pid <- :erlang.processes(), pid != self(), pid not in before, do: pid
    if started != [] and most_ms > 0, do: look(started, now(), most_ms, 0), else: :ok
  end

  # At rest means at two looks in a row: between them whoever was sent something last has been woken.
  defp look(pids, start, most_ms, at_rest) do
    at_rest = if Enum.all?(pids, &at_rest?/1), do: at_rest + 1, else: 0

    cond do
      now() - start >= most_ms -> :ok
      at_rest >= 2 and now() - start >= @least_ms -> :ok
      true -> pause(at_rest) && look(pids, start, most_ms, at_rest)
    end
  end

  defp pause(at_rest) do
    receive do
    after
      min(at_rest, 1) -> :ok
    end
  end

  defp at_rest?(pid) do
    case Process.info(pid, [:status, :message_queue_len]) do
      nil -> true
      [status: :waiting, message_queue_len: 0] -> true
      _ -> false
    end
  end

  defp now, do: System.monotonic_time(:millisecond)
end
