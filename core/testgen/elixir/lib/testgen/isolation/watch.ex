defmodule Testgen.Isolation.Watch do
  @moduledoc """
  Waits for a process to answer, and ends it when it goes past its limits.

  The first look at the clock comes after a few milliseconds: a run that is quicker costs nothing but the message. A
  process that cannot be ended within two seconds (one built-in function that never returns holds it) gives
  `:unkillable`; the VM it runs in is of no more use.
  """

  alias Testgen.Isolation.Limits

  @look_every_ms 4
  @kill_wait_ms 2_000

  @type outcome ::
          {:answer, term} | {:down, reason :: term} | {:ended, :timeout | :memory} | :unkillable

  @doc """
  Waits for `{tag, answer}` from `pid`, which is monitored by `monitor`, and then for its end, unless it `:stays`.

  `{:down, reason}` is a process that ended without an answer.
  """
  @spec await(pid, reference, term, Limits.t(), :ends | :stays) :: outcome
  def await(pid, monitor, tag, %Limits{} = limits, afterwards \\ :ends) do
    watch = %{pid: pid, monitor: monitor, tag: tag, limits: limits, afterwards: afterwards}

    receive do
      {^tag, answer} -> answered(answer, watch)
      {:DOWN, ^monitor, :process, ^pid, reason} -> {:down, reason}
    after
      @look_every_ms -> look(watch, start())
    end
  end

  defp answered(answer, %{monitor: monitor, afterwards: :stays}) do
    Process.demonitor(monitor, [:flush])
    {:answer, answer}
  end

  defp answered(answer, %{monitor: monitor, pid: pid}) do
    receive do
      {:DOWN, ^monitor, :process, ^pid, _} -> {:answer, answer}
    after
      @kill_wait_ms -> :unkillable
    end
  end

  defp start do
    work = reductions()

    %{
      since_ms: System.monotonic_time(:millisecond) - @look_every_ms,
      work: work,
      last_work: work,
      binary: :erlang.memory(:binary)
    }
  end

  defp look(watch, start) do
    work = reductions()

    case verdict(watch.limits, start, work) do
      :go_on -> go_on(watch, %{start | last_work: work})
      reason -> kill(watch, reason)
    end
  end

  defp go_on(%{pid: pid, monitor: monitor, tag: tag} = watch, start) do
    receive do
      {^tag, answer} -> answered(answer, watch)
      {:DOWN, ^monitor, :process, ^pid, reason} -> {:down, reason}
    after
      @look_every_ms -> look(watch, start)
    end
  end

  defp verdict(limits, start, work) do
    elapsed = System.monotonic_time(:millisecond) - start.since_ms

    cond do
      work - start.work > limits.max_reductions -> :timeout
      elapsed >= limits.hard_timeout_ms -> :timeout
      elapsed >= limits.timeout_ms and idle?(work - start.last_work) -> :timeout
      :erlang.memory(:binary) - start.binary > limits.max_binary_bytes -> :memory
      true -> :go_on
    end
  end

  # On a busy machine the VM may not have had the processor since the last look: what is ready to run counts as work.
  defp idle?(work), do: work < 20_000 and :erlang.statistics(:total_active_tasks) <= 1

  defp reductions, do: :erlang.statistics(:exact_reductions) |> elem(0)

  defp kill(%{pid: pid, monitor: monitor, tag: tag}, reason) do
    Process.exit(pid, :kill)

    receive do
      {:DOWN, ^monitor, :process, ^pid, _} -> flush(tag, {:ended, reason})
    after
      @kill_wait_ms -> :unkillable
    end
  end

  defp flush(tag, outcome) do
    receive do
      {^tag, _late} -> flush(tag, outcome)
    after
      0 -> outcome
    end
  end
end
