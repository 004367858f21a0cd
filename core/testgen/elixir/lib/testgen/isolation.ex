defmodule Testgen.Isolation do
  @moduledoc """
  Runs code that is not trusted in a process of its own, with limits, and puts back what it left behind.

  `run/2` ends what takes too long or too much memory, and keeps what it prints. `Testgen.Isolation.Snapshot` undoes
  side effects inside the VM: leaked processes, tables, application environment, persistent terms, registered names.

  It does not cover files, sockets, other programs, and native code: the sandbox around the VM does. Nor does it
  cover code that means to harm the agent from within the VM, such as killing the agent's own processes: the Python
  side then sees the channel close and starts another VM.
  """

  alias Testgen.Isolation.{Limits, Output, Snapshot, Watch}

  @type stats :: %{
          duration_us: non_neg_integer,
          reductions: non_neg_integer,
          output: String.t(),
          messages: [term]
        }

  @type result ::
          {:ok, value :: term, stats}
          | {:raise, Exception.t(), Exception.stacktrace(), stats}
          | {:throw, term, Exception.stacktrace(), stats}
          | {:exit, reason :: term, Exception.stacktrace(), stats}
          | :timeout
          | :memory

  @doc """
  Calls `fun` in its own process under `limits` (see `Testgen.Isolation.Limits`, a keyword list will do).

  `stats.messages` are those that the process had received and not read, at most 100. `:memory` also stands for a run
  that was killed from elsewhere: the VM does not tell the two apart. Raises `RuntimeError` if the run cannot be ended.
  """
  @spec run((() -> term), Limits.t() | keyword | map) :: result
  def run(fun, limits \\ []) when is_function(fun, 0) do
    limits = Limits.new(limits)
    output = if limits.capture_io, do: Output.start(limits.max_output_bytes)
    tag = make_ref()
    parent = self()

    try do
      {pid, monitor} =
        :erlang.spawn_opt(fn -> answer(fun, parent, tag, output) end, [:monitor, Limits.heap_option(limits)])

      pid |> Watch.await(monitor, tag, limits) |> result(output)
    after
      output && Output.stop(output)
    end
  end

  @doc "What the VM looks like now; `agent` are pids that are the agent's own, beside the caller."
  @spec snapshot([pid]) :: Snapshot.t()
  defdelegate snapshot(agent \\ []), to: Snapshot, as: :take

  @doc "Goes back to it, see `Testgen.Isolation.Snapshot`; from then on use the snapshot that this answers."
  @spec restore(Snapshot.t()) :: {:ok, Snapshot.t()} | {:lost, reasons :: [String.t()], Snapshot.t()}
  defdelegate restore(snapshot), to: Snapshot

  defp answer(fun, parent, tag, output) do
    output && Process.group_leader(self(), output)
    {:reductions, before} = Process.info(self(), :reductions)
    start = System.monotonic_time()
    outcome = evaluate(fun)
    stop = System.monotonic_time()
    {:reductions, after_run} = Process.info(self(), :reductions)
    {:messages, messages} = Process.info(self(), :messages)

    stats = %{
      duration_us: System.convert_time_unit(stop - start, :native, :microsecond),
      reductions: after_run - before,
      messages: Enum.take(messages, 100)
    }

    send(parent, {tag, {outcome, stats}})
    exit(:shutdown)
  end

  defp evaluate(fun) do
    {:ok, fun.()}
  catch
    :error, reason -> {:raise, Exception.normalize(:error, reason, __STACKTRACE__), __STACKTRACE__}
    kind, reason -> {kind, reason, __STACKTRACE__}
  end

  defp result({:answer, {{:ok, value}, stats}}, output), do: {:ok, value, with_output(stats, output)}

  defp result({:answer, {{kind, reason, stack}, stats}}, output),
    do: {kind, reason, stack, with_output(stats, output)}

  defp result({:down, :killed}, _output), do: :memory
  defp result({:down, reason}, output), do: {:exit, reason, [], with_output(no_stats(), output)}
  defp result({:ended, reason}, _output), do: reason
  defp result(:unkillable, _output), do: raise("a run cannot be ended: start a fresh VM")

  defp with_output(stats, nil), do: Map.put(stats, :output, "")
  defp with_output(stats, output), do: Map.put(stats, :output, Output.take(output))

  defp no_stats, do: %{duration_us: 0, reductions: 0, messages: []}
end
